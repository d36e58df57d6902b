"""到哪了: who has it, since when, by when; hurry, another time, more to say; a stranger's ticket looks missing."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.effects import ChangeTicket, Say, SetTimer, ToGroup
from handlers.facts import HistoryOf, TicketById
from handlers.rules.ticket_words import wanted
from handlers.tracking import status_of
from storage.model import Ticket, TicketEvent, TicketStatus, TicketType
from tests.unit.handlers.factory import ESTATE, NOW, facts, meaning, ticket, vague, window
from tests.unit.handlers.wording import Chat, keys, of, texts, to_groups, to_resident, to_staff

TAKEN = datetime(2026, 11, 22, 1, 20, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
JOB = ticket(
    12,
    status=TicketStatus.ACCEPTED,
    assignee_id=3,
    finish_due=LATER,
    accepted_at=datetime(2026, 11, 22, 1, 20, tzinfo=UTC),
)
LIFT = ticket(13, number="R261122-013", category="lift", object="电梯", finish_due=LATER)


def ask(text: str, *tickets: Ticket, known: Any = None, **given: Any) -> tuple[Chat, list[Any]]:
    slots = given.pop("slots", {})
    chat = Chat(tickets=tickets, known={TicketById(t.id): t for t in tickets} | (known or {}), **given)
    return chat, chat.say(text, meaning(text, intent="progress", category=given.pop("category", "other"), **slots))


def event(at: datetime, move: str = "urge") -> TicketEvent:
    return TicketEvent(12, at, "resident:person:7", move, None, None)


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("我的报修到哪了", "status"),
        ("师傅接单了吗", "status"),
        ("怎么还没来人", "urge"),
        ("能快点吗", "urge"),
        ("催一下", "urge"),
        ("改期", "reschedule"),
        ("明天没空，改到后天下午", "reschedule"),
        ("不用来了", "cancel"),
        ("取消我的报修", "cancel"),
        ("补充一下，是阳台那根管", "add"),
    ],
)
def test_words_name_what_is_wanted(words: str, want: str) -> None:
    assert wanted(words) == want


def test_it_says_who_since_when_and_by_when() -> None:
    said = to_resident(ask("我的报修到哪了", JOB)[1])
    for part in ("R261122-012", "修师傅", "今天上午9:20", "今天17:00"):
        assert part in said


@pytest.mark.parametrize("status", list(TicketStatus))
def test_every_status_has_its_own_sentence(status: TicketStatus) -> None:
    said = texts().render(status_of(ticket(12, status=status), facts("x")), estate=ESTATE, now=NOW).body
    assert "R261122-012" in said
    assert "你" not in said


def test_what_is_late_is_apologised_for() -> None:
    late = ticket(12, finish_due=datetime(2026, 11, 22, 1, 30, tzinfo=UTC))
    said = to_resident(ask("到哪了", late)[1])
    assert "非常抱歉" in said
    assert "9:30" not in said


def test_of_several_one_is_asked_for_by_number() -> None:
    chat, effects = ask("到哪了", JOB, LIFT)
    assert chat.asked == "which_ticket.which"
    assert "R261122-013" in to_resident(effects)
    assert "电梯" in to_resident(chat.say("013", vague("013", ticket="013")))


def test_the_words_may_tell_which_one() -> None:
    chat, effects = ask("电梯修得怎么样了", JOB, LIFT, slots={"object": "电梯"})
    assert chat.asked is None
    assert "R261122-013" in to_resident(effects)


def test_all_of_them_may_be_asked_for() -> None:
    said = to_resident(ask("我的工单都到哪了", JOB, LIFT)[1])
    assert "R261122-012" in said
    assert "R261122-013" in said


def test_a_number_that_is_not_his_looks_missing() -> None:
    _, effects = ask("R261122-777到哪了", JOB, slots={"ticket": "R261122-777"})
    assert keys(effects) == ["progress.unknown_number"]


def test_nothing_open_offers_to_register() -> None:
    _, effects = ask("到哪了")
    assert keys(effects) == ["progress.none"]
    done = ticket(9, number="R261120-009", status=TicketStatus.CLOSED)
    assert "R261120-009" in to_resident(ask("到哪了", done)[1])


def test_hurrying_reminds_whoever_has_it_and_counts() -> None:
    _, effects = ask("怎么还没来，催一下", JOB, known={HistoryOf(12): ()})
    (change,) = of(ChangeTicket, effects)
    assert (change.move, change.changes) == ("urge", {"contacts": 2})
    assert list(to_staff(effects)) == [3]
    assert "当日第2次" in to_staff(effects)[3]
    assert "再次提醒" in to_resident(effects)
    assert not to_groups(effects)


def test_the_second_time_in_a_day_the_manager_hears_of_it() -> None:
    _, effects = ask("再催一下", JOB, known={HistoryOf(12): (event(NOW),)})
    assert set(to_staff(effects)) == {3, 4}


def test_yesterdays_hurry_does_not_count_today() -> None:
    yesterday = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    _, effects = ask("再催一下", JOB, known={HistoryOf(12): (event(yesterday),)})
    assert set(to_staff(effects)) == {3}


def test_without_an_assignee_the_group_is_reminded() -> None:
    assert list(to_groups(ask("快点来人", LIFT, known={HistoryOf(13): ()})[1])) == ["repair"]


def test_a_complaint_of_a_colleague_is_hurried_with_the_manager_only() -> None:
    about = ticket(12, type=TicketType.COMPLAINT, group="order", extra={"accused_ids": [3]})
    _, effects = ask("怎么还没处理", about, known={HistoryOf(12): ()})
    assert not to_groups(effects)
    assert list(to_staff(effects)) == [4]


def test_another_time_moves_the_visit_and_its_limits() -> None:
    _, effects = ask("改到后天下午两点到四点", JOB, slots={"time": window(24, 14, 16)})
    (change,) = of(ChangeTicket, effects)
    assert change.move == "reschedule"
    assert change.changes["wanted_start"] == window(24, 14).start
    assert change.changes["finish_due"] == window(24, 14, 16).end
    assert "后天14:00–16:00" in to_resident(effects)
    assert 3 in to_staff(effects)
    assert {"finish_warn", "finish_breach"} <= {timer.kind for timer in of(SetTimer, effects)}


def test_without_a_time_it_is_asked_for() -> None:
    chat, _ = ask("改期", JOB)
    assert chat.asked == "reschedule.when"
    effects = chat.say("周三上午", vague("周三上午", time=window(25, 8, 12)))
    assert [change.move for change in of(ChangeTicket, effects)] == ["reschedule"]


def test_work_that_has_begun_is_not_moved() -> None:
    there = ticket(12, status=TicketStatus.ARRIVED, assignee_id=3)
    _, effects = ask("改到明天", there, slots={"time": window(23, 8, 12)})
    assert keys(effects) == ["progress.not_movable"]
    assert not of(ChangeTicket, effects)


def test_cancelling_is_asked_once_then_done() -> None:
    chat, _ = ask("不用来了", JOB)
    assert chat.asked == "withdraw.sure"
    effects = chat.say("确定")
    assert of(ChangeTicket, effects)[0].changes["status"] is TicketStatus.CANCELLED


def test_more_to_say_is_kept_and_told() -> None:
    _, effects = ask("补充一下，是阳台那根水管", JOB)
    (change,) = of(ChangeTicket, effects)
    assert change.extra["notes"][0]["words"] == "补充一下，是阳台那根水管"
    assert "阳台" in to_staff(effects)[3]


def test_the_group_reads_additions_without_phone_and_room() -> None:
    _, effects = ask("补充一下，501家里没人请打13900001111", LIFT)
    told = to_groups(effects)["repair"]
    assert not any(secret in told for secret in ("501", "13900001111"))


def test_everything_said_is_one_reply() -> None:
    _, effects = ask("催一下", JOB, known={HistoryOf(12): ()})
    assert len([s for s in of(Say, effects) if s.kind == "reply"]) == 1
    assert not [s for s in of(Say, effects) if isinstance(s.to, ToGroup)]


def test_as_soon_as_possible_hurries_instead_of_moving() -> None:
    chat, _ = ask("改期", JOB, known={HistoryOf(12): ()})
    effects = chat.say("尽快来就行")
    assert [change.move for change in of(ChangeTicket, effects)] == ["urge"]


def test_a_full_number_chooses_among_several() -> None:
    chat, _ = ask("到哪了", JOB, LIFT)
    said = to_resident(chat.say("R261122-013", vague("R261122-013", ticket="R261122-013")))
    assert "R261122-013" in said


def test_finished_work_is_not_hurried_but_told() -> None:
    done = ticket(12, status=TicketStatus.DONE, assignee_id=3)
    _, effects = ask("怎么还没好", done)
    assert not of(ChangeTicket, effects)
    assert "确认" in to_resident(effects)


def test_a_colleague_of_the_desk_is_not_called_master() -> None:
    assert "我们的同事" in to_resident(ask("到哪了", ticket(12, status=TicketStatus.ACCEPTED, assignee_id=6))[1])


def said_of(found: Ticket, **given: Any) -> str:
    return texts().render(status_of(found, facts("x", **given)), estate=ESTATE, now=NOW).body


def test_an_urgent_job_is_on_its_way_and_arrives_by_its_limit() -> None:
    said = said_of(replace(JOB, urgency="urgent"))
    assert "正在赶来" in said
    assert "预计今天17:00前到达" in said
    assert "处理好" not in said


def test_a_complaint_that_was_received_names_who_has_it() -> None:
    received = ticket(
        14, type=TicketType.COMPLAINT, finish_due=LATER, extra={"received": {"by": 3, "at": TAKEN.isoformat()}}
    )
    said = said_of(received)
    assert "接收，正在核实处理" in said
    assert "有人接手" not in said
