"""The outbox: order per recipient, reservation, honest ends (INV-7, INV-10 to INV-13)."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.errors import Stale
from storage.message import NewMessage, OutboxRow
from storage.model import Address
from storage.outbox import EMERGENCY

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OTHER = Address("resident", "webchat.main", "u2")
GROUP = Address("group", "robot.repair", "repair")


def add(database: Database, *messages: NewMessage) -> list[int | None]:
    with database.transaction() as uow:
        return uow.outbox.add(messages, NOW)


def claim(database: Database, now: datetime = NOW, limit: int = 10, lease_s: float = 60.0) -> list[OutboxRow]:
    with database.transaction() as uow:
        return uow.outbox.claim("sender", now, limit, lease_s)


def bodies(rows: list[OutboxRow]) -> list[str]:
    return [row.body for row in rows]


def sent(database: Database, row: OutboxRow, now: datetime = NOW) -> None:
    with database.transaction() as uow:
        uow.outbox.sent(row.id, "sender", now, "m1")


def test_a_message_comes_back_as_it_was_put_in(database: Database, resident: Address) -> None:
    (id_,) = add(
        database,
        NewMessage(resident, "您好", "push", "a.b", (("yes", "是"),), 5, expires_at=NOW + SECOND, data={"media": [1]}),
    )
    (row,) = claim(database)
    assert row == OutboxRow(
        id=id_ or 0,
        community_id="main",
        to=resident,
        kind="push",
        text_key="a.b",
        body="您好",
        buttons=(("yes", "是"),),
        ticket_id=5,
        created_at=NOW,
        not_before=NOW,
        expires_at=NOW + SECOND,
        priority=2,
        attempts=1,
        status="sending",
        dedupe=row.dedupe,
        data={"media": [1]},
    )


def test_a_known_dedupe_key_is_sent_once_ever(database: Database, resident: Address) -> None:
    first = add(
        database, NewMessage(resident, "一", dedupe="callback:1"), NewMessage(resident, "二", dedupe="callback:1")
    )
    assert first[1] is None
    sent(database, claim(database)[0])
    assert add(database, NewMessage(OTHER, "三", dedupe="callback:1")) == [None]


def test_messages_without_a_dedupe_key_are_all_sent(database: Database, resident: Address) -> None:
    assert None not in add(database, NewMessage(resident, "一", dedupe=""), NewMessage(resident, "二", dedupe=None))


def test_each_recipient_hears_one_message_after_the_other(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一"), NewMessage(resident, "二"), NewMessage(OTHER, "三"))
    rows = claim(database)
    assert bodies(rows) == ["一", "三"]
    assert claim(database) == []
    sent(database, rows[0])
    assert bodies(claim(database)) == ["二"]


def test_a_retry_keeps_its_place_before_later_messages(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一"), NewMessage(resident, "二"))
    (row,) = claim(database)
    with database.transaction() as uow:
        uow.outbox.retry(row.id, "sender", NOW + SECOND, "timeout")
        assert uow.outbox.next_due(NOW) == NOW + SECOND
    assert claim(database) == []
    (again,) = claim(database, NOW + SECOND)
    assert (again.body, again.attempts) == ("一", 2)


def test_an_emergency_overtakes_what_is_stuck(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一"))
    (row,) = claim(database)
    with database.transaction() as uow:
        uow.outbox.retry(row.id, "sender", NOW + 60 * SECOND, "timeout")
    add(database, NewMessage(resident, "二"), NewMessage(resident, "快离开", priority=EMERGENCY))
    assert bodies(claim(database)) == ["快离开"]


def test_emergencies_keep_their_own_order(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一", priority=EMERGENCY), NewMessage(resident, "二", priority=EMERGENCY))
    assert bodies(claim(database)) == ["一"]


def test_a_message_planned_for_later_does_not_hold_up_a_reply(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "明天见", not_before=NOW + 60 * SECOND), NewMessage(resident, "好的"))
    assert bodies(claim(database)) == ["好的"]
    with database.transaction() as uow:
        assert uow.outbox.next_due(NOW) == NOW + 60 * SECOND


def test_urgent_classes_are_claimed_first(database: Database) -> None:
    people = [Address("resident", "webchat.main", name) for name in "abcd"]
    add(database, *(NewMessage(to, str(n), priority=n) for n, to in enumerate(people)))
    assert bodies(claim(database)) == ["3", "2", "1", "0"]


def test_a_limit_takes_the_most_urgent(database: Database) -> None:
    people = [Address("resident", "webchat.main", name) for name in "abcd"]
    add(database, *(NewMessage(to, str(n), priority=n) for n, to in enumerate(people)))
    assert bodies(claim(database, limit=2)) == ["3", "2"]


def test_an_expired_lease_is_sent_again_and_its_late_holder_changes_nothing(
    database: Database, resident: Address
) -> None:
    add(database, NewMessage(resident, "一"))
    (row,) = claim(database, lease_s=-1)
    with database.transaction() as uow:
        (again,) = uow.outbox.claim("other", NOW, 10)
    assert again.attempts == 2
    for end in (
        lambda uow: uow.outbox.sent(row.id, "sender", NOW),
        lambda uow: uow.outbox.retry(row.id, "sender", NOW, None),
        lambda uow: uow.outbox.dead(row.id, "sender", NOW, None),
        lambda uow: uow.outbox.postpone(row.id, "sender", NOW),
        lambda uow: uow.outbox.absorb(row.id, resident, "sender", NOW),
    ):
        with pytest.raises(Stale), database.transaction() as uow:
            end(uow)


def test_what_cannot_be_delivered_ends_in_front_of_staff(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一"), NewMessage(resident, "二"))
    (row,) = claim(database)
    with database.transaction() as uow:
        uow.outbox.dead(row.id, "sender", NOW, "43004")
        assert bodies(list(uow.outbox.ended("dead"))) == ["一"]
    assert bodies(claim(database)) == ["二"]


def test_what_is_past_its_time_expires_unsent(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一", expires_at=NOW + SECOND), NewMessage(resident, "二"))
    with database.transaction() as uow:
        assert uow.outbox.expire(NOW) == []
        assert bodies(uow.outbox.expire(NOW + SECOND)) == ["一"]
        assert bodies(list(uow.outbox.ended("expired"))) == ["一"]
    assert bodies(claim(database, NOW + SECOND)) == ["二"]


def test_a_postponed_message_was_not_attempted(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一", data={"media": []}))
    (row,) = claim(database)
    with database.transaction() as uow:
        uow.outbox.postpone(row.id, "sender", NOW + SECOND)
    (again,) = claim(database, NOW + SECOND)
    assert (again.attempts, again.data) == (1, {"media": [], "postponed": True})


def test_a_digest_takes_along_what_waits_for_the_same_group(database: Database) -> None:
    add(
        database,
        NewMessage(GROUP, "一", priority=1),
        NewMessage(GROUP, "二", priority=1),
        NewMessage(GROUP, "急", priority=EMERGENCY),
        NewMessage(GROUP, "明天", priority=1, not_before=NOW + 60 * SECOND),
        NewMessage(OTHER, "别人", priority=1),
    )
    row = next(row for row in claim(database) if row.body == "一")
    with database.transaction() as uow:
        taken = uow.outbox.absorb(row.id, GROUP, "sender", NOW)
        assert bodies(taken) == ["二"]
        assert uow.outbox.backlog() == 5
    assert claim(database) == []
    with database.transaction() as uow:
        uow.outbox.sent(row.id, "sender", NOW)
        assert uow.outbox.absorbed_sent(row.id, GROUP, "sender", NOW) == 1
        assert [each.status for each in uow.outbox.history(GROUP, 9)] == ["sent", "sent", "sending", "pending"]


def test_what_a_failed_digest_says_waits_again(database: Database) -> None:
    add(database, NewMessage(GROUP, "一"), NewMessage(GROUP, "二"))
    (row,) = claim(database)
    with database.transaction() as uow:
        uow.outbox.absorb(row.id, GROUP, "sender", NOW)
        uow.outbox.postpone(row.id, "sender", NOW + SECOND)
        assert uow.outbox.absorbed_free(row.id, GROUP, "other") == 0
        assert uow.outbox.absorbed_free(row.id, GROUP, "sender") == 1
    assert bodies(claim(database)) == ["二"]


def test_what_a_killed_digest_says_waits_again_when_its_lease_is_over(database: Database) -> None:
    add(database, NewMessage(GROUP, "一"), NewMessage(GROUP, "二"))
    (row,) = claim(database, lease_s=-1)
    with database.transaction() as uow:
        uow.outbox.absorb(row.id, GROUP, "sender", NOW, lease_s=-1)
    (again,) = claim(database)
    with database.transaction() as uow:
        assert bodies(uow.outbox.absorb(again.id, GROUP, "sender", NOW)) == ["二"]


def test_what_is_past_its_time_is_never_due_and_holds_up_nobody(database: Database, resident: Address) -> None:
    add(
        database,
        NewMessage(resident, "一", expires_at=NOW + SECOND),
        NewMessage(OTHER, "二", not_before=NOW + 5 * SECOND, expires_at=NOW + SECOND),
        NewMessage(resident, "三", not_before=NOW + SECOND),
    )
    with database.transaction() as uow:
        assert uow.outbox.next_due(NOW) == NOW
        assert uow.outbox.next_due(NOW + SECOND) == NOW + SECOND
    (row,) = claim(database, NOW + SECOND)
    assert row.body == "三"
    with database.transaction() as uow:
        assert uow.outbox.next_due(NOW + SECOND) is None


def test_what_is_under_way_keeps_its_place_past_its_time(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一", expires_at=NOW + SECOND), NewMessage(resident, "二"))
    claim(database)
    assert claim(database, NOW + SECOND) == []


def test_a_dead_message_can_be_tried_again(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一", expires_at=NOW + SECOND))
    (row,) = claim(database)
    with database.transaction() as uow:
        assert not uow.outbox.reopen(row.id, NOW)
        uow.outbox.dead(row.id, "sender", NOW, "45015")
        assert uow.outbox.reopen(row.id, NOW + 9 * SECOND)
    (again,) = claim(database, NOW + 9 * SECOND)
    assert (again.id, again.attempts) == (row.id, 1)


def test_a_group_remembers_what_it_heard_lately(database: Database) -> None:
    add(database, *(NewMessage(GROUP, str(n), priority=n) for n in (1, 1, 1, EMERGENCY)))
    for second in range(4):
        rows = claim(database)
        for row in rows:
            sent(database, row, NOW + second * SECOND)
    with database.transaction() as uow:
        found = uow.outbox.sent_lately(GROUP, NOW - SECOND, 2)
        assert found == sorted(found)
        assert len(found) == 2
        assert uow.outbox.sent_lately(GROUP, NOW + 60 * SECOND, 9) == []


def test_what_waits_behind_a_postponed_message_is_put_off_with_it(database: Database) -> None:
    later = NOW + 9 * SECOND
    add(
        database,
        NewMessage(GROUP, "一", priority=1),
        NewMessage(GROUP, "二", priority=1),
        NewMessage(GROUP, "急", priority=EMERGENCY),
        NewMessage(OTHER, "别人", priority=1),
    )
    row = next(row for row in claim(database) if row.body == "一")
    with database.transaction() as uow:
        uow.outbox.postpone(row.id, "sender", later)
        uow.outbox.put_off(row.id, GROUP, NOW, later)
        assert {row.body: row.not_before for row in uow.outbox.history(GROUP, 9)} == {
            "一": later,
            "二": later,
            "急": NOW,
        }
    assert claim(database, NOW + SECOND) == []
    assert bodies(claim(database, later)) == ["一"]


def test_a_reply_may_be_leased_to_its_request_from_the_start(database: Database, resident: Address) -> None:
    message = NewMessage(
        resident, "一", reserved_for=9, reserved_until=NOW + 3 * SECOND, taken_by="web", buttons=(("yes", "好"),)
    )
    with database.transaction() as uow:
        (id_,) = uow.outbox.add([message], NOW)
        assert id_ is not None
        assert uow.outbox.taken(message, id_, NOW) == uow.outbox.get(id_)
        assert uow.outbox.answered(9) == uow.outbox.get(id_)
        assert uow.outbox.take_reserved(9, "other", NOW) == []
    assert claim(database, NOW + 5 * SECOND) == []
    with database.transaction() as uow:
        uow.outbox.sent(id_, "web", NOW + SECOND, "passive")
        assert uow.outbox.backlog() == 0


def test_a_reserved_reply_waits_for_its_request(database: Database, resident: Address) -> None:
    until = NOW + 3 * SECOND
    add(
        database,
        NewMessage(resident, "一", reserved_for=9, reserved_until=until),
        NewMessage(resident, "二", reserved_for=9, reserved_until=until),
    )
    assert claim(database, NOW + SECOND) == []
    with database.transaction() as uow:
        assert uow.outbox.next_due(NOW) == until
        assert uow.outbox.answered(9) is None
        assert uow.outbox.take_reserved(8, "web", NOW) == []
        assert bodies(uow.outbox.take_reserved(9, "web", NOW + SECOND)) == ["一"]
        assert uow.outbox.take_reserved(9, "web", NOW + SECOND) == []
        answer = uow.outbox.answered(9)
        assert answer is not None
        assert answer.body == "一"
    assert claim(database, NOW + SECOND) == []
    with database.transaction() as uow:
        (first, _) = uow.outbox.history(resident, 10)
        uow.outbox.sent(first.id, "web", NOW + SECOND, "passive")
    assert bodies(claim(database, NOW + SECOND)) == ["二"]


def test_a_reservation_that_nobody_took_is_delivered(database: Database, resident: Address) -> None:
    add(database, NewMessage(resident, "一", reserved_for=9, reserved_until=NOW + 3 * SECOND))
    assert bodies(claim(database, NOW + 3 * SECOND)) == ["一"]
    with database.transaction() as uow:
        assert uow.outbox.take_reserved(9, "web", NOW + SECOND) == []
        assert uow.outbox.answered(9) is None


def test_the_next_due_moment_leaves_out_what_waits_behind_others(database: Database, resident: Address) -> None:
    with database.transaction() as uow:
        assert uow.outbox.next_due(NOW) is None
    add(
        database,
        NewMessage(resident, "一", reserved_for=9, reserved_until=NOW + 3 * SECOND),
        NewMessage(resident, "二"),
        NewMessage(OTHER, "三", not_before=NOW + 9 * SECOND),
    )
    with database.transaction() as uow:
        assert uow.outbox.next_due(NOW) == NOW + 3 * SECOND


def test_the_history_of_an_address_is_told_oldest_first(database: Database, resident: Address) -> None:
    add(database, *(NewMessage(resident, str(n)) for n in range(5)), NewMessage(OTHER, "x", ticket_id=3))
    with database.transaction() as uow:
        assert bodies(list(uow.outbox.history(resident, 3))) == ["2", "3", "4"]
        assert bodies(list(uow.outbox.of_ticket(3))) == ["x"]


def test_a_button_is_found_by_key_or_label_the_latest_first(database: Database, resident: Address) -> None:
    add(
        database,
        NewMessage(resident, "一", buttons=(("accept:1", "接单"),)),
        NewMessage(resident, "二", buttons=(("accept:2", "接单"), ("call", "打电话"))),
    )
    with database.transaction() as uow:
        assert uow.outbox.last_with_button(resident, "接单") == ("accept:2", "接单")
        assert uow.outbox.last_with_button(resident, "accept:1") == ("accept:1", "接单")
        assert uow.outbox.last_with_button(resident, "退单") is None
