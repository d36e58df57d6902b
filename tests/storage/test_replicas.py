"""Several replicas on PostgreSQL share the queues without stepping on each other (INV-5, INV-8; faults 3 to 6)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from storage.database import Database
from storage.inbox import Claim
from storage.message import Inbound, NewMessage, OutboxRow
from storage.model import Address, NewTicket, TicketType
from tests.fakes.queue import put_all

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
Say = Callable[..., Inbound]


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """Run `work(0) ... work(count - 1)` at the same moment."""
    barrier = threading.Barrier(count)

    def started(n: int) -> object:
        barrier.wait()
        return work(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(started, range(count)))


def test_two_claimers_share_the_lanes(postgres: Database, say: Say) -> None:
    with postgres.transaction() as uow:
        put_all(uow, [say(f"u{n}") for n in range(40)], NOW)

    def claim(n: int) -> list[Claim]:
        with postgres.transaction() as uow:
            return uow.inbox.claim(f"replica{n}", NOW, 20)

    lanes = [each.lane for claims in at_once(2, claim) for each in claims]  # type: ignore[attr-defined]
    assert len(lanes) == len(set(lanes)) == 40


def test_a_claimer_does_not_wait_for_what_another_is_just_claiming(postgres: Database, say: Say) -> None:
    with postgres.transaction() as uow:
        put_all(uow, [say("a")], NOW, priority=1)
        put_all(uow, [say("b")], NOW)
    with postgres.transaction() as first:
        (held,) = first.inbox.claim("one", NOW, 1)
        with postgres.transaction() as second:
            (other,) = second.inbox.claim("two", NOW, 10)
    assert (held.lane, other.lane) == ("user:webchat.main:a", "user:webchat.main:b")


def test_a_message_that_comes_while_its_lane_is_finished_is_not_forgotten(postgres: Database, say: Say) -> None:
    for n in range(20):
        user = f"u{n}"
        with postgres.transaction() as uow:
            uow.inbox.add(say(user, "一"), now=NOW)
            (held,) = uow.inbox.claim("worker", NOW, 10)

        def work(which: int, held: Claim = held, user: str = user) -> None:
            with postgres.transaction() as uow:
                if which:
                    uow.inbox.finish(held, [row.id for row in held.rows], NOW)
                else:
                    uow.inbox.add(say(user, "二"), now=NOW)

        at_once(2, work)
        with postgres.transaction() as uow:
            (again,) = uow.inbox.claim("worker", NOW, 10)
            assert [row.inbound.text for row in again.rows] == ["二"]
            uow.inbox.finish(again, [again.rows[0].id], NOW)


def test_twins_of_a_message_are_one_row(postgres: Database, say: Say) -> None:
    def add(_: int) -> bool:
        with postgres.transaction() as uow:
            return uow.inbox.add(say(key="k"), now=NOW).new

    assert sorted(map(bool, at_once(8, add))) == [False] * 7 + [True]


def test_a_due_timer_fires_once_for_all_replicas(postgres: Database) -> None:
    with postgres.transaction() as uow:
        for n in range(200):
            uow.timers.set("callback", f"t:{n}", f"person:{n % 5}", NOW, {}, NOW)

    def fire(_: int) -> int:
        with postgres.transaction() as uow:
            return uow.timers.fire(NOW, 100)

    fired = sum(int(n) for n in at_once(4, fire))  # type: ignore[call-overload]
    while fired < 200:
        fired += fire(0)
    with postgres.transaction() as uow:
        assert uow.inbox.pending() == 200
        assert uow.timers.fire(NOW, 100) == 0


def test_two_senders_keep_the_order_of_a_recipient(postgres: Database, resident: Address) -> None:
    with postgres.transaction() as uow:
        uow.outbox.add([NewMessage(resident, str(n)) for n in range(5)], NOW)

    def claim(n: int) -> list[OutboxRow]:
        with postgres.transaction() as uow:
            return uow.outbox.claim(f"sender{n}", NOW, 10)

    rows = [row for rows in at_once(4, claim) for row in rows]  # type: ignore[attr-defined]
    assert [row.body for row in rows] == ["0"]


def test_numbers_of_tickets_opened_at_once_are_all_different(postgres: Database) -> None:
    def open_one(n: int) -> str:
        with postgres.transaction() as uow:
            return uow.tickets.open(NewTicket(TicketType.REPAIR, "water", "x", NOW.date(), f"s:{n}"), NOW).number

    numbers = at_once(8, open_one)
    assert sorted(map(str, numbers)) == [f"R261124-{n:03}" for n in range(1, 9)]


def test_two_replicas_that_start_together_migrate_once(empty_postgres: Database) -> None:
    at_once(2, lambda _: empty_postgres.migrate())
    assert empty_postgres.is_current()
