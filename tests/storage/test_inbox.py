"""The inbox: once each, in lanes, one at a time, nothing lost (INV-3, INV-5, INV-8, INV-9)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.errors import Stale
from storage.inbox import ROWS_PER_CLAIM, Claim
from storage.message import Inbound
from tests.fakes.queue import put_all

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Say = Callable[..., Inbound]


def add(database: Database, inbound: Inbound, now: datetime = NOW, **how: object) -> int:
    with database.transaction() as uow:
        return uow.inbox.add(inbound, now=now, **how).id  # type: ignore[arg-type]


def claim(database: Database, now: datetime = NOW, limit: int = 10, lease_s: float = 60.0) -> list[Claim]:
    with database.transaction() as uow:
        return uow.inbox.claim("worker", now, limit, lease_s)


def texts(claims: list[Claim]) -> list[list[str]]:
    return [[row.inbound.text for row in each.rows] for each in claims]


def test_what_was_said_comes_back_as_it_was(database: Database, say: Say) -> None:
    inbound = say(
        text="灯坏了 \U0001f4a1",
        media=({"kind": "image", "id": "m1"},),
        data={"location": {"lat": 31.2, "label": "小区"}},
        sent_at=NOW - SECOND,
    )
    id_ = add(database, inbound)
    with database.transaction() as uow:
        row = uow.inbox.get(id_)
    assert row is not None
    assert row.inbound == inbound
    assert (row.lane, row.status, row.attempts, row.received_at) == ("user:webchat.main:u1", "pending", 0, NOW)


def test_a_repeat_gives_the_first_row_and_changes_nothing(database: Database, say: Say) -> None:
    first = add(database, say(key="k", text="灯坏了"))
    with database.transaction() as uow:
        again = uow.inbox.add(say(key="k", text="别的话"), now=NOW)
        assert (again.id, again.new) == (first, False)
        assert uow.inbox.pending() == 1


def test_the_same_key_on_another_channel_is_another_message(database: Database, say: Say) -> None:
    assert add(database, say(key="k")) != add(database, say(key="k", channel="wechat.main"))


def test_characters_that_no_database_takes_are_dropped(database: Database, say: Say) -> None:
    id_ = add(database, say(text="水\x00管\ud83d", data={"note": "\ud83d\x00"}))
    with database.transaction() as uow:
        row = uow.inbox.get(id_)
    assert row is not None
    assert row.inbound.text == "水管?"
    assert row.inbound.data == {"note": "\ud83d\x00"}


def test_rows_of_a_lane_come_in_the_order_they_were_sent(database: Database, say: Say) -> None:
    add(database, say(text="二", sent_at=NOW + SECOND))
    add(database, say(text="一", sent_at=NOW))
    add(database, say(text="三", sent_at=NOW + SECOND))
    assert texts(claim(database)) == [["一", "二", "三"]]


def test_a_claimed_lane_is_nobody_elses(database: Database, say: Say) -> None:
    add(database, say())
    assert len(claim(database)) == 1
    add(database, say())
    assert claim(database) == []


def test_an_expired_lease_is_free_without_help_and_its_late_holder_changes_nothing(
    database: Database, say: Say
) -> None:
    id_ = add(database, say())
    (late,) = claim(database, lease_s=-1)
    (now_held,) = claim(database)
    assert now_held.rows[0].attempts == 2
    for finish in (
        lambda uow: uow.inbox.finish(late, [id_], NOW),
        lambda uow: uow.inbox.hold(late, [id_], NOW, NOW),
        lambda uow: uow.inbox.fail(late, [id_], NOW, "late", None),
    ):
        with pytest.raises(Stale), database.transaction() as uow:
            finish(uow)
    with database.transaction() as uow:
        uow.inbox.finish(now_held, [id_], NOW)
        assert uow.inbox.pending() == 0


def test_what_arrives_during_a_turn_is_claimed_after_it(database: Database, say: Say) -> None:
    first = add(database, say(text="一"))
    (held,) = claim(database)
    add(database, say(text="二"))
    with database.transaction() as uow:
        uow.inbox.finish(held, [first], NOW)
    assert texts(claim(database)) == [["二"]]


def test_rows_that_a_turn_leaves_alone_were_not_attempted(database: Database, say: Say) -> None:
    first = add(database, say(text="一"))
    add(database, say(text="二"))
    (held,) = claim(database)
    with database.transaction() as uow:
        uow.inbox.finish(held, [first], NOW)
    (again,) = claim(database)
    assert [row.attempts for row in again.rows] == [1]


def test_urgent_lanes_go_first_then_the_longest_waiting(database: Database, say: Say) -> None:
    add(database, say("a", "早"), NOW - 2 * SECOND)
    add(database, say("b", "晚"), NOW - SECOND)
    add(database, say("c", "急"), NOW, priority=1)
    assert texts(claim(database)) == [["急"], ["早"], ["晚"]]
    assert texts(claim(database, limit=1)) == []


def test_no_more_lanes_than_asked_for(database: Database, say: Say) -> None:
    for user in "abc":
        add(database, say(user))
    assert len(claim(database, limit=2)) == 2
    assert len(claim(database, limit=2)) == 1


def test_one_claim_takes_a_flooded_lane_in_parts(database: Database, say: Say) -> None:
    with database.transaction() as uow:
        put_all(uow, [say(text=str(n), sent_at=NOW) for n in range(ROWS_PER_CLAIM + 520)], NOW)
        uow.inbox.add(say("other", "我也在"), now=NOW)
    claims = {each.lane: each.rows for each in claim(database)}
    flooded = claims["user:webchat.main:u1"]
    assert [row.inbound.text for row in flooded] == [str(n) for n in range(ROWS_PER_CLAIM)]
    assert len(claims["user:webchat.main:other"]) == 1


def test_a_burst_is_heard_and_handed_over_once_it_pauses(database: Database, say: Say) -> None:
    first = add(database, say(text="一"), gather_s=2.5)
    (held,) = claim(database)
    with database.transaction() as uow:
        uow.inbox.hold(held, [first], NOW, NOW + 2.5 * SECOND)
    add(database, say(text="二"), NOW + 2 * SECOND, gather_s=2.5)
    assert claim(database, NOW + 4 * SECOND) == []
    (burst,) = claim(database, NOW + 4.5 * SECOND)
    assert burst.gathering
    assert texts([burst]) == [["一", "二"]]
    assert [row.attempts for row in burst.rows] == [1, 1]


def test_a_burst_is_never_gathered_longer_than_eight_seconds(database: Database, say: Say) -> None:
    first = add(database, say(), gather_s=2.5)
    (held,) = claim(database)
    with database.transaction() as uow:
        uow.inbox.hold(held, [first], NOW, NOW + 2.5 * SECOND)
    for second in (2, 4, 6, 7.5):
        add(database, say(), NOW + second * SECOND, gather_s=2.5)
    assert claim(database, NOW + 7.9 * SECOND) == []
    assert len(claim(database, NOW + 8 * SECOND)) == 1


def test_an_emergency_ends_the_gathering_at_once(database: Database, say: Say) -> None:
    first = add(database, say(), gather_s=2.5)
    (held,) = claim(database)
    with database.transaction() as uow:
        uow.inbox.hold(held, [first], NOW, NOW + 2.5 * SECOND)
    add(database, say(text="着火了"), NOW + SECOND, gather_s=2.5, priority=2)
    assert len(claim(database, NOW + SECOND)) == 1


def test_a_failed_turn_is_tried_again_at_its_time(database: Database, say: Say) -> None:
    id_ = add(database, say())
    (held,) = claim(database)
    with database.transaction() as uow:
        uow.inbox.fail(held, [id_], NOW, "KeyError", NOW + SECOND)
        assert uow.inbox.next_ready() == NOW + SECOND
    assert claim(database) == []
    (again,) = claim(database, NOW + SECOND)
    assert again.rows[0].attempts == 2


def test_a_dead_letter_lets_the_next_message_pass_and_can_be_replayed(database: Database, say: Say) -> None:
    poison = add(database, say(text="毒"))
    (held,) = claim(database)
    add(database, say(text="好"))
    with database.transaction() as uow:
        uow.inbox.fail(held, [poison], NOW, "KeyError", None)
        assert [row.id for row in uow.inbox.dead()] == [poison]
    (after,) = claim(database)
    assert texts([after]) == [["好"]]
    with database.transaction() as uow:
        uow.inbox.finish(after, [after.rows[0].id], NOW)
        assert uow.inbox.replay(poison, NOW)
        assert not uow.inbox.replay(poison, NOW)
    (again,) = claim(database)
    assert (again.rows[0].id, again.rows[0].attempts) == (poison, 1)


def test_waiting_rows_move_with_their_speaker(database: Database, say: Say) -> None:
    first = add(database, say(text="一"))
    (held,) = claim(database)
    add(database, say(text="二"))
    with database.transaction() as uow:
        assert uow.inbox.move(held.lane, "person:7") == 2
        uow.inbox.finish(held, [first], NOW)
    (moved,) = claim(database)
    assert (moved.lane, texts([moved])) == ("person:7", [["二"]])


def test_a_lane_whose_rows_are_all_done_is_dropped_at_the_next_claim(database: Database, say: Say) -> None:
    first = add(database, say())
    (held,) = claim(database)
    with database.transaction() as uow:
        uow.inbox.move(held.lane, "person:7")
        uow.inbox.finish(held, [first], NOW)
    assert claim(database) == []
    with database.transaction() as uow:
        assert uow.inbox.next_ready() is None


def test_the_next_ready_moment_leaves_out_what_is_held(database: Database, say: Say) -> None:
    add(database, say("a"), NOW)
    claim(database)
    with database.transaction() as uow:
        assert uow.inbox.next_ready() is None
    add(database, say("b"), NOW + SECOND)
    with database.transaction() as uow:
        assert uow.inbox.next_ready() == NOW + SECOND


def test_the_talk_of_a_user_is_told_oldest_first_without_events(database: Database, say: Say) -> None:
    for n, kind in enumerate(("message", "event", "tap", "message")):
        add(database, say(text=str(n), kind=kind), NOW + n * SECOND)
    add(database, say("other", "x"))
    with database.transaction() as uow:
        assert [row.inbound.text for row in uow.inbox.said("webchat.main", "u1", 10)] == ["0", "2", "3"]
        assert [row.inbound.text for row in uow.inbox.said("webchat.main", "u1", 2)] == ["2", "3"]


def test_the_talk_of_a_group_is_told_oldest_first(database: Database, say: Say) -> None:
    for text, group in (("一", "repair"), ("二", "service"), ("三", "repair")):
        add(database, say(text=text, channel="console", group=group))
    with database.transaction() as uow:
        assert [row.inbound.text for row in uow.inbox.said_in("console", "repair", 10)] == ["一", "三"]


def test_estates_do_not_see_each_other(database: Database, say: Say) -> None:
    id_ = add(database, say())
    with database.transaction("other") as uow:
        assert uow.inbox.claim("worker", NOW, 10) == []
        assert uow.inbox.get(id_) is None
        assert uow.inbox.pending() == 0
