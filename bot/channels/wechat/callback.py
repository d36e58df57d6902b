"""The callback of an Official Account: verify, decrypt, read (protocol.md 2.1, 3, 4). No I/O."""

import hashlib
from datetime import datetime

from bot.channels.push import (
    Ignored,
    Letter,
    Pushed,
    Query,
    fields,
    is_id,
    is_number,
    moment,
    one,
    stamp,
    unseal,
)
from bot.channels.refusal import DOWNGRADED, FOREIGN, FORGED, INCOMPLETE, MALFORMED_XML, MISTYPED, Refusal
from bot.channels.wechat.account import WechatAccount
from bot.channels.wechat.message import SINGLE, said
from bot.channels.wechat.reply import text_reply
from bot.channels.xml import parse
from storage.message import Inbound

#: The key index of a plain push: its answer is plain too.
PLAIN = -1


class WechatCallback:
    """The door of one account."""

    #: The body that says "nothing to tell" and stops the platform from repeating.
    done = "success"

    def __init__(self, name: str, account: WechatAccount) -> None:
        """`name` is the channel account, `wechat.main`."""
        self.name = name
        self._account = account
        self._envelope = account.envelope()

    def handshake(self, query: Query, now: datetime) -> str | Refusal:
        """The echo text of the URL check, which is plain in every mode."""
        stamped = stamp(query, "signature", now)
        echo = one(query, "echostr")
        if isinstance(stamped, Refusal):
            return stamped
        if isinstance(echo, Refusal):
            return echo
        return echo if self._envelope.is_signed(stamped.signature, stamped.timestamp, stamped.nonce) else FORGED

    def receive(self, query: Query, body: bytes, now: datetime) -> Letter | Ignored | Refusal:
        """Read one push; `now` decides on its freshness."""
        pushed = self._open(query, body, now)
        return pushed if isinstance(pushed, Refusal) else self._read(pushed)

    def reply(self, letter: Letter, text: str, now: datetime) -> str:
        """The passive reply to a letter, encrypted when the push was (protocol.md 8)."""
        created = int(now.timestamp())
        plain = text_reply(sender=letter.receiver, receiver=letter.sender, text=text, created=created)
        if letter.key == PLAIN:
            return plain
        return self._envelope.seal(plain, key=letter.key, timestamp=created, nonce=letter.nonce)

    def _open(self, query: Query, body: bytes, now: datetime) -> Pushed | Refusal:
        encrypted = query.get("encrypt_type", ()) == ("aes",)
        if self._account.mode == "plain":
            return DOWNGRADED if encrypted else self._plain(query, body, now)
        if not encrypted or not query.get("msg_signature"):
            return DOWNGRADED
        return unseal(self._envelope, query, body, now)

    def _plain(self, query: Query, body: bytes, now: datetime) -> Pushed | Refusal:
        """The signature covers no body here; freshness and de-duplication are all that is left (protocol.md 3.1)."""
        stamped = stamp(query, "signature", now)
        if isinstance(stamped, Refusal):
            return stamped
        if not self._envelope.is_signed(stamped.signature, stamped.timestamp, stamped.nonce):
            return FORGED
        try:
            wire = body.decode()
        except UnicodeDecodeError:
            return MALFORMED_XML
        root = parse(body)
        return root if isinstance(root, Refusal) else Pushed(wire, root, PLAIN, stamped.nonce)

    def _read(self, pushed: Pushed) -> Letter | Ignored | Refusal:
        found = fields(pushed.root, SINGLE)
        if isinstance(found, Refusal):
            return found
        sender, receiver = found.get("FromUserName", ""), found.get("ToUserName", "")
        created = moment(found.get("CreateTime"))
        if isinstance(created, Refusal):
            return created
        if not is_id(sender) or not receiver:
            return INCOMPLETE if not sender or not receiver else MISTYPED
        if receiver != self._account.original_id:
            return FOREIGN
        return self._letter(pushed, found, created)

    def _letter(self, pushed: Pushed, found: dict[str, str], created: datetime) -> Letter | Ignored | Refusal:
        key = dedupe_key(self._account.app_id, found, pushed.wire)
        meaning = said(found, pushed.root)
        if isinstance(key, Refusal):
            return key
        if isinstance(meaning, Ignored | Refusal):
            return meaning
        data = dict(meaning.data)
        if meaning.awaited:
            data["passive"] = True
        if meaning.kept:
            data["wire"] = pushed.wire  # INV-4: as received; everything else is derived from it
        sender, receiver = found["FromUserName"], found["ToUserName"]
        inbound = Inbound(
            channel=self.name,
            user_id=sender,
            key=key,
            kind=meaning.kind,
            text=meaning.text,
            media=meaning.media,
            data=data,
            sent_at=created,
        )
        return Letter(inbound, sender, receiver, pushed.key, pushed.nonce, meaning.awaited, meaning.visible)


def dedupe_key(app_id: str, found: dict[str, str], wire: str) -> str | Refusal:
    """What makes a push the same push (INV-3): message id with sender and second, or the whole body of an event."""
    sender, created, number = found["FromUserName"], found["CreateTime"], found.get("MsgId")
    if number is not None and not is_number(number):
        return MISTYPED
    if number is not None and found.get("MsgType", "").lower() != "event":
        return f"{app_id}:{sender}:{number}:{created}"
    digest = hashlib.sha256(wire.encode()).hexdigest()
    return f"{app_id}:{sender}:{created}:{found.get('Event', '')[:64].lower()}:{digest}"
