"""A person speaks to a resident: replies, held chats (design.md 8, 10; domain.md 8.15)."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.effects import Record, Say, ToLane
from handlers.facts import ConversationOf, OpenTasks, Query, Recorded
from storage.message import Conversation
from storage.model import Task, TicketStatus
from tests.unit.handlers.factory import NOW, ticket
from tests.unit.handlers.staff.speaking import DESK, LI, MANAGER, change, keys, of, read, resident_hears, said, tells

JOB = ticket(3, number="R261122-003", status=TicketStatus.ACCEPTED, assignee_id=LI.id)


def holding(staff_id: int, lane: str = "person:7") -> dict[Query[Any], Any]:
    return {
        Recorded("holding", f"staff:{staff_id}"): ({"lane": lane},),
        ConversationOf(lane): Conversation(held_by=staff_id),
    }


def waiting(*lanes: str) -> dict[Query[Any], Any]:
    tasks = tuple(
        Task(n, "main", "hand_over", lane, "接待住户", "front_desk", "open", NOW, data={"lane": lane})
        for n, lane in enumerate(lanes)
    )
    return {OpenTasks("hand_over"): tasks}


def test_reply_reaches_the_reporter_and_counts_as_contact() -> None:
    steps = said(LI, "003 回复业主：您好，下午三点到", JOB)
    (push,) = [say for say in of(Say, steps) if isinstance(say.to, ToLane)]
    assert "您好，下午三点到" in read(push, (JOB,))
    assert change(steps).extra["contacted"]["words"] == "您好，下午三点到"


def test_reply_without_number_is_about_the_own_job() -> None:
    assert resident_hears(said(LI, "回复业主：马上就到，请您稍等", JOB)) == ["ticket.said.words"]


def test_rude_reply_is_held_and_the_colleague_warned() -> None:
    steps = said(LI, "003 回复业主：不归我管", JOB)
    assert keys(steps) == ["staff.tone"]
    assert resident_hears(steps) == []


def test_plain_you_becomes_polite() -> None:
    steps = said(LI, "003 回复业主：麻烦你开下门", JOB)
    (push,) = [say for say in of(Say, steps) if isinstance(say.to, ToLane)]
    assert push.params["words"] == "麻烦您开下门"


def test_reply_to_nobody_is_said_so() -> None:
    assert keys(said(LI, "003 回复业主：下午到", replace(JOB, reporter_lane="staff:7"))) == ["staff.reply.nobody"]


def test_taking_over_tells_the_residents_lane() -> None:
    steps = said(DESK, "接管 003", JOB)
    assert tells(steps) == [("person:7", "hold")]
    (record,) = of(Record, steps)
    assert (record.subject, record.data) == (f"staff:{DESK.id}", {"lane": "person:7"})


def test_taking_over_alone_means_who_waits_longest() -> None:
    steps = said(DESK, "接管", answers=waiting("user:web:a", "person:7"))
    assert tells(steps) == [("user:web:a", "hold")]


def test_button_takes_the_lane_it_names() -> None:
    assert tells(said(DESK, "", tap="takeover:person:7")) == [("person:7", "hold")]


def test_taking_a_second_chat_gives_the_first_back() -> None:
    assert tells(said(DESK, "", tap="takeover:person:8", answers=holding(DESK.id))) == [
        ("person:7", "released"),
        ("person:8", "hold"),
    ]


@pytest.mark.parametrize(("holder", "key"), [(DESK.id, "staff.hold.mine"), (MANAGER.id, "staff.hold.other")])
def test_one_holder_at_a_time(holder: int, key: str) -> None:
    answers = {ConversationOf("person:7"): Conversation(held_by=holder)}
    assert keys(said(DESK, "接管 003", JOB, answers=answers)) == [key]


def test_takeover_of_nobody() -> None:
    assert keys(said(DESK, "接管 003", replace(JOB, reporter_lane=None))) == ["staff.reply.nobody"]
    assert keys(said(DESK, "接管")) == ["staff.which.none"]


def test_giving_back_lets_the_bot_answer_again() -> None:
    steps = said(DESK, "交还机器人", answers=holding(DESK.id))
    assert tells(steps) == [("person:7", "released")]
    assert of(Record, steps)[0].data == {"lane": None}


def test_giving_back_nothing() -> None:
    assert keys(said(DESK, "交还机器人")) == ["staff.hold.none"]
    assert said(DESK, "交还机器人", group="service") is None


@pytest.mark.parametrize("text", ["您好，我看一下账单", "到了", "好了", "我来处理", "已联系"])
def test_plain_words_of_the_holder_go_to_the_resident(text: str) -> None:
    steps = said(LI, text, JOB, answers=holding(LI.id))
    assert resident_hears(steps) == ["staff.held.words"]


def test_reply_in_a_held_chat_goes_to_that_resident() -> None:
    steps = said(LI, "回复业主：好的，马上到", JOB, answers=holding(LI.id, "person:9"))
    (push,) = [say for say in of(Say, steps) if isinstance(say.to, ToLane)]
    assert (push.to.lane, push.params["words"]) == ("person:9", "好的，马上到")


def test_rude_words_in_a_held_chat_are_held_back() -> None:
    assert keys(said(LI, "你自己看", answers=holding(LI.id))) == ["staff.tone"]


def test_command_with_a_number_stays_a_command_while_holding() -> None:
    assert change(said(LI, "003 到了", JOB, answers=holding(LI.id))).move == "arrive"


def test_picture_goes_to_the_resident_as_it_is() -> None:
    steps = said(LI, "", media=[{"kind": "image", "name": "bill.png"}], answers=holding(LI.id))
    (push,) = of(Say, steps)
    assert push.media == ({"kind": "image", "name": "bill.png"},)


def test_holding_ends_when_somebody_else_took_the_chat() -> None:
    answers = holding(LI.id) | {ConversationOf("person:7"): Conversation(held_by=MANAGER.id)}
    assert said(LI, "您好，我看一下账单", answers=answers) is None


def test_in_a_group_the_holder_just_chats() -> None:
    assert said(LI, "大家辛苦了", group="repair", answers=holding(LI.id)) is None
