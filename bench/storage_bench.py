"""Medians of what storage costs, on a SQLite file: `.venv/bin/python bench/storage_bench.py [turns] [timers]`."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from storage.database import Database
from storage.import_row import HomeKey, HomeRow, ResidentRow
from storage.inbox import Claim
from storage.message import Conversation, Frame, Inbound, NewMessage
from storage.model import Address, NewTicket, Tenure, TicketEvent, TicketStatus, TicketType
from storage.secrecy import test_cipher
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
RESIDENTS = 500
GROUP = 32


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def show(name: str, values: list[tuple[float, float]], each: int = 1) -> None:
    cpu = statistics.median(value[0] for value in values) / each * 1e6
    wall = statistics.median(value[1] for value in values) / each * 1e6
    print(f"{name:<44} {cpu:>9.1f} µs CPU {wall:>9.1f} µs wall")


def settle(uow: UnitOfWork) -> None:
    keys = [HomeKey(None, str(1 + n // 100), "1", str(100 + n % 100)) for n in range(RESIDENTS)]
    uow.imports.homes([HomeRow(key) for key in keys], NOW)
    people = [ResidentRow(key, f"住户{n}", f"138{n:08}", Tenure.OWNER, account=f"wx{n}") for n, key in enumerate(keys)]
    uow.imports.residents(people, NOW)


def words(n: int) -> Inbound:
    return Inbound("webchat.main", f"wx{n % RESIDENTS}", f"m{n}", "message", "厨房水管漏水，麻烦来看看", sent_at=NOW)


def turn(uow: UnitOfWork, claim: Claim) -> None:
    """What one filed repair costs storage after its lane was claimed."""
    row = claim.rows[0]
    identity = uow.identities.find(row.inbound.channel, row.inbound.user_id)
    assert identity is not None
    assert identity.person_id is not None
    person = uow.people.get(identity.person_id)
    assert person is not None
    homes = uow.people.residencies(person.id, TODAY)
    conversation = uow.conversations.load(claim.lane)
    uow.tickets.of_lane(claim.lane, NOW)
    address = Address("resident", row.inbound.channel, row.inbound.user_id)
    ticket = uow.tickets.open(
        NewTicket(
            TicketType.REPAIR,
            "water",
            row.inbound.text,
            TODAY,
            f"{row.id}:0",
            home_id=homes[0].home.id,
            building=homes[0].home.building,
            reporter_lane=claim.lane,
            reporter=address,
            person_id=person.id,
            contact_phone=person.phone,
            group="repair",
            respond_due=NOW + timedelta(minutes=15),
        ),
        NOW,
    )
    uow.outbox.add(
        [
            NewMessage(address, "已为您登记", text_key="repair.opened", ticket_id=ticket.id),
            NewMessage(Address("group", "robot.repair", "repair"), "新工单", kind="alert", priority=1),
        ],
        NOW,
    )
    for kind in ("accept", "respond", "callback"):
        uow.timers.set(kind, f"ticket:{ticket.id}", claim.lane, NOW + timedelta(days=1), {"ticket": ticket.id}, NOW)
    frames = (Frame("repair", 1, {"problem": row.inbound.text, "place": "厨房"}, "confirm"),)
    uow.conversations.save(claim.lane, Conversation(frames=frames, address=address, version=conversation.version), NOW)
    uow.inbox.finish(claim, [row.id], NOW)


def claimed(uow: UnitOfWork) -> tuple[list[Claim], tuple[float, float]]:
    """The lanes of one group, and what claiming them cost."""
    claims: list[Claim] = []
    return claims, timed(lambda: claims.extend(uow.inbox.claim("bench", NOW, GROUP)))


def turns(database: Database, first: int, count: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    adds, taken = [], []
    for start in range(first, first + count, GROUP):
        with database.transaction() as uow:
            adds += [
                timed(lambda n=n: uow.inbox.add(words(n), now=NOW, gather_s=2.5)) for n in range(start, start + GROUP)
            ]
        with database.transaction() as uow:
            claims, cost = claimed(uow)
        with database.transaction() as uow:
            for claim in claims:
                cpu, wall = timed(lambda claim=claim: turn(uow, claim))
                taken.append((cpu + cost[0] / GROUP, wall + cost[1] / GROUP))
    return adds, taken


def close_tickets(database: Database, count: int) -> None:
    """Old, closed tickets, so that a turn meets a long history."""
    address = Address("resident", "webchat.main", "wx1")
    old = NOW - timedelta(days=90)
    for start in range(0, count, 1000):
        with database.transaction() as uow:
            for n in range(start, start + 1000):
                new = NewTicket(
                    TicketType.REPAIR,
                    "water",
                    "旧工单",
                    date(2025, 1, 1) + timedelta(days=n % 300),
                    f"old:{n}",
                    building="1",
                    reporter_lane=f"person:{1 + n % RESIDENTS}",
                    reporter=address,
                )
                ticket = uow.tickets.open(new, old)
                event = TicketEvent(ticket.id, old, "clock", "close", None, None)
                uow.tickets.change(ticket.id, {"status": TicketStatus.CLOSED}, {}, None, event)


def timers(database: Database, count: int) -> None:
    due = NOW - timedelta(minutes=1)
    for start in range(0, count, 5000):
        with database.transaction() as uow:
            for n in range(start, start + 5000):
                uow.timers.set("callback", f"t:{n}", f"person:{n}", due, {"round": 1}, NOW)

    def fire() -> None:
        fired = 1
        while fired:
            with database.transaction() as uow:
                fired = uow.timers.fire(NOW, 1000)

    def work() -> None:
        claims: list[Claim] | None = None
        while claims is None or claims:
            with database.transaction() as uow:
                claims = uow.inbox.claim("bench", NOW, 500)
                for claim in claims:
                    uow.inbox.finish(claim, [row.id for row in claim.rows], NOW)

    for name, part in (("fire", fire), ("claim and finish", work)):
        cpu, wall = timed(part)
        print(f"{count} timers: {name:<27} {cpu:>9.2f} s CPU  {wall:>9.2f} s wall")


def measured(folder: Path, old: int, count: int) -> list[tuple[float, float]]:
    """Turns on a database of its own that holds `old` closed tickets; returns what the inserts cost."""
    database = Database(f"sqlite:///{folder / f'{old}.db'}", test_cipher())
    database.migrate()
    with database.transaction() as uow:
        settle(uow)
    close_tickets(database, old)
    turns(database, 0, GROUP * 4)
    adds, taken = turns(database, 10_000, count)
    show(f"turn, {old:,} old tickets", taken)
    database.close()
    return adds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    due = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory() as name:
        show("inbox.add", measured(Path(name), 1_000, count))
        measured(Path(name), 100_000, count)
        database = Database(f"sqlite:///{Path(name) / 'timers.db'}", test_cipher())
        print(f"migrate: {timed(database.migrate)[1]:.2f} s")
        timers(database, due)
        database.close()


if __name__ == "__main__":
    main()
