"""A person takes over: who is told, when, and what the resident hears meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from handlers.desk import Reason, hand_over
from handlers.dialog.turn import take_turn
from handlers.effects import AddTask, CancelTimer, CloseTask, OpenTicket, Say, SetTimer, ToGroup, ToStaff
from handlers.facts import AllStaff, TimerOf
from handlers.timers import hand_over as wait
from storage.message import Conversation
from storage.model import Role, Timer
from tests.unit.handlers.factory import NOW, STAFF, facts, meaning, staff
from tests.unit.handlers.wording import Chat, body, keys, of, titles, to_groups, to_resident, to_staff

NIGHT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
LEAD = staff(9, "领班", Role.CS_LEAD)


def asks(text: str = "转人工", **given: Any) -> list[Any]:
    sentiment = given.pop("sentiment", "neutral")
    read = meaning(text, intent="human", category="human", sentiment=sentiment)
    return Chat(**given).say(text, read)


def test_the_resident_need_not_say_it_again_and_hears_who_comes() -> None:
    said = to_resident(asks())
    assert "不用重复" in said
    assert "同事" in said


def test_the_group_is_alerted_and_the_console_has_a_task() -> None:
    effects = asks()
    assert "转人工" in to_groups(effects)["service"]
    (task,) = of(AddTask, effects)
    assert (task.kind, task.role, task.data["lane"]) == ("hand_over", "front_desk", "person:7")
    assert titles(effects) == ["接待住户：住户要求人工服务"]


def test_the_groups_button_takes_this_chat() -> None:
    (alert,) = [say for say in of(Say, asks()) if isinstance(say.to, ToGroup)]
    assert alert.buttons[0].key == "takeover:person:7"


def test_the_group_reads_no_name_phone_or_room() -> None:
    told = to_groups(asks("我叫周晓岚，3栋2单元501，13900001111，叫个人来"))["service"]
    assert not any(secret in told for secret in ("周晓岚", "501", "13900001111"))


@pytest.mark.parametrize(("now", "seconds"), [(NOW, 60), (NIGHT, 300)])
def test_sla_81_a_person_is_due_in_a_minute_by_day_and_five_by_night(now: datetime, seconds: int) -> None:
    (timer,) = [timer for timer in of(SetTimer, asks(now=now)) if timer.kind == "hand_over_wait"]
    assert timer.due_at == now + timedelta(seconds=seconds)


def test_in_the_night_the_duty_hears_in_private_and_the_resident_hears_of_the_morning() -> None:
    effects = asks(now=NIGHT)
    assert list(to_staff(effects)) == [1]
    (say,) = [s for s in of(Say, effects) if s.key == "human.handed.duty"]
    said = body(say, effects, NIGHT)
    assert "明天上午8:00" in said
    assert "0512-55550000" in said


def test_by_day_nobody_is_disturbed_in_private() -> None:
    assert to_staff(asks()) == {}


def test_asked_again_nobody_is_alarmed_twice() -> None:
    pending = Timer(1, "main", "hand_over_wait", "person:7", "person:7", NOW, 1)
    effects = asks(known={TimerOf("hand_over_wait", "person:7"): pending})
    assert keys(effects) == ["human.still_waiting"]
    assert not to_groups(effects)


def test_an_angry_resident_meets_calm_words() -> None:
    said = to_resident(asks("叫你们经理来", sentiment="angry"))
    assert "理解您的心情" in said
    assert "!" not in said


def test_every_reason_has_its_words_for_both_sides() -> None:
    for reason in get_args(Reason):
        effects = hand_over(facts("x"), reason)
        assert to_resident(effects)
        assert to_groups(effects)["service"]


def told(event: str, data: dict[str, Any], **given: Any) -> Any:
    return take_turn(facts(kind="told", data={"event": event, "data": data, "ticket": None}, **given))


def test_two_misunderstandings_bring_a_person() -> None:
    effects = told("need_person", {"reason": "misunderstood"}).effects
    assert "没能准确理解" in to_resident(effects)
    assert to_groups(effects)


def test_an_unknown_reason_still_brings_a_person() -> None:
    assert to_groups(told("need_person", {"reason": "whatever"}).effects)


def test_taken_the_chat_is_held_and_the_waiting_ends() -> None:
    pending = Timer(1, "main", "hand_over_wait", "person:7", "person:7", NOW, 1, {"task": "person:7@t"})
    turn = told("hold", {"staff_id": 6, "name": "前台"}, known={TimerOf("hand_over_wait", "person:7"): pending})
    assert turn.conversation.held_by == 6
    assert CancelTimer("person:7", "hand_over_wait") in turn.effects
    assert CloseTask("hand_over", "person:7@t") in turn.effects
    assert "前台" in to_resident(turn.effects)


def test_given_back_the_bot_speaks_again() -> None:
    turn = told("released", {}, conversation=Conversation(held_by=6))
    assert turn.conversation.held_by is None
    assert keys(turn.effects) == ["human.released"]


def waits(round_: int = 1, *, known: Any = None, **given: Any) -> list[Any]:
    data = {"reason": "asked", "round": round_, "task": "person:7@t"}
    given_facts = facts(kind="timer", known=known or {AllStaff(): (*STAFF, LEAD)}, **given)
    return wait.fire("hand_over_wait", "person:7", data, given_facts)


def test_when_nobody_comes_the_lead_is_told_and_the_resident_not_left_alone() -> None:
    effects = waits()
    assert list(to_staff(effects)) == [9]
    assert "久等" in to_resident(effects)


def test_the_next_rounds_climb_without_writing_to_the_resident_again() -> None:
    assert list(to_staff(waits(2))) == [4]
    assert list(to_staff(waits(3))) == [5]
    assert keys(waits(2)) == []
    assert not of(SetTimer, waits(3))


def test_without_a_lead_the_manager_is_told() -> None:
    assert list(to_staff(waits(known={AllStaff(): STAFF}))) == [4]


def test_without_anybody_the_managers_group_is_told() -> None:
    effects = waits(known={AllStaff(): ()})
    assert not of(SetTimer, effects)
    assert "manager" in to_groups(effects)
    assert not [say for say in of(Say, effects) if isinstance(say.to, ToStaff)]


def test_a_chat_that_was_taken_alarms_nobody() -> None:
    assert waits(conversation=Conversation(held_by=6)) == []


def test_a_hand_over_opens_no_ticket() -> None:
    assert not of(OpenTicket, asks())
