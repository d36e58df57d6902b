"""JSON behind the staff page: what was said in groups and in private, tickets, tasks, figures, live events."""

import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.settings.staffing import GROUPS
from bot.shared import Event
from bot.web.access import LOGIN, groups_of, may_see, needs_login
from bot.web.chat import theirs
from bot.web.events import STAFF_TOPIC, Publisher, stream
from bot.web.keys import PARTS
from bot.web.problems import problem
from bot.web.ticket_view import brief, full, title
from handlers.apply import EMERGENCY
from storage.model import WORKING, Address, Inbound, InboxRow, OutboxRow, Staff, Ticket
from storage.unit_of_work import UnitOfWork

CHANNEL = "console"
LINES = 100
TICKETS = 100
TEXT_LIMIT = 2_000
PUBLISHER = web.AppKey("publisher", Publisher)
_CLIENT_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def setup(app: web.Application, publisher: Publisher) -> None:
    """Add the routes; each asks for a log-in (INV-26)."""
    app[PUBLISHER] = publisher
    base = "/api/v1/console"
    app.router.add_get(f"{base}/rooms/{{room}}/messages", needs_login(read_room))
    app.router.add_post(f"{base}/rooms/{{room}}/messages", needs_login(say))
    app.router.add_get(f"{base}/tickets", needs_login(tickets))
    app.router.add_get(f"{base}/tickets/{{number}}", needs_login(ticket))
    app.router.add_get(f"{base}/tasks", needs_login(tasks))
    app.router.add_post(f"{base}/tasks/{{id}}/close", needs_login(close_task))
    app.router.add_get(f"{base}/figures", needs_login(figures))
    app.router.add_get(f"{base}/events", needs_login(events))


def _json(data: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.json_response(data, status=status, dumps=lambda o: json.dumps(o, ensure_ascii=False, default=str))


def account_of(staff: Staff) -> str:
    """The id under which private messages reach a member of staff on the console."""
    return staff.account or f"staff-{staff.id}"


def _group(request: web.Request) -> str | None:
    """The group of the room in the path; None for the private chat. A foreign group looks like a missing one."""
    room = request.match_info["room"]
    if room == "private":
        return None
    name = room.removeprefix("group:")
    if name not in GROUPS or name not in groups_of(request[LOGIN].staff):
        raise web.HTTPNotFound
    return name


async def read_room(request: web.Request) -> web.Response:
    """The last lines of a group or of the private chat, oldest first."""
    group = _group(request)
    staff = request[LOGIN].staff
    parts = request.app[PARTS]

    def load(uow: UnitOfWork) -> list[dict[str, Any]]:
        names = {account_of(each): each.name for each in uow.staff.all()}
        if group:
            heard = uow.outbox.history(Address("group", _group_channel(request, group), group), LINES)
            said = uow.inbox.said_in(CHANNEL, group, LINES)
        else:
            heard = uow.outbox.history(Address("staff", CHANNEL, account_of(staff)), LINES)
            said = uow.inbox.said(CHANNEL, account_of(staff), LINES)
        lines = [from_bot(row) for row in heard] + [from_staff(row, staff, names) for row in said]
        return sorted(lines, key=lambda line: (line["at"], line["order"]))

    return _json({"messages": (await parts.store.read(load))[-LINES:]})


def _group_channel(request: web.Request, group: str) -> str:
    robot = request.app[PARTS].config.groups.robots().get(group)
    return f"robot.{robot}" if robot else CHANNEL


def from_bot(row: OutboxRow) -> dict[str, Any]:
    """A message of the bot, as the staff page shows it."""
    shown = theirs(row)
    return {
        "id": shown["id"],
        "by": None,
        "text": shown["text"],
        "buttons": shown["buttons"],
        "kind": row.kind,
        "urgent": row.priority >= EMERGENCY,
        "at": shown["at"],
        "order": 1,
    }


def from_staff(row: InboxRow, me: Staff, names: Mapping[str, str]) -> dict[str, Any]:
    """What a member of staff said."""
    return {
        "id": f"i{row.id}",
        "by": names.get(row.inbound.user_id, row.inbound.user_id),
        "text": row.inbound.text,
        "buttons": [],
        "kind": "said",
        "mine": row.inbound.user_id == account_of(me),
        "at": row.received_at.isoformat(),
        "order": 0,
    }


async def say(request: web.Request) -> web.Response:
    """Speak in a group or in private, by words or by a button."""
    group = _group(request)
    staff = request[LOGIN].staff
    parts = request.app[PARTS]
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return problem(request, 400, "reload")
    if not _is_message(body):
        return problem(request, 400, "reload")
    tap = body.get("tap")
    inbound = Inbound(
        channel=CHANNEL,
        user_id=account_of(staff),
        key=f"{staff.id}:{body['client_id']}",
        kind="tap" if tap else "message",
        text=body.get("text", "")[:TEXT_LIMIT],
        group=group,
        data={"key": tap} if tap else {},
        sent_at=parts.clock.now(),
    )
    added = await parts.accept(inbound, lane=f"staff:{staff.id}")
    if added.new:
        line = {"id": f"i{added.id}", "by": staff.name, "text": inbound.text, "buttons": [], "kind": "said"}
        line |= {"at": parts.clock.now().isoformat(), "speaker": account_of(staff)}
        where = {"room": f"group:{group}"} if group else {"room": "private", "account": account_of(staff)}
        request.app[PUBLISHER].publish(STAFF_TOPIC, {**where, "message": line})
    return _json({"id": added.id}, status=201 if added.new else 200)


def _is_message(body: object) -> bool:
    if not isinstance(body, Mapping):
        return False
    client_id, text, tap = body.get("client_id"), body.get("text", ""), body.get("tap")
    right = isinstance(client_id, str) and _CLIENT_ID.fullmatch(client_id) and isinstance(text, str)
    return bool(right) and (tap is None or (isinstance(tap, str) and len(tap) <= 128)) and bool(text or tap)


async def tickets(request: web.Request) -> web.Response:
    """Tickets that this reader may see: open, mine, late or all; searched by number, building or words."""
    staff = request[LOGIN].staff
    parts = request.app[PARTS]
    chosen = request.query.get("filter", "open")
    words = request.query.get("q", "").strip()[:64]
    now = parts.clock.now()

    def load(uow: UnitOfWork) -> list[Ticket]:
        if chosen == "mine":
            return list(uow.tickets.of_staff(staff.id))
        return list(uow.tickets.search(words, open_only=chosen != "all", limit=TICKETS * 2))

    found = [each for each in await parts.store.read(load) if may_see(staff, each)]
    shown = [brief(parts, each, now, staff) for each in found]
    if chosen == "late":
        shown = [each for each in shown if each["late"]]
    return _json({"tickets": shown[:TICKETS]})


async def ticket(request: web.Request) -> web.Response:
    """One ticket with its history; what the reader may not know is masked."""
    staff = request[LOGIN].staff
    parts = request.app[PARTS]
    number = request.match_info["number"][:32]

    def load(uow: UnitOfWork) -> dict[str, Any] | None:
        found = uow.tickets.by_number(number, parts.clock.now().astimezone(parts.setting.estate.zone).date())
        exact = next((each for each in found if each.number == number and may_see(staff, each)), None)
        return full(parts, uow, exact, staff) if exact else None

    shown = await parts.store.read(load)
    return _json(shown) if shown else problem(request, 404, "missing")


async def tasks(request: web.Request) -> web.Response:
    """Open tasks of the reader's role; the front of house sees all."""
    staff = request[LOGIN].staff
    parts = request.app[PARTS]
    wide = len(groups_of(staff)) == len(GROUPS)
    found = await parts.store.read(lambda uow: uow.tasks.open(None if wide else staff.role.value))
    lines = [
        {
            "id": each.id,
            "title": each.title,
            "role": _role(request, each.assignee_role),
            "at": each.created_at.isoformat(),
        }
        for each in found
    ]
    return _json({"tasks": lines})


def _role(request: web.Request, role: str | None) -> str:
    return title(request.app[PARTS], "role", role or "front_desk")


async def close_task(request: web.Request) -> web.Response:
    """A person has done it."""
    parts = request.app[PARTS]
    id_ = request.match_info["id"]
    if not id_.isdigit():
        return problem(request, 404, "missing")
    now = parts.clock.now()
    closed = await parts.store.run(lambda uow: uow.tasks.close_by_id(int(id_), now))
    return _json({"closed": True}) if closed else problem(request, 404, "missing")


async def figures(request: web.Request) -> web.Response:
    """The line at the top: open, urgent, late, waiting for a callback."""
    parts = request.app[PARTS]
    staff = request[LOGIN].staff
    now = parts.clock.now()

    def load(uow: UnitOfWork) -> tuple[list[Ticket], int]:
        return list(uow.tickets.search("", open_only=True, limit=1000)), len(uow.tasks.open(None))

    every, waiting = await parts.store.read(load)
    mine = [each for each in every if may_see(staff, each)]
    working = [each for each in mine if each.status in WORKING]
    late = sum(brief(parts, each, now, staff)["late"] for each in working)
    urgent = sum(each.urgency != "normal" for each in working)
    today = now.astimezone(parts.setting.estate.zone).date()
    zone = parts.setting.estate.zone
    fresh = sum(each.created_at is not None and each.created_at.astimezone(zone).date() == today for each in mine)
    counts = {"fresh": fresh, "working": len(working), "callback": len(mine) - len(working)}
    red = {"urgent": urgent, "late": late}
    shown = [
        {"title": title(parts, "figure", name), "value": value, "red": name in red and value > 0}
        for name, value in (counts | red).items()
    ]
    return _json({"figures": shown, "tasks": waiting})


def happened(row: OutboxRow) -> dict[str, Any]:
    """A sent message as a live event for staff pages; one to a resident only says that something changed."""
    if row.to.kind == "group":
        return {"room": f"group:{row.to.user_id}", "message": from_bot(row)}
    if row.to.kind == "staff":
        return {"room": "private", "account": row.to.user_id, "message": from_bot(row)}
    return {"changed": True}


async def events(request: web.Request) -> web.StreamResponse:
    """Live: new lines in the reader's groups and private chat, and a nudge when tickets change."""
    staff = request[LOGIN].staff
    groups = groups_of(staff)
    mine = account_of(staff)

    def shape(event: Event) -> Mapping[str, Any] | None:
        room = str(event.get("room", ""))
        foreign = event.get("account", mine) != mine if room == "private" else room.removeprefix("group:") not in groups
        if not room or foreign:
            return {"changed": True}
        message = event["message"]
        return {"room": room, "message": {**message, "mine": message.get("speaker") == mine}}

    return await stream(request, STAFF_TOPIC, shape)
