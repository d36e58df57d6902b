"""Signatures and encryption against wechatpy as a second opinion, and against whatever a sender may seal."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.channels.envelope import Envelope, Opened, signature
from bot.channels.refusal import FOREIGN, UNREADABLE
from bot.channels.text import clean
from bot.channels.wechat.reply import text_reply
from bot.channels.xml import Element, parse

TOKEN, APP_ID = "aToken", "wx0123456789abcdef"
KEYS = ["0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"]


def envelope(*keys: str) -> Envelope:
    return Envelope([TOKEN], keys or KEYS[:1], APP_ID)


def sealed(plain: bytes, key: str = KEYS[0]) -> str:
    """Encrypt exactly these bytes, padding and all."""
    raw = base64.b64decode(key + "=")
    encryptor = Cipher(AES(raw), CBC(raw[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def packed(
    message: bytes, *, length: int | None = None, receive_id: bytes = APP_ID.encode(), pad: bytes = b""
) -> bytes:
    plain = b"r" * 16 + (len(message) if length is None else length).to_bytes(4, "big") + message + receive_id
    missing = 32 - len(plain) % 32
    return plain + (pad or bytes([missing]) * missing)


@given(st.text().map(clean))
def test_opens_what_it_sealed(text: str) -> None:
    assert envelope().open(envelope().encrypt(text)) == Opened(text, 0)


@given(st.binary(max_size=128))
def test_signed_nonsense_is_a_refusal_and_no_exception(noise: bytes) -> None:
    padded = noise + bytes(-len(noise) % 16)
    assert envelope().open(sealed(padded)) in (UNREADABLE, FOREIGN)
    assert envelope().open(noise.decode("latin-1")) == UNREADABLE


def test_agrees_with_wechatpy_both_ways() -> None:
    crypto = WeChatCrypto(TOKEN, KEYS[0], APP_ID)
    ours = envelope().encrypt("你好")
    signed = signature(TOKEN, "1", "n", ours)
    assert crypto.decrypt_message({"Encrypt": ours}, signed, "1", "n") == "你好"
    theirs = parse(crypto.encrypt_message("你好", "n", "1").encode())
    assert isinstance(theirs, Element)
    assert envelope().open(next(theirs.walk("Encrypt")).text) == Opened("你好", 0)


@pytest.mark.parametrize(
    "plain",
    [
        packed(b"x", pad=bytes(32 - 39 % 32)),
        packed(b"x", pad=b"\x19" * 24 + b"\x18"),
        packed(b"x", length=4_000_000_000),
        packed(b"\xff\xfe"),
        bytes([32]) * 32,
        bytes([33]) * 64,
    ],
)
def test_wrong_padding_length_or_encoding(plain: bytes) -> None:
    assert envelope().open(sealed(plain + bytes(-len(plain) % 16))) == UNREADABLE


def test_another_receiver() -> None:
    assert envelope().open(sealed(packed(b"x", receive_id=b"wx_other"))) == FOREIGN
    assert envelope().open(sealed(packed(b"x", receive_id=b""))) == FOREIGN


def test_both_keys_open_while_they_are_rotated() -> None:
    both = envelope(*KEYS)
    assert both.open(envelope(KEYS[0]).encrypt("x")) == Opened("x", 0)
    assert both.open(envelope(KEYS[1]).encrypt("x")) == Opened("x", 1)


def test_both_tokens_sign_while_they_are_rotated() -> None:
    both = Envelope(["newToken", "oldToken"], KEYS[:1], APP_ID)
    assert both.is_signed(signature("oldToken", "1", "n"), "1", "n")
    assert both.is_signed(signature("newToken", "1", "n"), "1", "n")
    assert not both.is_signed(signature("other", "1", "n"), "1", "n")


def test_parts_are_sorted_as_strings() -> None:
    assert signature("10", "9", "a") == signature("a", "10", "9")


@given(st.text())
def test_a_reply_is_well_formed_whatever_it_says(text: str) -> None:
    root = parse(text_reply(sender="gh_a", receiver="oB", text=text, created=1).encode())
    assert isinstance(root, Element)
    assert [each.name for each in root.children].count("Content") == 1
    # XML turns carriage returns into line feeds, and the reader trims.
    expected = clean(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    assert next(root.walk("Content")).text == expected


@given(st.binary(max_size=400))
def test_the_reader_never_raises(document: bytes) -> None:
    parse(document)
    parse(b"<xml>" + document + b"</xml>")
