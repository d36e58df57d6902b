"""Personal columns at rest: encrypted with AES-GCM, found again by a keyed hash (INV-29)."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import Sealed

KEY_BYTES = 32
_NONCE_BYTES = 12


class Cipher:
    """Seals and opens personal values with a key that lies outside the database."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 random bytes. Encryption and hashing use keys derived from it.

        Raises:
            ValueError: the key has another length.
        """
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes instead of {KEY_BYTES}")
        self._aead = AESGCM(hmac.digest(key, b"seal", "sha256"))
        self._hash_key = hmac.digest(key, b"look-up", "sha256")

    def seal(self, plain: str, purpose: str) -> bytes:
        """Encrypt; `purpose` (table and column) is bound in, so that a value cannot be moved to another column."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain.encode("utf-8", "replace"), purpose.encode())

    def seal_optional(self, plain: str | None, purpose: str) -> bytes | None:
        """Encrypt what is there."""
        return None if plain is None else self.seal(plain, purpose)

    def open(self, sealed: bytes, purpose: str) -> str:
        """Decrypt.

        Raises:
            Sealed: wrong key, another purpose, or damaged bytes.
        """
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Sealed from error

    def open_optional(self, sealed: bytes | None, purpose: str) -> str | None:
        """Decrypt what is there."""
        return None if sealed is None else self.open(sealed, purpose)

    def digest(self, *parts: str) -> str:
        """A keyed hash for equality look-ups; it tells nothing without the key."""
        return hmac.new(self._hash_key, "\x1f".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def test_cipher() -> Cipher:
    """A cipher with a fixed key, for tests and throw-away databases only."""
    return Cipher(bytes(range(KEY_BYTES)))
