"""The kinds of messages and events that an Official Account pushes, read into what was said (protocol.md 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wechatpy.events import EVENT_TYPES, BaseEvent
from wechatpy.messages import MESSAGE_TYPES, BaseMessage

from bot.channels.push import Ignored, place
from bot.channels.refusal import INCOMPLETE, Refusal
from bot.channels.xml import Element
from storage.message import InboundKind
from storage.model import Json

#: Characters of a text that are kept; the person is told (reliability.md 7).
TEXT_KEPT = 10_000
#: Characters of an event key that are kept.
KEY_KEPT = 128
SCENE_PREFIX = "qrscene_"

#: Elements that our readers take as one text each.
SINGLE = frozenset(
    {
        "ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "MsgID", "Event", "EventKey", "Content",
        "bizmsgmenuid", "MediaId", "ThumbMediaId", "Format", "Recognition", "PicUrl", "Location_X", "Location_Y",
        "Scale", "Label", "Title", "Description", "Url", "Status", "Ticket", "Encrypt",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """The meaning of a push, without sender and key. `awaited` and `visible` are those of `push.Letter`.

    What is not `kept` is stored without the text that it came from.
    """

    kind: InboundKind = "message"
    text: str = ""
    media: tuple[Json, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    awaited: bool = True
    visible: bool = True
    kept: bool = True


Outcome = Said | Ignored | Refusal


@dataclass(frozen=True, slots=True)
class _Push:
    """A push as wechatpy's typed class of its kind, with the plain fields and the nested elements."""

    message: BaseMessage
    fields: Mapping[str, str]
    root: Element


def said(fields: Mapping[str, str], root: Element) -> Outcome:
    """What a push with these fields says; `root` holds the nested elements."""
    kind = fields.get("MsgType", "").lower()
    if not kind:
        return INCOMPLETE
    if kind == "event":
        return _event(fields, root)
    read = _MESSAGES.get(kind)
    if read is None:
        # The sender hears that his card or file was not understood, but not necessarily in this very call.
        return Said(data={"unsupported": kind[:32]}, awaited=False)
    return read(_Push(MESSAGE_TYPES[kind](dict(fields)), fields, root))


def _event(fields: Mapping[str, str], root: Element) -> Outcome:
    name = fields.get("Event", "").lower()
    if not name:
        return INCOMPLETE
    read = _EVENTS.get(name)
    if read is None:
        return Ignored("event" if name in EVENT_TYPES else "unknown_event")
    return read(_Push(EVENT_TYPES.get(name, BaseEvent)(dict(fields)), fields, root))


def _text(push: _Push) -> Outcome:
    content = push.message.content or ""
    menu_id = push.fields.get("bizmsgmenuid")
    if menu_id:
        return Said("tap", content[:TEXT_KEPT], data={"key": menu_id[:KEY_KEPT]})
    if len(content) > TEXT_KEPT:
        return Said(text=content[:TEXT_KEPT], data={"truncated": True}, kept=False)
    return Said(text=content)


def _image(push: _Push) -> Outcome:
    return _media("image", push)


def _video(push: _Push) -> Outcome:
    return _media("video", push)


def _media(kind: str, push: _Push) -> Outcome:
    """By media id only: no address from a message is ever fetched (INV-22)."""
    media_id = push.message.media_id
    return Said(media=({"kind": kind, "id": media_id},)) if media_id else INCOMPLETE


def _voice(push: _Push) -> Outcome:
    """Speech, with the platform's own recognition where an account still gets it."""
    voice = push.message
    if not voice.media_id:
        return INCOMPLETE
    media = {"kind": "voice", "id": voice.media_id, "format": voice.format or ""}
    return Said(text=(voice.recognition or "")[:TEXT_KEPT], media=(media,))


def _location(push: _Push) -> Outcome:
    where = place(push.message.location_x, push.message.location_y)
    if isinstance(where, Refusal):
        return where
    return Said(data={"location": {**where, "label": push.message.label or ""}})


def _link(_: _Push) -> Outcome:
    return Said(data={"unsupported": "link"})


_MESSAGES: Mapping[str, Callable[[_Push], Outcome]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
}


def _happened(event: str, key: str | None = None, *, awaited: bool = False, visible: bool = True, **more: Any) -> Said:
    data = {"event": event, "key": (key or "")[:KEY_KEPT], **more}
    return Said("event", data=data, awaited=awaited, visible=visible)


def _subscribe(push: _Push) -> Outcome:
    """A new follower, perhaps by a parametric QR code that names a home or a building."""
    return _happened("subscribe", (push.message.key or "").removeprefix(SCENE_PREFIX), awaited=True)


def _unsubscribe(_: _Push) -> Outcome:
    """Nobody reads an answer, and the duty to forget the person must not get lost: the platform repeats it."""
    return _happened("unsubscribe", visible=False)


def _scan(push: _Push) -> Outcome:
    return _happened("scan", push.message.scene_id, awaited=True)


def _click(push: _Push) -> Outcome:
    return _happened("menu", push.message.key, awaited=True)


def _view(push: _Push) -> Outcome:
    return _happened("view", push.message.url, visible=False)


def _location_report(_: _Push) -> Outcome:
    """That somebody opened the chat; where he is is nothing we collect (reliability.md 6)."""
    return replace(_happened("location", visible=False), kept=False)


def _scancode(push: _Push) -> Outcome:
    name = push.message.event
    result = next((each.text for each in push.root.walk("ScanResult")), "")
    return _happened(name, push.message.key, awaited=name == "scancode_waitmsg", result=result[:KEY_KEPT])


def _template_done(push: _Push) -> Outcome:
    """The final result of a template message; `message` is the id that the send call returned."""
    message, status = push.fields.get("MsgID", ""), push.fields.get("Status", "")
    return _happened("template_done", visible=False, message=message, status=status[:KEY_KEPT])


def _consent(push: _Push) -> Outcome:
    """A person allowed or refused subscription notices, or one was delivered; one entry of the list per template."""
    entries = [{each.name: each.text for each in entry.children} for entry in push.root.walk("List")]
    templates = [
        {
            "template": entry.get("TemplateId", ""),
            "status": entry.get("SubscribeStatusString") or entry.get("ErrorStatus", ""),
            "message": entry.get("MsgID", ""),
        }
        for entry in entries
    ]
    return _happened(push.fields["Event"].lower(), visible=False, templates=templates)


_EVENTS: Mapping[str, Callable[[_Push], Outcome]] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "click": _click,
    "view": _view,
    "location": _location_report,
    "scancode_push": _scancode,
    "scancode_waitmsg": _scancode,
    "templatesendjobfinish": _template_done,
    "subscribe_msg_popup_event": _consent,
    "subscribe_msg_change_event": _consent,
    "subscribe_msg_sent_event": _consent,
}
