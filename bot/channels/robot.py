"""Group robots of WeCom, DingTalk and Feishu: they only speak (protocol.md 12). The address is the credential."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.channels.base import Outcome, Pace, Receipt
from bot.channels.codes import MINUTE_S, PROBE_S, outcome_of, read
from bot.channels.http import Answer, Http, Trouble
from bot.channels.media import Picture, pictures_of, shown
from bot.channels.progress import Progress
from bot.channels.text import TEXT_BYTES, clean, neutral, parts
from bot.clock import Clock
from bot.pictures import Gallery
from bot.secrets import Secret
from bot.shared import Shared
from storage.message import OutboxRow

MARKDOWN_BYTES = 4_096

Kind = Literal["wecom", "dingtalk", "feishu"]

#: The platforms' limits for one robot.
PACES: Mapping[Kind, tuple[Pace, ...]] = {
    "wecom": (Pace(20, 60.0),),
    "dingtalk": (Pace(20, 60.0),),
    "feishu": (Pace(5, 1.0), Pace(100, 60.0)),
}
#: Above its limit a DingTalk robot is silenced for this long, seconds.
DINGTALK_MUTE_S = 600.0

_DINGTALK: Mapping[int, Outcome] = {130101: "pace", 310000: "config"}
_FEISHU: Mapping[int, Outcome] = {9499: "content", 11232: "pace", 19021: "config", 19022: "config", 19024: "config"}


@dataclass(frozen=True, slots=True)
class RobotAccount:
    """One robot of one group. `secret` signs the calls to DingTalk and Feishu, where that is switched on."""

    kind: Kind
    url: Secret
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What is posted to a robot: the body, and what joins the address."""

    payload: dict[str, Any]
    query: dict[str, str]


class RobotChannel:
    """Speaks in one group."""

    def __init__(
        self,
        name: str,
        account: RobotAccount,
        http: Http,
        shared: Shared,
        clock: Clock,
        *,
        more: Callable[[OutboxRow], str] = lambda _: "",
        gallery: Gallery | None = None,
    ) -> None:
        """`name` is the channel account, `robot.repair`.

        `more` gives the page where a cut message can be read; pictures of messages are read from `gallery`.
        """
        self.name = name
        self.paces = PACES[account.kind]
        self._account = account
        self._http = http
        self._shared = shared
        self._clock = clock
        self._more = more
        self._gallery = gallery
        self._progress = Progress()

    async def send(self, row: OutboxRow) -> Receipt:
        """Send one row as one to three messages, each inside the platform's limit (INV-13), and its pictures.

        Robots that cannot show our pictures give the page where they are seen.

        Args:
            row: `data.markdown` chooses markdown, `data.mention` names the people to be called (platform user ids).
        """
        markdown = bool(row.data.get("markdown"))
        limit = TEXT_BYTES if self._account.kind == "wecom" and not markdown else MARKDOWN_BYTES
        pictures, body = pictures_of(row.data.get("media")), neutral(clean(row.body))
        if pictures and self._account.kind != "wecom":
            pictures, body = (), "\n".join(filter(None, (body, self._more(row))))
        texts = parts(body, limit, link=self._more(row))
        if not texts:
            return Receipt("content", code="empty")
        mention = tuple(str(each) for each in row.data.get("mention", ()))
        said: list[Call | Picture] = [
            *(_CALLS[self._account.kind](text, mention, markdown) for text in texts),
            *pictures,
        ]
        return await self._progress.send(row.id, said, self._one)

    async def _one(self, said: Call | Picture) -> Receipt:
        """One message; a picture that is no longer there is passed over."""
        made = await self._picture(said) if isinstance(said, Picture) else said
        return Receipt("sent") if made is None else await self._call(made)

    async def _picture(self, picture: Picture) -> Call | None:
        content = await shown(self._gallery, picture)
        if content is None:
            return None
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return Call({"msgtype": "image", "image": {"base64": base64.b64encode(content).decode(), "md5": digest}}, {})

    async def _call(self, made: Call) -> Receipt:
        now = self._clock.now()
        for pace in self.paces:
            wait_s = await self._shared.take(f"{self.name}:{pace.seconds:g}", pace, now)
            if wait_s > 0:
                return Receipt("pace", code="own_limit", pause_s=wait_s)
        signed = _SIGNED[self._account.kind](made, self._account.secret, now)
        answer = await self._http.post_json(self._account.url.reveal(), signed.payload, query=signed.query)
        return _RECEIPTS[self._account.kind](answer)


# --- what is said ----------------------------------------------------------------------------------------------------


def _wecom(text: str, mention: Sequence[str], markdown: bool) -> Call:
    if markdown:
        called = "".join(f"<@{each}>" for each in mention)
        return Call({"msgtype": "markdown", "markdown": {"content": text + called}}, {})
    content: dict[str, Any] = {"content": text}
    if mention:
        content["mentioned_list"] = list(mention)
    return Call({"msgtype": "text", "text": content}, {})


def _dingtalk(text: str, mention: Sequence[str], markdown: bool) -> Call:
    at = {"at": {"atUserIds": list(mention), "isAtAll": False}}
    if markdown:
        title = text.splitlines()[0][:20]
        return Call({"msgtype": "markdown", "markdown": {"title": title, "text": text}, **at}, {})
    return Call({"msgtype": "text", "text": {"content": text}, **at}, {})


def _feishu(text: str, mention: Sequence[str], markdown: bool) -> Call:
    if markdown:
        elements = [{"tag": "div", "text": {"tag": "lark_md", "content": text}}]
        return Call({"msg_type": "interactive", "card": {"elements": elements}}, {})
    called = "".join(f'<at user_id="{neutral(each)}"></at>' for each in mention)
    return Call({"msg_type": "text", "content": {"text": text + called}}, {})


_CALLS: Mapping[Kind, Callable[[str, Sequence[str], bool], Call]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}


# --- who says it -----------------------------------------------------------------------------------------------------


def dingtalk_sign(secret: str, timestamp_ms: int) -> str:
    """The signature of a DingTalk call, before URL-encoding: the secret is the key, time and secret the message."""
    digest = hmac.new(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def feishu_sign(secret: str, timestamp_s: int) -> str:
    """The signature of a Feishu call: time and secret are the key, the message is empty."""
    digest = hmac.new(f"{timestamp_s}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _unsigned(call: Call, _: Secret | None, __: datetime) -> Call:
    return call


def _dingtalk_signed(call: Call, secret: Secret | None, now: datetime) -> Call:
    if secret is None:
        return call
    timestamp_ms = round(now.timestamp() * 1000)
    return Call(call.payload, {"timestamp": str(timestamp_ms), "sign": dingtalk_sign(secret.reveal(), timestamp_ms)})


def _feishu_signed(call: Call, secret: Secret | None, now: datetime) -> Call:
    if secret is None:
        return call
    timestamp_s = int(now.timestamp())
    signed = {"timestamp": str(timestamp_s), "sign": feishu_sign(secret.reveal(), timestamp_s)}
    return Call({**signed, **call.payload}, {})


_SIGNED: Mapping[Kind, Callable[[Call, Secret | None, datetime], Call]] = {
    "wecom": _unsigned,
    "dingtalk": _dingtalk_signed,
    "feishu": _feishu_signed,
}


# --- what became of it -----------------------------------------------------------------------------------------------


def _wecom_receipt(answer: Answer | Trouble) -> Receipt:
    return _receipt(read(answer), {}, MINUTE_S)


def _dingtalk_receipt(answer: Answer | Trouble) -> Receipt:
    return _receipt(read(answer), _DINGTALK, DINGTALK_MUTE_S)


def _feishu_receipt(answer: Answer | Trouble) -> Receipt:
    """Feishu calls the code `code`, older robots `StatusCode`."""
    return _receipt(read(answer, "code", "StatusCode"), _FEISHU, MINUTE_S)


def _receipt(answer: tuple[int, dict[str, Any]] | Receipt, own: Mapping[int, Outcome], pause_s: float) -> Receipt:
    if isinstance(answer, Receipt):
        return answer
    code, _ = answer
    if code == 0:
        return Receipt("sent")
    outcome = own.get(code) or outcome_of(code)
    rest = {"pace": pause_s, "config": PROBE_S}.get(outcome, 0.0)
    return Receipt(outcome, code=str(code), pause_s=rest)


_RECEIPTS: Mapping[Kind, Callable[[Answer | Trouble], Receipt]] = {
    "wecom": _wecom_receipt,
    "dingtalk": _dingtalk_receipt,
    "feishu": _feishu_receipt,
}
