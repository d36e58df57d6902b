"""Which ticket, which colleague (design.md 8, 11; S-COMP-24)."""

import pytest

from handlers.effects import Say
from handlers.facts import TicketsByNumber
from storage.model import Staff, TicketStatus, TicketType
from tests.unit.handlers.factory import ticket
from tests.unit.handlers.staff.speaking import (
    BOSS,
    CLEANER,
    DESK,
    DIRECTOR,
    DUTY,
    GUARD,
    LI,
    ZHANG,
    change,
    keys,
    of,
    said,
)

NEW = ticket(3, number="R261122-003")
MINE = ticket(4, number="R261122-004", status=TicketStatus.ACCEPTED, assignee_id=LI.id)
MINE_TOO = ticket(5, number="R261122-005", status=TicketStatus.ACCEPTED, assignee_id=LI.id)


def test_sentence_without_number_is_the_speakers_single_job() -> None:
    assert change(said(LI, "到了", MINE, NEW)).ticket == MINE.id


def test_several_jobs_are_asked_about_with_buttons() -> None:
    steps = said(LI, "到了", MINE, MINE_TOO)
    (question,) = of(Say, steps)
    assert question.key == "staff.which.several"
    assert [button.key for button in question.buttons] == ["do:4:到了", "do:5:到了"]


def test_only_jobs_where_the_move_is_possible_count() -> None:
    arrived = ticket(6, number="R261122-006", status=TicketStatus.ARRIVED, assignee_id=LI.id)
    assert change(said(LI, "到了", MINE, arrived)).ticket == MINE.id


def test_tap_on_the_question_says_the_sentence_again() -> None:
    steps = said(LI, "", MINE, MINE_TOO, tap="do:5:挂起 等配件 到周五")
    assert change(steps).ticket == MINE_TOO.id
    assert change(steps).reason == "等配件"


def test_long_sentences_do_not_travel_in_buttons() -> None:
    (question,) = of(Say, said(LI, "修好了，" + "换了角阀" * 40, MINE, MINE_TOO))
    assert question.buttons == ()


def test_in_a_group_i_take_its_only_new_ticket() -> None:
    assert change(said(LI, "我来", NEW, group="repair")).ticket == NEW.id


def test_several_new_tickets_are_asked_about() -> None:
    other = ticket(7, number="R261122-007")
    assert keys(said(LI, "我来", NEW, other, group="repair")) == ["staff.which.several"]


def test_duty_says_arrived_for_the_open_emergency_of_any_group() -> None:
    emergency = ticket(8, number="E261122-001", type=TicketType.EMERGENCY, urgency="emergency", category="lift")
    assert change(said(DUTY, "已到", emergency, NEW)).ticket == emergency.id


@pytest.mark.parametrize("text", ["到了", "继续"])
def test_in_a_group_words_without_a_job_are_ignored(text: str) -> None:
    assert said(ZHANG, text, NEW, group="repair") is None


def test_in_private_the_missing_job_is_named() -> None:
    assert keys(said(ZHANG, "到了", NEW)) == ["staff.which.none"]


def test_own_ticket_that_cannot_move_is_explained() -> None:
    done = ticket(9, number="R261122-009", status=TicketStatus.DONE, assignee_id=LI.id)
    assert keys(said(LI, "修好了", done)) == ["staff.refused.done"]


def test_tail_means_todays_open_ticket() -> None:
    old = ticket(1, number="R261120-003", created_at=NEW.created_at.replace(day=20))
    assert change(said(LI, "003 我来", old, NEW)).ticket == NEW.id


def test_tail_of_an_older_open_ticket_is_found() -> None:
    old = ticket(1, number="R261120-003", created_at=NEW.created_at.replace(day=20))
    ended = ticket(2, number="R261122-003", status=TicketStatus.CLOSED)
    assert change(said(LI, "003 我来", old, ended)).ticket == old.id


def test_same_tail_of_two_kinds_is_asked_about() -> None:
    complaint = ticket(2, number="C261122-003", type=TicketType.COMPLAINT, group="repair")
    assert keys(said(BOSS, "003 什么情况", complaint, NEW)) == ["staff.which.several"]


def test_full_number_finds_an_ended_ticket_and_says_so() -> None:
    ended = ticket(2, number="R261122-002", status=TicketStatus.CLOSED)
    assert keys(said(LI, "接单 R261122-002", ended)) == ["staff.refused.ended"]


@pytest.mark.parametrize(
    ("who", "group", "answer"),
    [
        (CLEANER, None, ["staff.which.unknown"]),
        (CLEANER, "clean", ["staff.which.unknown"]),
        (DESK, None, ["staff.status", "ticket.card"]),
        (GUARD, "repair", ["staff.status"]),
    ],
)
def test_tickets_of_other_departments_are_unknown(who: Staff, group: str | None, answer: list[str]) -> None:
    found = said(who, "003", NEW, group=group)
    assert [say.key for say in of(Say, found)] == answer


def test_unknown_number_in_loose_words_is_ignored_in_a_group() -> None:
    assert said(LI, "003 好了", group="repair", answers={TicketsByNumber("003"): ()}) is None
    assert keys(said(LI, "003 我来", group="repair", answers={TicketsByNumber("003"): ()})) == ["staff.which.unknown"]


def test_accused_does_not_find_the_complaint() -> None:
    complaint = ticket(
        2, number="C261122-002", type=TicketType.COMPLAINT, group="repair", extra={"accused_ids": [BOSS.id]}
    )
    assert keys(said(BOSS, "接收 C261122-002", complaint)) == ["staff.which.unknown"]
    assert change(said(DIRECTOR, "接收 C261122-002", complaint)).move == "receive"


@pytest.mark.parametrize(
    ("named", "to"),
    [
        ("张三", ZHANG.id),
        ("李师傅", LI.id),
        ("老张", ZHANG.id),
        ("小李", LI.id),
        ("强", None),
        ("我", BOSS.id),
        ("建国", BOSS.id),
    ],
)
def test_colleagues_by_name_title_and_nickname(named: str, to: int | None) -> None:
    steps = said(BOSS, f"派 003 给{named}师傅" if named == "强" else f"派 003 给{named}", NEW)
    if to is None:
        assert keys(steps) == ["staff.who_unknown"]
    else:
        assert change(steps).changes["assignee_id"] == to


def test_unbound_speaker_is_not_read() -> None:
    from handlers.commands.staff import take
    from tests.unit.handlers.factory import facts

    assert take(facts("003 我来", group="repair")) is None


@pytest.mark.parametrize("key", ["nothing:3", "accept:x", "accept", "do:3:随便聊聊", "yes:3"])
def test_foreign_buttons_are_not_ours(key: str) -> None:
    assert said(LI, "", NEW, tap=key) is None


def test_button_of_a_ticket_out_of_sight_is_refused() -> None:
    assert keys(said(CLEANER, "", NEW, tap="accept:3")) == ["staff.which.unknown"]
    assert keys(said(LI, "", tap="accept:77")) == ["staff.which.unknown"]
