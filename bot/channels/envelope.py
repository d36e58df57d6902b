"""Signatures and encryption that 公众号, WeCom and 微信客服 share (protocol.md 3).

wechatpy's decryption checks neither padding nor length and compares signatures in variable time (protocol.md 17.3,
defects 1 to 3), so this is our own; wechatpy's is the second opinion of the tests.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.channels.refusal import FOREIGN, UNREADABLE, Refusal

PAD_BLOCK = 32
CIPHER_BLOCK = 16
#: 16 random bytes and the four bytes of the length come before the message.
HEAD = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted message and the key that opened it, so that the answer is sealed with the same one."""

    text: str
    key: int


def signature(*parts: str) -> str:
    """The lower-case hex SHA-1 over the sorted parts; order is that of the strings' bytes."""
    joined = "".join(sorted(parts, key=str.encode))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


class Envelope:
    """The tokens and keys of one account. The first of each is current, the others stay valid while rotating."""

    def __init__(self, tokens: Sequence[str], aes_keys: Sequence[str], receive_id: str) -> None:
        """`aes_keys` are EncodingAESKeys of 43 characters; `receive_id` is the app id or corp id, never `gh_…`."""
        self._tokens = tuple(tokens)
        self._ciphers = tuple(_cipher(key) for key in aes_keys)
        self._receive_id = receive_id.encode()

    def is_signed(self, given: str, *parts: str) -> bool:
        """Whether `given` is the signature of `parts` under one of our tokens, compared in constant time."""
        matches = [hmac.compare_digest(signature(token, *parts).encode(), given.encode()) for token in self._tokens]
        return any(matches)

    def open(self, encrypted: str) -> Opened | Refusal:
        """Decrypt the base64 text of an `Encrypt` element or an `echostr`; its signature was checked before."""
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            return UNREADABLE
        if len(sealed) < PAD_BLOCK or len(sealed) % CIPHER_BLOCK:
            return UNREADABLE
        refusal = UNREADABLE
        for key, cipher in enumerate(self._ciphers):
            decryptor = cipher.decryptor()
            opened = _unpack(decryptor.update(sealed) + decryptor.finalize(), self._receive_id)
            if isinstance(opened, str):
                return Opened(opened, key)
            refusal = max(refusal, opened, key=lambda each: each.status)
        return refusal

    def encrypt(self, text: str, *, key: int = 0, head: bytes | None = None) -> str:
        """The base64 cipher text of a message; `head` are its 16 random bytes, given only by tests."""
        message = text.encode()
        plain = (head or secrets.token_bytes(16)) + struct.pack(">I", len(message)) + message + self._receive_id
        pad = PAD_BLOCK - len(plain) % PAD_BLOCK
        encryptor = self._ciphers[key].encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def seal(self, text: str, *, key: int, timestamp: int, nonce: str) -> str:
        """The XML envelope of an encrypted answer (protocol.md 3.3), signed over its own values."""
        encrypted = self.encrypt(text, key=key)
        signed = signature(self._tokens[0], str(timestamp), nonce, encrypted)
        return (
            f"<xml>\n<Encrypt><![CDATA[{encrypted}]]></Encrypt>\n<MsgSignature><![CDATA[{signed}]]></MsgSignature>\n"
            f"<TimeStamp>{timestamp}</TimeStamp>\n<Nonce><![CDATA[{nonce}]]></Nonce>\n</xml>"
        )


def _cipher(encoding_aes_key: str) -> Cipher[CBC]:
    key = base64.b64decode(encoding_aes_key + "=")
    return Cipher(AES(key), CBC(key[:16]))


def _unpack(plain: bytes, receive_id: bytes) -> str | Refusal:
    """The message inside, checked in the order of protocol.md 3.2."""
    pad = plain[-1]
    if not 1 <= pad <= PAD_BLOCK or plain[-pad:] != bytes([pad]) * pad:
        return UNREADABLE
    content = plain[:-pad]
    if len(content) < HEAD:
        return UNREADABLE
    (length,) = struct.unpack(">I", content[16:HEAD])
    if HEAD + length > len(content):
        return UNREADABLE
    if not hmac.compare_digest(content[HEAD + length :], receive_id):
        return FOREIGN
    try:
        return content[HEAD : HEAD + length].decode()
    except UnicodeDecodeError:
        return UNREADABLE
