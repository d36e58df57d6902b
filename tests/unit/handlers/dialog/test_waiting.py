"""How a talk ends, waits and goes on: silence, kept forms, pushed questions (design.md 10)."""

from datetime import timedelta

import pytest

from handlers.effects import (
    ToGroup,
)
from handlers.facts import BillByNumber, TicketById
from nlp.meaning import Room
from storage.model import TicketStatus
from tests.unit.handlers.factory import (
    NOW,
    meaning,
    ticket,
    vague,
    window,
)
from tests.unit.handlers.talks import FEE, Talk, keys_to, leak


def unsure_leak() -> Talk:
    """A complete request that waits for its yes."""
    said = meaning("厨房水管漏水，明天下午来", place="厨房", object="水管", time=window(23, 13, 18), confidence=0.6)
    return Talk().hears("厨房水管漏水，明天下午来", meaning=said)


# The end of a talk


def settled() -> Talk:
    said = meaning("厨房水管漏水，明天下午三点来修", place="厨房", object="水管", time=window(23, 15))
    return Talk().hears("厨房水管漏水，明天下午三点来修", meaning=said)


@pytest.mark.parametrize(
    ("text", "key"), [("没有了", "common.goodbye"), ("好的", "common.goodbye"), ("有", "common.go_on")]
)
def test_the_answer_to_anything_else(text: str, key: str) -> None:
    assert settled().hears(text).keys == [key]


def test_the_answer_to_anything_else_may_be_a_new_matter() -> None:
    assert settled().hears("物业费怎么交", meaning=FEE).keys[0].startswith("payment.")


def test_a_bare_wish_opens_its_form() -> None:
    assert (
        Talk().hears("我要报修", meaning=meaning("我要报修", intent="inquiry", category="decoration")).asked
        == "repair.problem"
    )


def test_nobody_knows_what_to_do_with_a_foreign_wish() -> None:
    other = meaning("帮我写作业", intent="other", category="other", confidence=0.9)
    assert Talk().hears("帮我写作业", meaning=other).keys == ["common.other"]


# Silence


def test_waiting_sets_the_clocks_of_silence() -> None:
    talk = leak()
    assert talk.timers["idle_ask"].due_at == NOW + timedelta(minutes=10)
    assert talk.timers["idle_close"].due_at == NOW + timedelta(minutes=30)
    assert talk.timers["idle_ask"].subject == "person:7"


def test_a_request_that_waits_for_its_yes_is_filed_after_ten_minutes() -> None:
    talk = unsure_leak()
    assert "idle_ask" not in talk.timers
    talk.fires("silent_file", now=NOW + timedelta(minutes=10))
    assert talk.keys == ["repair.opened.silent"]
    assert talk.say("repair.opened.silent").kind == "push"
    assert not talk.conversation.frames


def test_no_clock_runs_when_nothing_is_expected() -> None:
    talk = Talk().hears("谢谢", meaning=meaning("谢谢", intent="greeting", category="thanks", closed=True))
    assert not talk.timers


# Kept forms


def kept() -> Talk:
    """A stranger who fell silent before he said where; 30 minutes later the talk was closed."""
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    return talk.fires("idle_close", now=NOW + timedelta(minutes=30))


def test_a_half_filled_form_is_kept_and_he_is_told() -> None:
    talk = kept()
    assert talk.keys == ["common.closed_kept"]
    assert talk.conversation.said == {"kind": "kept"}
    assert talk.timers["form_expire"].due_at == NOW + timedelta(days=7, minutes=30)


NEXT_DAY = NOW + timedelta(days=1)


def test_the_next_contact_is_answered_first_then_the_form_is_offered() -> None:
    talk = kept().hears("物业费怎么交", meaning=FEE, now=NEXT_DAY)
    assert talk.keys[-1] == "common.offer"
    assert talk.keys[0].startswith("payment.")
    assert talk.hears("接着办", kind="tap", data={"key": "yes"}, now=NEXT_DAY).keys == ["repair.ask.home"]


def test_the_offer_may_be_declined() -> None:
    talk = kept().hears("物业费怎么交", meaning=FEE, now=NEXT_DAY).hears("不用了", now=NEXT_DAY)
    assert talk.keys == ["common.dropped"]
    assert not talk.conversation.frames


def test_the_offer_may_be_overheard_for_the_answer_itself() -> None:
    talk = kept().hears("物业费怎么交", meaning=FEE, now=NEXT_DAY)
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")), now=NEXT_DAY)
    assert talk.asked == "repair.phone"


def test_an_answer_resumes_a_kept_form_without_ado() -> None:
    talk = kept().hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")), now=NEXT_DAY)
    assert talk.keys == ["repair.ask.phone"]


def test_a_new_form_goes_first_and_the_kept_one_waits_beneath() -> None:
    noise = meaning("楼上太吵了", intent="complaint", category="noise", object="楼上")
    talk = kept().hears("楼上太吵了", meaning=noise, now=NEXT_DAY)
    assert [frame.form for frame in talk.conversation.frames] == ["repair", "complaint"]


def test_an_unclear_word_at_the_next_contact_is_asked_about() -> None:
    assert kept().hears("呃呃", now=NEXT_DAY).keys == ["common.unsure_all"]


# Pushed questions


def signing(*tickets: int) -> Talk:
    known = {TicketById(n): ticket(n, status=TicketStatus.DONE) for n in tickets}
    talk = Talk(known=known)
    for number in tickets:
        talk.told("finished", number)
    return talk


def test_a_pushed_question_is_a_push_and_starts_no_idle_clock() -> None:
    talk = signing(12)
    assert talk.say("sign_off.ask.solved").kind == "push"
    assert talk.say("sign_off.ask.solved").ticket == 12
    assert not talk.timers


def test_a_tap_answers_the_question_of_its_own_ticket() -> None:
    talk = signing(12, 13).taps("yes:12", "已解决")
    assert talk.say("sign_off.thanks").ticket == 12
    assert [frame.answers["ticket"] for frame in talk.conversation.frames] == [13]


def test_another_matter_leaves_a_pushed_question_open_without_nagging() -> None:
    talk = signing(12).hears("物业费怎么交", meaning=FEE)
    assert "sign_off.ask.solved" not in talk.keys
    assert talk.conversation.frames[-1].form == "sign_off"


def test_an_unclear_answer_to_a_pushed_question_asks_it_again() -> None:
    talk = signing(12).hears("呃呃")
    assert talk.keys == ["sign_off.ask.solved"]


def test_the_form_beneath_a_pushed_question_still_gets_its_answer() -> None:
    talk = leak(known={TicketById(12): ticket(12, status=TicketStatus.DONE)}).told("finished", 12)
    talk.hears("明天下午", meaning=vague("明天下午", time=window(23, 13, 18)))
    assert talk.keys == ["repair.opened.visit"]
    assert [frame.form for frame in talk.conversation.frames] == ["sign_off"]


def test_a_payment_notice_goes_to_its_listener() -> None:
    talk = Talk(known={BillByNumber("B-0"): None})
    talk.hears(kind="pay", data={"bill": "B-0", "amount_fen": 100, "transaction": "t"})
    assert keys_to(talk.turn, ToGroup("finance"))


def test_the_same_facts_give_the_same_turn() -> None:
    assert leak().turn == leak().turn


def test_the_group_hears_of_a_ticket_that_was_filed_on_giving_up() -> None:
    talk = leak().hears("哈哈哈").hears("嘻嘻")
    assert "ticket.alert.repair" in keys_to(talk.turn, ToGroup("repair"))
