"""Corners of the engine that ordinary talks do not reach."""

from dataclasses import replace

import pytest

from handlers.dialog.engine import MAX_STARTS, advance, ask, give_up, heard_more, next_slot, read_answer, run
from handlers.dialog.form import Finish, Hold, Rest, Start, Topic
from handlers.dialog.gather import pauses
from handlers.dialog.memory import Talk as State
from handlers.dialog.memory import silent_min, with_before
from handlers.dialog.settle import settle
from handlers.dialog.wishes import form_for, narrow, take
from handlers.effects import Button, Phrase, Say
from handlers.facts import TicketById
from handlers.registry import forms
from handlers.rules import Rules
from nlp.meaning import Act, Room
from storage.message import Conversation, Frame
from tests.unit.handlers.factory import NOW, act, facts, meaning, ticket, vague, window
from tests.unit.handlers.talks import Talk

EMPTY = State(Conversation())


def test_forms_that_start_each_other_are_stopped() -> None:
    with pytest.raises(RecursionError):
        run(EMPTY, facts("x"), [], depth=MAX_STARTS + 1)


def test_steps_are_done_in_order_around_a_started_form() -> None:
    talk = run(EMPTY, facts("x"), [Say("a"), Start("withdraw", {"ticket": 1}), Say("b")])
    assert [say.key for say in talk.effects if isinstance(say, Say)] == ["a", "b"]
    assert talk.top is not None
    assert talk.top.form == "withdraw"


def test_a_person_takes_and_gives_back_the_chat() -> None:
    held = run(EMPTY, facts("x"), [Hold(3)])
    assert held.conversation.held_by == 3
    assert run(held, facts("x"), [Hold(None)]).conversation.held_by is None


def test_a_topic_is_remembered_unless_a_question_waits() -> None:
    assert run(EMPTY, facts("x"), [Topic("payment")]).conversation.said == {"kind": "topic", "intent": "payment"}
    asked = State(Conversation(said={"kind": "offer"}))
    assert run(asked, facts("x"), [Topic("payment")]).conversation.said == {"kind": "offer"}


def test_a_location_at_the_confirmation_is_asked_about() -> None:
    said = meaning("厨房水管漏水，明天来", place="厨房", object="水管", time=window(23, 9, 11), confidence=0.6)
    talk = Talk().hears("厨房水管漏水，明天来", meaning=said).hears("不对")
    assert talk.hears("", data={"location": {"label": "东门"}}).asked == "repair.confirm"


def test_an_answer_with_buttons_is_a_question_of_its_own() -> None:
    state = replace(EMPTY.do(Say("progress.none", buttons=(Button("wish:repair", "x"),))), settled=True)
    assert settle(state, facts("x")).conversation.said == {}


def test_resting_without_keeping_drops_all_but_pushed_questions() -> None:
    frames = (Frame("repair", 1, {}, "problem"), Frame("sign_off", 1, {"ticket": 1}, "solved"))
    rested = run(State(Conversation(frames=frames)), facts("x"), [Rest(keep=False)])
    assert [frame.form for frame in rested.conversation.frames] == ["sign_off"]
    assert rested.conversation.said == {"kind": "closed"}


def test_finishing_without_a_form_does_nothing() -> None:
    assert run(EMPTY, facts("x"), [Finish({"silent": True})]) == EMPTY


def test_without_a_form_nothing_is_asked_heard_or_advanced() -> None:
    assert ask(EMPTY, facts("x")) == EMPTY
    assert advance(EMPTY, facts("x")) == EMPTY
    assert heard_more(EMPTY, facts("x")) is None
    assert read_answer(EMPTY, facts("x")) is None


def test_a_form_of_a_dropped_kind_is_left_behind() -> None:
    gone = State(Conversation(frames=(Frame("teleport", 1, {}, "where"),)))
    assert advance(gone, facts("x")).top is None
    assert ask(gone, facts("x")) == gone


def test_optional_slots_are_never_asked() -> None:
    form = forms()["complaint"]
    told = {"story": ["x"], "demand": "y", "happened": "z", "category": "noise", "given": []}
    assert next_slot(form, told, facts("x")) is None


def test_giving_up_without_a_form_brings_a_person() -> None:
    talk = give_up(EMPTY, facts("x"), "misunderstood")
    assert next(say.key for say in talk.effects if isinstance(say, Say)) == "human.handed.open"


def test_a_question_that_went_out_already_is_not_asked_again() -> None:
    state = State(Conversation(frames=(Frame("repair", 1, {}, "problem"),)), asked=True)
    assert ask(state, facts("x")) == state


def test_phrases_in_front_keep_their_order() -> None:
    say = with_before(with_before(Say("x", {"before": Phrase("c")}), (Phrase("b"),)), (Phrase("a"),))
    assert [phrase.key for phrase in say.params["before"]] == ["a", "b", "c"]


def test_who_was_never_heard_is_silent_without_end() -> None:
    assert silent_min(facts("x")) == float("inf")
    assert silent_min(facts("x", conversation=Conversation(touched_at=NOW))) == 0


def test_a_wish_nobody_serves_is_declined_kindly() -> None:
    talk = take(EMPTY, facts("x"), Act("dancing", "", 1.0, "x"))  # type: ignore[arg-type]  # a wish of a later version
    assert [say.key for say in talk.effects if isinstance(say, Say)] == ["common.other"]
    assert form_for("dancing") is None


def test_one_of_several_wishes_keeps_the_address_of_the_message() -> None:
    room = Room(building="3", unit="2", room="501")
    said = meaning("x", act(text="灯坏了", object="灯"), act("payment", "property_fee", "怎么交", room=room))
    one = narrow(facts("x", meaning=said), said.acts[0])
    assert one.meaning is not None
    assert (one.meaning.text, one.meaning.slots.room) == ("灯坏了", room)
    assert narrow(facts(""), act()) == facts("")


def test_a_tap_never_waits_for_a_burst() -> None:
    assert not pauses(facts("灯坏了", kind="tap", meaning=meaning("灯坏了"), rules=Rules()))
    held = Conversation(held_by=1)
    assert not pauses(facts("灯坏了", meaning=meaning("灯坏了"), rules=Rules(), conversation=held))


def test_a_location_while_something_is_corrected_is_no_correction() -> None:
    talk = Talk(conversation=Conversation(said={"kind": "correcting"}, touched_at=NOW))
    talk.hears("", data={"location": {"label": "东门"}})
    assert talk.keys == ["common.unsure_all"]


def test_a_correction_that_completes_the_form_files_it() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头", phone="13900001111"))
    talk.hears("不对，是3-2-501，尽快来", meaning=vague("不对，是3-2-501，尽快来", room=Room(None, "3", "2", "501")))
    assert talk.keys == ["repair.opened.soon"]


def test_a_refused_answer_twice_brings_a_person() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    for _ in range(2):
        talk.hears("99栋", meaning=vague("99栋", room=Room(building="99")))
    assert talk.keys == ["human.handed.open"]


def test_a_finished_withdrawal_ends_without_asking_for_more() -> None:
    open_ = ticket(12)
    talk = Talk(tickets=(open_,), known={TicketById(12): open_}).hears("取消报修").hears("取消")
    assert talk.keys == ["withdraw.done"]
    assert talk.around("withdraw.done") == []


def test_a_closed_word_in_a_withdrawal_is_left_to_the_closing() -> None:
    open_ = ticket(12)
    talk = Talk(tickets=(open_,), known={TicketById(12): open_}).hears("取消报修")
    talk.hears("谢谢你们哦", meaning=meaning("谢谢你们哦", intent="greeting", category="thanks", closed=True))
    assert talk.keys == ["common.you_are_welcome"]


def test_words_during_a_running_alarm_belong_to_it() -> None:
    alarm = ticket(12, urgency="emergency", category="lift", extra={"danger": "lift"}, created_at=NOW)
    talk = Talk(tickets=(alarm,)).hears("怎么还不来", meaning=meaning("怎么还不来", intent="progress", confidence=0.8))
    assert talk.keys == ["emergency.lift.again"]


def test_a_sure_other_wish_during_an_alarm_is_taken_as_such() -> None:
    alarm = ticket(12, urgency="emergency", category="lift", extra={"danger": "lift"}, created_at=NOW)
    fee = meaning("物业费怎么交", intent="payment", category="property_fee")
    assert Talk(tickets=(alarm,)).hears("物业费怎么交", meaning=fee).keys[0].startswith("payment.")
