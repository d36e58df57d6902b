"""What a person must do that is no ticket, on the staff page."""

from aiohttp import web

from bot.web.access import LOGIN, WIDE, everybody, may_see, needs_login
from bot.web.console_room import BASE, reply
from bot.web.keys import PARTS
from bot.web.problems import problem
from bot.web.ticket_view import title
from storage.model import Staff, Task
from storage.unit_of_work import UnitOfWork


def setup(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get(f"{BASE}/tasks", needs_login(tasks, everybody))
    app.router.add_post(f"{BASE}/tasks/{{id:[0-9]{{1,18}}}}/close", needs_login(close_task, everybody))


def open_tasks(uow: UnitOfWork, staff: Staff) -> list[Task]:
    """Open tasks of the reader's role, the front of house all; none about a ticket he may not see."""
    return [each for each in uow.tasks.open(None if staff.role in WIDE else staff.role.value) if _his(uow, staff, each)]


def _his(uow: UnitOfWork, staff: Staff, task: Task) -> bool:
    if staff.role not in WIDE and task.assignee_role != staff.role.value:
        return False
    ticket = uow.tickets.get(task.ticket_id) if task.ticket_id is not None else None
    return ticket is None or may_see(staff, ticket)


async def tasks(request: web.Request) -> web.Response:
    """The reader's open tasks, oldest first."""
    parts, staff = request.app[PARTS], request[LOGIN].staff

    def load(uow: UnitOfWork) -> list[tuple[Task, str | None]]:
        found = open_tasks(uow, staff)
        tickets = {each.id: uow.tickets.get(each.ticket_id) for each in found if each.ticket_id is not None}
        return [(each, ticket.number if (ticket := tickets.get(each.id)) else None) for each in found]

    lines = [
        {
            "id": each.id,
            "title": each.title,
            "role": title(parts, "role", each.assignee_role or "front_desk"),
            "at": each.created_at,
            "due": each.due_at,
            "late": each.due_at is not None and each.due_at < parts.clock.now(),
            "ticket": number,
            "lane": each.data.get("lane") if each.kind == "hand_over" else None,
        }
        for each, number in await parts.store.read(load)
    ]
    return reply({"tasks": lines})


async def close_task(request: web.Request) -> web.StreamResponse:
    """A person has done it; somebody else's task looks like a missing one."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    id_, now = int(request.match_info["id"]), parts.clock.now()

    def close(uow: UnitOfWork) -> bool:
        task = uow.tasks.get(id_)
        if task is None or not _his(uow, staff, task) or not uow.tasks.close_by_id(id_, now):
            return False
        uow.records.add("task_done", f"staff:{staff.id}", {"task": id_, "kind": task.kind}, task.ticket_id, now)
        return True

    return reply({"closed": True}) if await parts.store.run(close) else problem(request, 404, "missing")
