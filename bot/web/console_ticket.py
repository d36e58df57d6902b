"""Tickets on the staff page: the list, one ticket with its photos and buttons, unmasking, the figures at the top."""

from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Any

from aiohttp import web

from bot.web import media
from bot.web.access import LOGIN, WIDE, everybody, groups_of, may_see, needs_login
from bot.web.console_room import BASE, reply
from bot.web.console_task import open_tasks
from bot.web.keys import PARTS
from bot.web.problems import problem
from bot.web.ticket_action import actions
from bot.web.ticket_view import brief, full, is_late, photos_of, reader_of, title
from storage.model import ENDED, WORKING, Staff, Ticket
from storage.unit_of_work import UnitOfWork

#: Tickets in a list, and tickets looked through for it.
LIST, LOOKED_THROUGH = 100, 1_000
FILTERS = ("open", "mine", "late", "all")
SEARCH_CHARS = 64


def setup(app: web.Application) -> None:
    """Add the routes; what a reader may not see is missing for him (INV-26)."""
    app.router.add_get(f"{BASE}/tickets", needs_login(tickets, everybody))
    app.router.add_get(f"{BASE}/tickets/{{number}}", needs_login(ticket, everybody))
    app.router.add_post(f"{BASE}/tickets/{{number}}/unmask", needs_login(unmask, everybody))
    app.router.add_get("/media/ticket/{number}/{name}", needs_login(show_photo, everybody))
    app.router.add_get(f"{BASE}/figures", needs_login(figures, everybody))


async def tickets(request: web.Request) -> web.StreamResponse:
    """Tickets that this reader may see: open, mine, late or all; searched by number, building or words."""
    staff, parts = request[LOGIN].staff, request.app[PARTS]
    chosen, words = request.query.get("filter", "open"), request.query.get("q", "").strip()
    if chosen not in FILTERS or len(words) > SEARCH_CHARS:
        return problem(request, 400, "unreadable")
    now = parts.clock.now()

    def load(uow: UnitOfWork) -> list[dict[str, Any]]:
        found = [each for each in _candidates(uow, staff, chosen, words) if may_see(staff, each)]
        shown = [each for each in found if chosen != "late" or is_late(each, now)][:LIST]
        names = {each.id: each.name for each in uow.staff.all()}
        people = {each.id: uow.people.get(each.person_id) if each.person_id else None for each in shown}
        return [brief(parts, each, now, names, people[each.id]) for each in shown]

    return reply({"tickets": await parts.store.read(load)})


def _candidates(uow: UnitOfWork, staff: Staff, chosen: str, words: str) -> list[Ticket]:
    """Newest first. A department's people get theirs by its index, however busy the others are."""
    if chosen == "mine":
        mine = [each for each in uow.tickets.of_staff(staff.id) if words in f"{each.number}{each.summary}"]
        return sorted(mine, key=lambda each: each.id, reverse=True)
    if chosen == "all" or words or staff.role in WIDE:
        return list(uow.tickets.search(words, open_only=chosen != "all", limit=LOOKED_THROUGH))
    found: Iterable[Ticket] = (each for group in groups_of(staff) for each in uow.tickets.of_group(group))
    known = {each.id: each for each in (*found, *uow.tickets.of_staff(staff.id))}
    return [known[id_] for id_ in sorted(known, reverse=True)]


def _exact(request: web.Request, uow: UnitOfWork) -> Ticket:
    """The ticket of the path. A foreign number looks like a missing one."""
    parts, number = request.app[PARTS], request.match_info["number"]
    today = parts.clock.now().astimezone(parts.setting.estate.zone).date()
    found = uow.tickets.by_number(number, today) if len(number) <= 32 else ()
    exact = next((each for each in found if each.number == number), None)
    if exact is None or not may_see(request[LOGIN].staff, exact):
        raise web.HTTPNotFound
    return exact


def _shown(request: web.Request, uow: UnitOfWork) -> dict[str, Any]:
    parts, staff = request.app[PARTS], request[LOGIN].staff
    found = _exact(request, uow)
    shown = full(parts, uow, found, reader_of(uow, staff, found, parts.clock.now()))
    return {**shown, "actions": actions(parts, found, staff, uow.staff.all())}


async def ticket(request: web.Request) -> web.Response:
    """One ticket with its history; what the reader may not know is masked."""
    return reply(await request.app[PARTS].store.read(lambda uow: _shown(request, uow)))


async def unmask(request: web.Request) -> web.Response:
    """Show room, name, phone and photos of this one ticket; who looked is recorded (reliability.md 6)."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    now = parts.clock.now()

    def show(uow: UnitOfWork) -> dict[str, Any]:
        found = _exact(request, uow)
        reader = reader_of(uow, staff, found, now)
        if not (reader.open or reader.may_open):
            raise web.HTTPForbidden
        if not reader.open:
            uow.records.add("unmask", f"staff:{staff.id}", {"staff": staff.id, "ticket": found.number}, found.id, now)
        return _shown(request, uow)

    return reply(await parts.store.run(show))


async def show_photo(request: web.Request) -> web.StreamResponse:
    """A photo of a ticket: of public areas for whoever sees it, of homes for whoever sees the person."""
    parts, staff, name = request.app[PARTS], request[LOGIN].staff, request.match_info["name"]

    def belongs(uow: UnitOfWork) -> bool:
        found = _exact(request, uow)
        seen = found.public_area or reader_of(uow, staff, found, parts.clock.now()).open
        return seen and any(item.get("id") == name for item in photos_of(found))

    if not await parts.store.read(belongs):
        raise web.HTTPNotFound
    return media.response(request.app, name)


async def figures(request: web.Request) -> web.Response:
    """The line at the top: new today, in work, waiting for a callback, urgent, late."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    now, zone = parts.clock.now(), parts.setting.estate.zone

    def load(uow: UnitOfWork) -> tuple[list[Ticket], list[Ticket], int]:
        latest = uow.tickets.search("", open_only=False, limit=LOOKED_THROUGH)
        return _candidates(uow, staff, "open", ""), list(latest), len(open_tasks(uow, staff))

    alive, latest, waiting = await parts.store.read(load)
    mine = [each for each in alive if may_see(staff, each) and each.status not in ENDED]
    working = [each for each in mine if each.status in WORKING]
    today = now.astimezone(zone).date()
    counts = {
        "fresh": sum(_is_of(each, today, zone) for each in latest if may_see(staff, each)),
        "working": len(working),
        "callback": len(mine) - len(working),
        "urgent": sum(each.urgency != "normal" for each in working),
        "late": sum(is_late(each, now) for each in working),
    }
    shown = [
        {"name": name, "title": title(parts, "figure", name), "value": value, "red": name in _RED and value > 0}
        for name, value in counts.items()
    ]
    return reply({"figures": shown, "tasks": waiting, "now": now})


_RED = frozenset({"urgent", "late"})


def _is_of(ticket: Ticket, day: date, zone: tzinfo) -> bool:
    """Whether a ticket was opened on a local day."""
    return ticket.created_at is not None and ticket.created_at.astimezone(zone).date() == day
