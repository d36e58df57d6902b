"""What the pushes of 公众号, WeCom and 微信客服 have in common: the query, the envelope and the fields inside."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels.envelope import Envelope
from bot.channels.refusal import (
    AMBIGUOUS,
    FORGED,
    INCOMPLETE,
    MALFORMED_QUERY,
    MISSING,
    MISTYPED,
    STALE,
    Refusal,
)
from bot.channels.xml import Element, parse
from storage.message import Inbound

#: How far the timestamp of a request may be from our clock, seconds.
WINDOW_S = 600
#: The latest moment a message can claim to be from; beyond it the number is nonsense.
LATEST = 4_102_444_800

_TIMESTAMP = re.compile(r"\d{10}", re.ASCII)
_NONCE = re.compile(r"[0-9A-Za-z]{1,64}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{40}", re.ASCII)
_SENDER = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)

Query = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Stamp:
    """The signed part of a query: signature, timestamp and nonce, each of the right shape and recent."""

    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """A verified and decrypted push: its text as received, its root, and the key that opened it."""

    wire: str
    root: Element
    key: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to store and perhaps to answer in the same request.

    Attributes:
        awaited: the request waits for a passive reply.
        visible: a person sees what we answer; an event behind his back is better repeated by the platform.
        sender: who gets the passive reply; `receiver` is our side. Key and nonce are those of the request.
    """

    inbound: Inbound
    sender: str
    receiver: str
    key: int
    nonce: str
    awaited: bool = False
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Ignored:
    """A genuine push that means nothing to us; answered, counted under `reason`, not stored (protocol.md 4.3)."""

    reason: str


def one(query: Query, name: str) -> str | Refusal:
    """The only value of a required parameter; a second one could be read differently by somebody else."""
    values = query.get(name, ())
    if len(values) > 1:
        return AMBIGUOUS
    return values[0] if values and values[0] else MISSING


def stamp(query: Query, signature: str, now: datetime) -> Stamp | Refusal:
    """Check shapes and freshness of the signed parameters; `signature` names the one that carries it (INV-20)."""
    values = []
    for name in (signature, "timestamp", "nonce"):
        value = one(query, name)
        if isinstance(value, Refusal):
            return value
        values.append(value)
    if not _SIGNATURE.fullmatch(values[0]):
        return FORGED
    if not _TIMESTAMP.fullmatch(values[1]) or abs(int(values[1]) - now.timestamp()) > WINDOW_S:
        return STALE
    if not _NONCE.fullmatch(values[2]):
        return MALFORMED_QUERY
    return Stamp(*values)


def unseal(envelope: Envelope, query: Query, body: bytes, now: datetime) -> Pushed | Refusal:
    """Verify and decrypt a push; only what comes out of `Encrypt` counts, never what stands beside it (INV-20)."""
    stamped = stamp(query, "msg_signature", now)
    if isinstance(stamped, Refusal):
        return stamped
    outer = parse(body)
    if isinstance(outer, Refusal):
        return outer
    encrypted = [child for child in outer.children if child.name == "Encrypt"]
    if len(encrypted) != 1 or encrypted[0].children or not encrypted[0].text:
        return INCOMPLETE if not encrypted else MISTYPED
    sealed = encrypted[0].text
    if not envelope.is_signed(stamped.signature, stamped.timestamp, stamped.nonce, sealed):
        return FORGED
    opened = envelope.open(sealed)
    if isinstance(opened, Refusal):
        return opened
    root = parse(opened.text.encode())
    return root if isinstance(root, Refusal) else Pushed(opened.text, root, opened.key, stamped.nonce)


def echo(envelope: Envelope, query: Query, now: datetime) -> str | Refusal:
    """The answer to WeCom's URL verification: the decrypted `echostr` (protocol.md 2.2)."""
    stamped = stamp(query, "msg_signature", now)
    sealed = one(query, "echostr")
    if isinstance(stamped, Refusal):
        return stamped
    if isinstance(sealed, Refusal):
        return sealed
    sealed = sealed.replace(" ", "+")  # a raw "+" of the base64 text arrives as a space
    if not envelope.is_signed(stamped.signature, stamped.timestamp, stamped.nonce, sealed):
        return FORGED
    opened = envelope.open(sealed)
    return opened if isinstance(opened, Refusal) else opened.text


def fields(root: Element, single: frozenset[str]) -> dict[str, str] | Refusal:
    """The texts right below the root; empty ones are left out, unknown repeated or nested elements ignored.

    A repeated or nested element that we expect as a `single` text is refused: another parser down the line might read
    it as a list or an object (INV-21).
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    for child in root.children:
        if child.name in single and (child.children or child.name in seen):
            return MISTYPED
        seen.add(child.name)
        if child.text and not child.children:
            found.setdefault(child.name, child.text)
    return found


def is_id(text: str) -> bool:
    """Whether a text can be somebody's id on a platform."""
    return _SENDER.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether a text is a plain decimal number of up to 20 digits, such as a MsgId."""
    return _NUMBER.fullmatch(text) is not None


def moment(text: str | None) -> datetime | Refusal:
    """CreateTime, seconds since 1970, as aware UTC."""
    if text is None:
        return INCOMPLETE
    if not is_number(text) or int(text) > LATEST:
        return MISTYPED
    return datetime.fromtimestamp(int(text), UTC)


def place(latitude: str | None, longitude: str | None) -> dict[str, float] | Refusal:
    """A position on earth in degrees."""
    try:
        lat, lon = float(latitude or ""), float(longitude or "")
    except ValueError:
        return MISTYPED
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return MISTYPED
    return {"lat": lat, "lon": lon}
