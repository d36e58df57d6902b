"""The callbacks of a WeCom app and of 微信客服: verify, decrypt, read (protocol.md 2.2, 6, 7). No I/O."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.envelope import Envelope
from bot.channels.push import Ignored, Letter, Pushed, Query, echo, fields, is_id, is_number, moment, place, unseal
from bot.channels.refusal import FOREIGN, INCOMPLETE, MISTYPED, Refusal
from bot.channels.wechat.message import KEY_KEPT, SINGLE, TEXT_KEPT
from bot.channels.wechat.reply import text_reply
from bot.channels.xml import Element
from bot.secrets import Secret
from storage.message import Inbound, InboundKind
from storage.model import Json

WECOM_SINGLE = SINGLE | {"AgentID", "TaskId", "CardType", "ResponseCode", "Token", "OpenKfId", "ChangeType"}


@dataclass(frozen=True, slots=True)
class WecomAccount:
    """One WeCom app, or one 微信客服 account with its `open_kfid`.

    Attributes:
        corp_id: `ww…`, the receive id inside the cipher text and what pushes are addressed to.
        previous_token, previous_aes_key: stay valid while the values are rotated.
    """

    corp_id: str
    token: Secret
    aes_key: Secret
    secret: Secret
    agent_id: int = 0
    open_kfid: str = ""
    previous_token: Secret | None = None
    previous_aes_key: Secret | None = None
    api_base: str = "https://qyapi.weixin.qq.com"

    def envelope(self) -> Envelope:
        """The signatures and encryption of this account."""
        return Envelope(
            [each.reveal() for each in (self.token, self.previous_token) if each is not None],
            [each.reveal() for each in (self.aes_key, self.previous_aes_key) if each is not None],
            self.corp_id,
        )


@dataclass(frozen=True, slots=True)
class _Said:
    kind: InboundKind = "message"
    text: str = ""
    media: tuple[Json, ...] = ()
    data: Mapping[str, Any] | None = None


class WecomCallback:
    """The door of one app, through which staff talk and tap cards."""

    #: WeCom wants nothing but status 200.
    done = ""

    def __init__(self, name: str, account: WecomAccount) -> None:
        """`name` is the channel account, `wecom.staff`."""
        self.name = name
        self._account = account
        self._envelope = account.envelope()

    def handshake(self, query: Query, now: datetime) -> str | Refusal:
        """The decrypted echo text of the URL check."""
        return echo(self._envelope, query, now)

    def receive(self, query: Query, body: bytes, now: datetime) -> Letter | Ignored | Refusal:
        """Read one push; always encrypted."""
        pushed = unseal(self._envelope, query, body, now)
        if isinstance(pushed, Refusal):
            return pushed
        found = _fields(pushed, self._account.corp_id)
        return found if isinstance(found, Refusal) else self._read(pushed, found)

    def reply(self, letter: Letter, text: str, now: datetime) -> str:
        """A passive text reply; WeCom takes it in the encrypted envelope only."""
        created = int(now.timestamp())
        plain = text_reply(sender=letter.receiver, receiver=letter.sender, text=text, created=created)
        return self._envelope.seal(plain, key=letter.key, timestamp=created, nonce=letter.nonce)

    def _read(self, pushed: Pushed, found: Mapping[str, str]) -> Letter | Ignored | Refusal:
        sender, created = found.get("FromUserName", ""), moment(found.get("CreateTime"))
        if isinstance(created, Refusal):
            return created
        if not sender or not found.get("MsgType"):
            return INCOMPLETE
        if not is_id(sender) or not is_number(found.get("MsgId", "0")):
            return MISTYPED
        meaning = _said(found, pushed.root)
        if not isinstance(meaning, _Said):
            return meaning
        inbound = Inbound(
            channel=self.name,
            user_id=sender,
            key=_dedupe_key(f"{self._account.corp_id}:{self._account.agent_id}", found, pushed.wire),
            kind=meaning.kind,
            text=meaning.text,
            media=meaning.media,
            data={**(meaning.data or {}), "wire": pushed.wire},
            sent_at=created,
        )
        return Letter(inbound, sender, self._account.corp_id, pushed.key, pushed.nonce)


class KfCallback:
    """The door of 微信客服. A push holds no words, only the news that some wait at the platform for three days.

    Losing one loses nothing, so it rings a bell instead of being stored (protocol.md 7).
    """

    done = ""

    def __init__(self, name: str, account: WecomAccount, ring: Callable[[str, str], None]) -> None:
        """`ring(open_kfid, token)` starts reading; the token is valid for ten minutes."""
        self.name = name
        self._account = account
        self._envelope = account.envelope()
        self._ring = ring

    def handshake(self, query: Query, now: datetime) -> str | Refusal:
        """The decrypted echo text of the URL check."""
        return echo(self._envelope, query, now)

    def receive(self, query: Query, body: bytes, now: datetime) -> Ignored | Refusal:
        """Verify a push and ring."""
        pushed = unseal(self._envelope, query, body, now)
        if isinstance(pushed, Refusal):
            return pushed
        found = _fields(pushed, self._account.corp_id)
        if isinstance(found, Refusal):
            return found
        if not found.get("Event"):
            return INCOMPLETE
        kfid = found.get("OpenKfId", self._account.open_kfid)
        if found["Event"].lower() != "kf_msg_or_event" or kfid != self._account.open_kfid:
            return Ignored("event")
        self._ring(kfid, found.get("Token", ""))
        return Ignored("rung")

    def reply(self, letter: Letter, text: str, now: datetime) -> str:  # noqa: ARG002 - the port's shape
        """微信客服 has no passive reply."""
        return self.done


def _fields(pushed: Pushed, corp_id: str) -> dict[str, str] | Refusal:
    found = fields(pushed.root, WECOM_SINGLE)
    if isinstance(found, Refusal):
        return found
    return found if found.get("ToUserName") == corp_id else FOREIGN


def _dedupe_key(app: str, found: Mapping[str, str], wire: str) -> str:
    """INV-3; a tap on a card is known by its response code, which is unique per click."""
    if found.get("ResponseCode"):
        return f"{app}:card:{found['ResponseCode'][:KEY_KEPT]}"
    sender, created = found["FromUserName"], found["CreateTime"]
    if found.get("MsgId") and found["MsgType"].lower() != "event":
        return f"{app}:{sender}:{found['MsgId']}:{created}"
    return f"{app}:{sender}:{created}:{hashlib.sha256(wire.encode()).hexdigest()}"


def _said(found: Mapping[str, str], root: Element) -> _Said | Ignored | Refusal:
    kind = found["MsgType"].lower()
    match kind:
        case "text":
            return _Said(text=found.get("Content", "")[:TEXT_KEPT])
        case "image" | "voice" | "video":
            return _media(kind, found.get("MediaId"))
        case "location":
            where = place(found.get("Location_X"), found.get("Location_Y"))
            return (
                where
                if isinstance(where, Refusal)
                else _Said(data={"location": {**where, "label": found.get("Label", "")}})
            )
        case "event":
            return _event(found, root)
        case _:
            return _Said(data={"unsupported": kind[:32]})


def _media(kind: str, media_id: str | None) -> _Said | Refusal:
    return _Said(media=({"kind": kind, "id": media_id},)) if media_id else INCOMPLETE


def _event(found: Mapping[str, str], root: Element) -> _Said | Ignored | Refusal:
    name, key = found.get("Event", "").lower(), found.get("EventKey", "")[:KEY_KEPT]
    match name:
        case "":
            return INCOMPLETE
        case "click":
            return _Said("event", data={"event": "menu", "key": key})
        case "template_card_event" | "template_card_menu_event":
            return _Said("tap", data={"key": key, **_card(found, root)})
        case _:
            return Ignored("event")


def _card(found: Mapping[str, str], root: Element) -> dict[str, Any]:
    """What a tap on a card carries besides its key: the card, the code that updates it once, and the chosen options."""
    selected = [
        {
            "question": next((each.text for each in item.walk("QuestionKey")), ""),
            "options": [each.text for each in item.walk("OptionId")],
        }
        for item in root.walk("SelectedItem")
    ]
    return {"task": found.get("TaskId", ""), "response_code": found.get("ResponseCode", ""), "selected": selected}
