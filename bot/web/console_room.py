"""Groups and the private chat of the staff page: what was said, speaking by words, buttons and pictures, live lines."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.settings.staffing import GROUPS
from bot.shared import Event
from bot.web import body, media
from bot.web.access import LOGIN, everybody, groups_of, hosts, login_of, needs_login
from bot.web.chat import LOOK_BACK, Talk, media_of
from bot.web.events import STAFF_TOPIC, Publisher, stream
from bot.web.keys import PARTS, RECEPTION
from bot.web.problems import problem
from handlers.outgoing import EMERGENCY
from storage.message import Inbound, InboxRow, OutboxRow
from storage.model import Address, Staff
from storage.unit_of_work import UnitOfWork

CHANNEL = "console"
LINES = 100
TEXT_LIMIT = 2_000
PRIVATE = "private"
BASE = "/api/v1/console"
PUBLISHER = web.AppKey("publisher", Publisher)


def setup(app: web.Application, publisher: Publisher) -> None:
    """Add the routes; each declares who may (INV-26)."""
    app[PUBLISHER] = publisher
    app.router.add_get(f"{BASE}/rooms/{{room}}/messages", needs_login(read_room, everybody))
    app.router.add_post(f"{BASE}/rooms/{{room}}/messages", needs_login(say, everybody))
    app.router.add_post(f"{BASE}/rooms/{{room}}/pictures", needs_login(picture, everybody))
    app.router.add_get("/media/room/{room}/{name}", needs_login(show_picture, everybody))
    app.router.add_get(f"{BASE}/events", needs_login(events, everybody))


def reply(data: Mapping[str, Any], status: int = 200) -> web.Response:
    """A JSON answer with readable Chinese."""
    return web.json_response(data, status=status, dumps=lambda o: json.dumps(o, ensure_ascii=False, default=str))


def account_of(staff: Staff) -> str:
    """The id under which private messages reach a member of staff on the console."""
    return staff.account or f"staff-{staff.id}"


def _group(request: web.Request) -> str | None:
    """The group of the room in the path; None for the private chat. A foreign group looks like a missing one."""
    room = request.match_info["room"]
    if room == PRIVATE:
        return None
    name = room.removeprefix("group:")
    if name not in GROUPS or name not in groups_of(request[LOGIN].staff):
        raise web.HTTPNotFound
    return name


def _address(request: web.Request, group: str | None) -> Address:
    """Where the bot's messages to the room went; a group may have a robot of its own."""
    if group is None:
        return Address("staff", CHANNEL, account_of(request[LOGIN].staff))
    robot = request.app[PARTS].config.groups.robots().get(group)
    return Address("group", f"robot.{robot}" if robot else CHANNEL, group)


def _talk(request: web.Request, uow: UnitOfWork, group: str | None, limit: int) -> Talk:
    heard = _heard(request, uow, group, limit)
    if group:
        return uow.inbox.said_in(CHANNEL, group, limit), heard
    said = uow.inbox.said(CHANNEL, account_of(request[LOGIN].staff), limit)
    return tuple(row for row in said if row.inbound.group is None), heard


def _heard(request: web.Request, uow: UnitOfWork, group: str | None, limit: int) -> tuple[OutboxRow, ...]:
    """What the bot said there; to a group whose robot is out of order it also speaks on the console."""
    address = _address(request, group)
    heard = uow.outbox.history(address, limit)
    if address.channel == CHANNEL:
        return heard
    beside = uow.outbox.history(Address("group", CHANNEL, address.user_id), limit)
    return tuple(sorted((*heard, *beside), key=lambda row: row.id)[-limit:])


async def read_room(request: web.Request) -> web.Response:
    """The last lines of a group or of the private chat, oldest first."""
    group = _group(request)
    staff = request[LOGIN].staff

    def load(uow: UnitOfWork) -> list[dict[str, Any]]:
        names = {account_of(each): each.name for each in uow.staff.all()}
        said, heard = _talk(request, uow, group, LINES)
        lines = [from_bot(row) for row in heard] + [from_staff(row, staff, names) for row in said]
        return sorted(lines, key=lambda line: (line["at"], line["order"]))

    return reply({"messages": (await request.app[PARTS].store.read(load))[-LINES:]})


def _room_of(group: str | None) -> str:
    return f"group:{group}" if group else PRIVATE


def from_bot(row: OutboxRow) -> dict[str, Any]:
    """A message of the bot, as the staff page shows it."""
    room = _room_of(row.to.user_id if row.to.kind == "group" else None)
    return {
        "id": f"o{row.id}",
        "by": None,
        "text": row.body,
        "pictures": media.pictures(row.data.get("media", ()), f"/media/room/{room}"),
        "buttons": [{"key": key, "label": label} for key, label in row.buttons],
        "kind": row.kind,
        "urgent": row.priority >= EMERGENCY,
        "resident": row.text_key == "common.forwarded",
        "at": row.created_at.isoformat(),
        "order": 1,
    }


def from_staff(row: InboxRow, me: Staff, names: Mapping[str, str]) -> dict[str, Any]:
    """What a member of staff said."""
    return {
        "id": f"i{row.id}",
        "by": names.get(row.inbound.user_id, row.inbound.user_id),
        "text": row.inbound.text,
        "pictures": media.pictures(row.inbound.media, f"/media/room/{_room_of(row.inbound.group)}"),
        "buttons": [],
        "kind": "said",
        "mine": row.inbound.user_id == account_of(me),
        "at": row.received_at.isoformat(),
        "order": 0,
    }


async def say(request: web.Request) -> web.StreamResponse:
    """Speak in a group or in private, by words or by a button that was shown there."""
    group = _group(request)
    sent = await body.message(request)
    text, data = sent.text[:TEXT_LIMIT], {}
    if sent.tap is not None:
        key, address = sent.tap, _address(request, group)
        button = await request.app[PARTS].store.read(lambda uow: uow.outbox.last_with_button(address, key))
        if button is None:
            return problem(request, 400, "reload")
        data, text = {"key": button[0]}, button[1]
    elif not text.strip():
        return problem(request, 400, "empty")
    return await spoken(request, sent.client_id, group, kind="tap" if data else "message", text=text, data=data)


async def picture(request: web.Request) -> web.StreamResponse:
    """Show a picture in a group or in private, with words beside it (修好了 and its photo)."""
    group = _group(request)
    upload = await body.upload(request)
    try:
        reference = await media.store(request.app, upload.content, f"staff:{request[LOGIN].staff.id}")
    except media.Refused as refusal:
        return problem(request, media.status_of(refusal), str(refusal))
    text = upload.sent.text[:TEXT_LIMIT]
    return await spoken(request, upload.sent.client_id, group, kind="message", text=text, media=(reference,))


async def spoken(request: web.Request, client_id: str, group: str | None, **what: Any) -> web.Response:
    """Let the speaker say it on the one road of staff sentences, and show it in the room."""
    staff, parts = request[LOGIN].staff, request.app[PARTS]
    now = parts.clock.now()
    account = account_of(staff)
    key = f"{staff.id}:{client_id}"
    inbound = Inbound(channel=CHANNEL, user_id=account, key=key, group=group, sent_at=now, **what)
    added = await request.app[RECEPTION].accept(inbound, lane=f"staff:{staff.id}")
    if added.new:
        row = InboxRow(added.id, "", added.lane, inbound, now, "pending", 0, 0)
        line = {**from_staff(row, staff, {account: staff.name}), "speaker": account}
        where = {"room": f"group:{group}"} if group else {"room": PRIVATE, "account": account}
        request.app[PUBLISHER].publish(STAFF_TOPIC, {**where, "message": line})
    return reply({"id": f"i{added.id}"}, status=201 if added.new else 200)


async def show_picture(request: web.Request) -> web.StreamResponse:
    """A picture that was shown in this room; a foreign one looks like a missing one."""
    group = _group(request)
    return await media_of(request, lambda uow: _talk(request, uow, group, LOOK_BACK))


def happened(row: OutboxRow) -> Mapping[str, Any]:
    """A sent message as a live event for staff pages; one to a resident only says that his talk went on."""
    if row.to.kind == "group":
        return {"room": f"group:{row.to.user_id}", "message": from_bot(row)}
    if row.to.kind == "staff":
        return {"room": PRIVATE, "account": row.to.user_id, "message": from_bot(row)}
    return {"talk": True}


async def events(request: web.Request) -> web.StreamResponse:
    """Live: new lines in the reader's groups and private chat, and a nudge when tickets or talks change."""
    staff = request[LOGIN].staff
    groups, mine, host = groups_of(staff), account_of(staff), hosts(staff)

    def shape(event: Event) -> Mapping[str, Any] | None:
        room = str(event.get("room", ""))
        if not room:
            return event if "changed" in event or host else None
        foreign = event.get("account") != mine if room == PRIVATE else room.removeprefix("group:") not in groups
        if foreign:
            return None
        message = event["message"]
        return {"room": room, "message": {**message, "mine": message.get("speaker") == mine}}

    async def still_in() -> bool:
        login = await login_of(request, by_itself=True)
        return login is not None and login.staff == staff

    return await stream(request, STAFF_TOPIC, shape, still_in)
