"""Timers: rows that fire exactly once, in order, in their lane (INV-7, INV-15)."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.message import Inbound
from storage.model import Timer
from tests.fakes.queue import finish_all

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def set_timer(database: Database, subject: str = "ticket:1", kind: str = "callback", due_at: datetime = NOW) -> None:
    with database.transaction() as uow:
        uow.timers.set(kind, subject, "person:7", due_at, {"round": 1}, NOW - HOUR)


def fire(database: Database, now: datetime = NOW, limit: int = 100) -> int:
    with database.transaction() as uow:
        return uow.timers.fire(now, limit)


def fired(database: Database) -> list[Inbound]:
    """What the lanes got, each turn acknowledged."""
    with database.transaction() as uow:
        claims = uow.inbox.claim("worker", NOW, 100)
        finish_all(uow, claims, NOW)
    return [row.inbound for each in claims for row in each.rows]


def test_a_due_timer_becomes_one_inbox_row_of_its_lane(database: Database) -> None:
    set_timer(database)
    assert fire(database) == 1
    with database.transaction() as uow:
        (claim,) = uow.inbox.claim("worker", NOW, 10)
    assert claim.lane == "person:7"
    assert claim.rows[0].inbound == Inbound(
        channel="timer",
        user_id="ticket:1",
        key="timer:callback:ticket:1:1",
        kind="timer",
        data={"timer": "callback", "subject": "ticket:1", "generation": 1, "data": {"round": 1}},
        sent_at=NOW,
    )


def test_a_timer_fires_once(database: Database) -> None:
    set_timer(database)
    assert [fire(database), fire(database)] == [1, 0]


def test_a_timer_does_not_fire_early(database: Database) -> None:
    set_timer(database, due_at=NOW + HOUR)
    assert fire(database) == 0
    with database.transaction() as uow:
        assert uow.timers.next_due() == NOW + HOUR
        assert uow.timers.due(NOW + HOUR) == 1


def test_names_with_quotes_survive_the_way_through_the_database(database: Database) -> None:
    subject, data = 'a"b\\c\n中', {"note": '"\\\n中\x00'}
    with database.transaction() as uow:
        uow.timers.set('k"', subject, "estate", NOW, data, NOW)
        uow.timers.fire(NOW, 10)
    (inbound,) = fired(database)
    assert inbound.data == {"timer": 'k"', "subject": subject, "generation": 1, "data": data}


def test_setting_a_timer_again_moves_it_and_makes_the_earlier_one_void(database: Database) -> None:
    set_timer(database)
    set_timer(database, due_at=NOW + HOUR)
    assert fire(database) == 0
    with database.transaction() as uow:
        assert uow.timers.get("callback", "ticket:1") == Timer(
            id=1 if database.single_writer else uow.timers.get("callback", "ticket:1").id,  # type: ignore[union-attr]
            community_id="main",
            kind="callback",
            subject="ticket:1",
            lane="person:7",
            due_at=NOW + HOUR,
            generation=2,
            data={"round": 1},
        )
        assert uow.timers.is_current("callback", "ticket:1", 2)
        assert not uow.timers.is_current("callback", "ticket:1", 1)


def test_a_timer_set_again_after_it_fired_fires_again(database: Database) -> None:
    set_timer(database)
    fire(database)
    set_timer(database)
    assert fire(database) == 1
    assert [each.key for each in fired(database)] == ["timer:callback:ticket:1:1", "timer:callback:ticket:1:2"]


def test_a_cancelled_timer_does_not_fire_and_what_fired_is_void(database: Database) -> None:
    set_timer(database, "a")
    set_timer(database, "b")
    fire(database, limit=1)
    with database.transaction() as uow:
        uow.timers.cancel("a")
        uow.timers.cancel("b")
        assert not uow.timers.is_current("callback", "a", 1)
        assert uow.timers.get("callback", "b") is None
    assert fire(database) == 0


def test_cancelling_one_kind_leaves_the_others(database: Database) -> None:
    set_timer(database, kind="callback")
    set_timer(database, kind="respond")
    with database.transaction() as uow:
        uow.timers.cancel("ticket:1", "callback")
        assert uow.timers.get("callback", "ticket:1") is None
        assert uow.timers.get("respond", "ticket:1") is not None


def test_the_earliest_fire_first(database: Database) -> None:
    set_timer(database, "late", due_at=NOW - HOUR)
    set_timer(database, "early", due_at=NOW - 2 * HOUR)
    assert fire(database, limit=1) == 1
    assert [each.user_id for each in fired(database)] == ["early"]


def test_an_outage_fires_each_missed_timer_once_in_order(database: Database) -> None:
    for n in range(30):
        set_timer(database, f"t:{n}", due_at=NOW - n * HOUR)
    while fire(database, limit=7):
        pass
    assert [each.user_id for each in fired(database)] == [f"t:{n}" for n in reversed(range(30))]


def test_set_timers_go_with_their_lane(database: Database) -> None:
    set_timer(database)
    with database.transaction() as uow:
        uow.timers.move("person:7", "person:8")
        found = uow.timers.get("callback", "ticket:1")
    assert found is not None
    assert found.lane == "person:8"


def test_timers_of_another_estate_stay_silent(database: Database) -> None:
    set_timer(database)
    with database.transaction("other") as uow:
        assert uow.timers.fire(NOW, 10) == 0
        assert uow.timers.next_due() is None
