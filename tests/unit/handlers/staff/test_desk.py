"""补单, 回访 by phone, 合并 (S-REPAIR-08, S-CB-01, C-29, domain.md 5.2)."""

from dataclasses import replace

import pytest

from handlers.effects import CloseTask, OpenTicket, Record, Say, Subscribe, ToLane
from handlers.facts import LaneOfPerson, ResidentsOf
from storage.model import Residency, Tenure, TicketStatus
from tests.unit.handlers.factory import HOME, NOW, OWNER, ticket
from tests.unit.handlers.staff.speaking import (
    BOSS,
    CLEANER,
    DESK,
    LI,
    change,
    groups_hear,
    keys,
    of,
    resident_hears,
    said,
    staff_hear,
    timers,
)

S = TicketStatus
DONE = ticket(3, number="R261122-003", status=S.DONE, assignee_id=LI.id, finished_at=NOW)
BOUND = {
    ResidentsOf(HOME.id, NOW.date()): ((OWNER, Residency(OWNER.id, HOME, Tenure.OWNER)),),
    LaneOfPerson(OWNER.id): "person:7",
}


def test_repairman_writes_down_what_he_was_asked_on_the_spot() -> None:
    steps = said(LI, "补单 3-2-501 换水龙头", answers=BOUND)
    (opened,) = of(OpenTicket, steps)
    assert (opened.home, opened.summary, opened.assignee_id, opened.status) == (HOME, "换水龙头", LI.id, S.ARRIVED)
    assert opened.extra["retroactive"]
    assert opened.on_behalf_of == "person:7"
    assert [say.key for say in of(Say, steps) if say.to == ToLane("person:7")] == ["ticket.said.filed"]
    assert groups_hear(steps) == {}
    assert "respond_breach" not in timers(steps)
    assert staff_hear(steps) == {LI.id: ["ticket.card"]}


def test_desk_writes_down_a_call_as_any_report() -> None:
    steps = said(DESK, "补单 3栋2单元501 换水龙头")
    (opened,) = of(OpenTicket, steps)
    assert (opened.status, opened.assignee_id, opened.on_behalf_of) == (S.NEW, None, None)
    assert groups_hear(steps) == {"repair": ["ticket.alert.repair"]}
    assert "respond_breach" in timers(steps)
    assert resident_hears(steps) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("补单 99-9-999 换水龙头", "staff.retro.room"),
        ("补单 换水龙头", "staff.retro.room"),
        ("补单 3-2-501", "staff.retro.content"),
    ],
)
def test_missing_parts_are_asked_for(text: str, key: str) -> None:
    assert keys(said(LI, text)) == [key]


@pytest.mark.parametrize(("text", "score"), [("回访 003 满意", None), ("回访 003 5分 很好", 5)])
def test_callback_by_phone_closes(text: str, score: int | None) -> None:
    steps = said(DESK, text, DONE)
    done = change(steps)
    assert (done.move, done.changes["status"]) == ("close", S.CLOSED)
    assert (done.extra["callback"]["method"], done.extra["callback"]["score"]) == ("phone", score)
    assert [task.kind for task in of(CloseTask, steps)] == ["callback_call", "sign_off_call", "door_callback"]


@pytest.mark.parametrize("text", ["回访 003 不满意，还漏", "回访 003 2分", "回访 003 没解决"])
def test_unhappy_callback_by_phone_brings_the_ticket_back(text: str) -> None:
    steps = said(DESK, text, DONE)
    assert change(steps).changes["status"] is S.REOPENED
    assert BOSS.id in staff_hear(steps)


def test_nobody_at_the_phone_is_a_recorded_attempt() -> None:
    steps = said(DESK, "回访 003 没人接", DONE)
    (record,) = of(Record, steps)
    assert record.data["reached"] is False
    assert keys(steps) == ["staff.callback.tried"]


def test_callback_is_the_desks_after_the_work() -> None:
    assert keys(said(LI, "回访 003 满意", DONE)) == ["staff.refused.who"]
    working = replace(DONE, status=S.ACCEPTED)
    assert keys(said(DESK, "回访 003 满意", working)) == ["staff.refused.not_now"]


def test_merged_ticket_follows_the_other() -> None:
    master = ticket(1, number="R261122-001")
    other = ticket(3, number="R261122-003", reporter_lane="person:9")
    steps = said(DESK, "合并 003 到 001", master, other)
    done = change(steps)
    assert (done.changes["status"], done.changes["merged_into"]) == (S.MERGED, 1)
    assert of(Subscribe, steps) == [Subscribe(1, "person:9")]
    assert resident_hears(steps) == ["ticket.said.merged"]


def test_merge_needs_one_other_open_ticket() -> None:
    open_one = ticket(3, number="R261122-003", reporter_lane=None)
    assert keys(said(DESK, "合并 003 到 001", open_one)) == ["staff.merge.which"]
    assert keys(said(DESK, "合并 003", open_one)) == ["staff.merge.which"]
    closed = ticket(1, number="R261122-001", status=S.CLOSED)
    assert keys(said(DESK, "合并 003 到 001", open_one, closed)) == ["staff.merge.which"]
    cleaning = ticket(5, number="R261122-005", group="clean", assignee_id=CLEANER.id)
    assert keys(said(CLEANER, "合并 005 到 001", cleaning)) == ["staff.refused.who"]


def test_merge_of_a_ticket_without_resident_subscribes_nobody() -> None:
    master = ticket(1, number="R261122-001")
    patrol = ticket(3, number="R261122-003", reporter_lane=None)
    assert of(Subscribe, said(DESK, "合并 003 到 001", master, patrol)) == []
