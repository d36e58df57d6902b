"""What stopped, on the staff page: dead letters, messages that did not arrive or expired; another try (INV-9, P3)."""

from functools import partial
from typing import Any

from aiohttp import web

from bot.digest import headline
from bot.pipeline import DIED
from bot.web.access import LOGIN, needs_login, oversees
from bot.web.console_room import BASE, reply
from bot.web.keys import PARTS
from bot.web.problems import problem
from bot.web.ticket_view import title
from storage.message import InboxRow, OutboxRow
from storage.unit_of_work import UnitOfWork

SHOWN = 50
WORDS_CHARS = 80
#: The tasks that another try settles, by queue.
_TASKS = {"inbox": "dead_letter", "outbox": "undelivered"}


def setup(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get(f"{BASE}/stopped", needs_login(stopped, oversees))
    for queue in _TASKS:
        path = f"{BASE}/stopped/{queue}/{{id:[0-9]{{1,18}}}}/again"
        app.router.add_post(path, needs_login(partial(again, queue), oversees))


async def stopped(request: web.Request) -> web.Response:
    """Everything that stopped, latest first, and whether it can be tried again."""
    parts = request.app[PARTS]

    def load(uow: UnitOfWork) -> list[dict[str, Any]]:
        unsent = [*uow.outbox.ended("dead", SHOWN), *uow.outbox.ended("expired", SHOWN)]
        return [*(_letter(row) for row in uow.inbox.dead(SHOWN)), *(_message(row) for row in unsent)]

    lines = sorted(await parts.store.read(load), key=lambda line: line["at"], reverse=True)
    for line in lines:
        line["what"], line["why"] = title(parts, "stopped", line["what"]), title(parts, "why", line["why"])
    return reply({"stopped": lines})


def _letter(row: InboxRow) -> dict[str, Any]:
    words = row.inbound.text or str(row.inbound.data.get("timer") or row.inbound.data.get("event") or "")
    return {
        "queue": "inbox",
        "id": row.id,
        "what": row.inbound.kind,
        "words": words[:WORDS_CHARS],
        "why": "died" if row.reason == DIED else "failed",
        "at": row.received_at,
        "again": True,
    }


def _message(row: OutboxRow) -> dict[str, Any]:
    return {
        "queue": "outbox",
        "id": row.id,
        "what": f"to_{row.to.kind}",
        "words": headline(row)[:WORDS_CHARS],
        "why": row.status,
        "at": row.created_at,
        "again": row.status == "dead",
    }


async def again(queue: str, request: web.Request) -> web.StreamResponse:
    """Try it once more from the start; what did not stop, or is too late, looks like a missing one."""
    parts, staff = request.app[PARTS], request[LOGIN].staff
    id_, now = int(request.match_info["id"]), parts.clock.now()

    def retry(uow: UnitOfWork) -> bool:
        if not (uow.inbox.replay(id_, now) if queue == "inbox" else uow.outbox.reopen(id_, now)):
            return False
        uow.tasks.close(_TASKS[queue], str(id_), now)
        uow.records.add("tried_again", f"staff:{staff.id}", {queue: id_}, None, now)
        return True

    if not await parts.store.run(retry):
        return problem(request, 404, "missing")
    parts.spine.wake()
    return reply({"again": True})
