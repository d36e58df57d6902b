"""Residents' conversations on the staff page: the list, the history, taking over and giving back (design.md 8)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from bot.assembly import Parts
from bot.web import body
from bot.web.access import LOGIN, hosts, may_host, needs_login
from bot.web.chat import HISTORY, LOOK_BACK, Talk, media_of
from bot.web.chat_view import reworded, together
from bot.web.console_room import BASE, reply, spoken
from bot.web.keys import PARTS
from bot.web.problems import problem
from bot.web.ticket_view import mask_name
from handlers.effects import Phrase
from handlers.rules.masking import masked
from storage.message import Conversation
from storage.model import Address, Staff
from storage.unit_of_work import UnitOfWork

#: Conversations in the list, and characters of the last words shown beside each.
LIST, PREVIEW = 60, 40
_LONGEST = 10_000


def setup(app: web.Application) -> None:
    """Add the routes: for those who talk with residents (INV-26)."""
    app.router.add_get(f"{BASE}/chats", needs_login(chats, hosts))
    app.router.add_get(f"{BASE}/chats/{{lane}}", needs_login(chat, hosts))
    app.router.add_post(f"{BASE}/chats/{{lane}}/take", needs_login(take, hosts))
    app.router.add_post(f"{BASE}/chats/{{lane}}/release", needs_login(release, hosts))
    app.router.add_get("/media/talk/{lane}/{name}", needs_login(show_picture, hosts))


@dataclass(frozen=True, slots=True)
class Open:
    """One conversation that this reader may open; `full` shows it without masks."""

    lane: str
    conversation: Conversation
    address: Address
    name: str | None
    home: str | None
    full: bool


def _open(uow: UnitOfWork, lane: str, conversation: Conversation, staff: Staff, now: datetime) -> Open | None:
    """The conversation, or None where there is none for this reader."""
    address = conversation.address
    if lane.startswith("staff:") or address is None or address.kind != "resident":
        return None
    person = uow.identities.person_of_lane(lane)
    homes = [each.home for each in uow.people.residencies(person.id, now.date())] if person else []
    if not may_host(staff, conversation, uow.tickets.of_lane(lane, now), [home.building for home in homes]):
        return None
    full = conversation.held_by == staff.id
    name = (person.name if full else mask_name(person.name)) if person else None
    home = (homes[0].label if full else f"{homes[0].block}**") if homes else None
    return Open(lane, conversation, address, name, home, full)


def _local(parts: Parts) -> datetime:
    """Now, in the estate's zone: its date is the estate's."""
    return parts.clock.now().astimezone(parts.setting.estate.zone)


def _found(uow: UnitOfWork, lane: str, staff: Staff, now: datetime) -> Open:
    found = _open(uow, lane, uow.conversations.load(lane), staff, now)
    if found is None:
        raise web.HTTPNotFound
    return found


def _talk(uow: UnitOfWork, address: Address, limit: int) -> Talk:
    return uow.inbox.said(address.channel, address.user_id, limit), uow.outbox.history(address, limit)


async def chats(request: web.Request) -> web.Response:
    """Conversations touched last: those that wait for a person first, then held ones, then the rest."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    now = _local(parts)
    guest = _text(request, "chat.guest")

    def load(uow: UnitOfWork) -> list[dict[str, Any]]:
        waiting = {each.data.get("lane"): each.created_at for each in uow.tasks.open(None) if each.kind == "hand_over"}
        names = {each.id: each.name for each in uow.staff.all()}
        lines = []
        for lane, conversation in uow.conversations.latest(LIST):
            found = _open(uow, lane, conversation, staff, now)
            if found is not None:
                lines.append(_line(uow, found, names, staff, guest) | {"since": waiting.get(lane)})
        return lines

    lines = await parts.store.read(load)
    lines.sort(key=lambda line: (not (line["since"] and not line["holder"]), not line["mine"], not line["holder"]))
    return reply({"chats": lines})


def _line(uow: UnitOfWork, found: Open, names: dict[int, str], staff: Staff, guest: str) -> dict[str, Any]:
    last = together(*_talk(uow, found.address, 1), 1)
    words = last[0]["text"] if last else ""
    return {
        "lane": found.lane,
        "who": " ".join(filter(None, (found.home, found.name))) or f"{guest} {found.address.user_id[-4:]}",
        "last": (words if found.full else masked(words, PREVIEW * 2))[:PREVIEW],
        "kind": (last[0].get("other") or ("picture" if last[0]["pictures"] else None)) if last else None,
        "at": last[0]["at"] if last else found.conversation.touched_at,
        "holder": names.get(found.conversation.held_by or 0),
        "mine": found.conversation.held_by == staff.id,
    }


def _text(request: web.Request, key: str) -> str:
    parts = request.app[PARTS]
    return parts.texts.render(Phrase(f"label.{key}"), estate=parts.setting.estate, now=parts.clock.now()).body


async def chat(request: web.Request) -> web.Response:
    """One conversation, masked unless the reader holds it (reliability.md 6)."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    lane, now = request.match_info["lane"], _local(parts)
    guest = _text(request, "chat.guest")

    def load(uow: UnitOfWork) -> dict[str, Any]:
        found = _found(uow, lane, staff, now)
        names = {each.id: each.name for each in uow.staff.all()}
        lines = together(*_talk(uow, found.address, HISTORY), HISTORY)
        mask = str if found.full else partial(masked, limit=_LONGEST)
        shown = reworded(lines, mask, f"/media/talk/{lane}" if found.full else None)
        tickets = [each.number for each in uow.tickets.of_lane(lane, now)][:5]
        return {**_line(uow, found, names, staff, guest), "messages": shown, "tickets": tickets}

    return reply(await parts.store.read(load))


async def take(request: web.Request) -> web.StreamResponse:
    """接管, as the button under the alarm of this conversation says it."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    lane, client_id = request.match_info["lane"], str((await body.json_object(request)).get("client_id", ""))
    if not body.is_client_id(client_id):
        return problem(request, 400, "reload")
    await parts.store.read(lambda uow: _found(uow, lane, staff, _local(parts)))
    return await spoken(
        request, client_id, None, kind="tap", text=_text(request, "chat.take"), data={"key": f"takeover:{lane}"}
    )


async def release(request: web.Request) -> web.StreamResponse:
    """交还机器人: only who holds this conversation says it."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    lane, client_id = request.match_info["lane"], str((await body.json_object(request)).get("client_id", ""))
    found = await parts.store.read(lambda uow: _found(uow, lane, staff, _local(parts)))
    if not body.is_client_id(client_id) or not found.full:
        return problem(request, 400, "reload")
    return await spoken(request, client_id, None, kind="message", text=_text(request, "chat.release"))


async def show_picture(request: web.Request) -> web.StreamResponse:
    """A picture of a conversation, for who holds it."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    lane = request.match_info["lane"]

    def talk(uow: UnitOfWork) -> Talk:
        found = _found(uow, lane, staff, _local(parts))
        return _talk(uow, found.address, LOOK_BACK) if found.full else ((), ())

    return await media_of(request, talk)
