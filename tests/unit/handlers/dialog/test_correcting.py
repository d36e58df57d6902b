"""Putting right what was heard, and doubt about what was meant (style.md 5, design.md 3)."""

from datetime import timedelta

import pytest

from handlers.effects import (
    ChangeTicket,
    Phrase,
)
from nlp.meaning import Reading, Room
from storage.model import TicketType
from tests.unit.handlers.factory import (
    NOW,
    OTHER_HOME,
    meaning,
    ticket,
    vague,
    window,
)
from tests.unit.handlers.talks import FEE, LEAK, Talk, leak

# Correcting


def test_a_correction_in_a_form_hears_filled_slots_again() -> None:
    talk = leak().hears("不对，是5-1-102", meaning=vague("不对，是5-1-102", room=Room(None, "5", "1", "102")))
    assert talk.answers["home"]["id"] == OTHER_HOME.id
    assert talk.around("repair.ask.visit") == ["common.corrected"]


def test_of_two_rooms_in_a_correction_the_last_counts() -> None:
    rooms = (Room(building="12", room="1201"), Room(building="12", room="1202"))
    said = vague("不是1201，是1202", room=rooms[0], rooms=rooms)
    talk = leak().hears("不是1201，是1202", meaning=said)
    assert talk.answers["home"]["room"] == "1202"


def test_of_two_phones_in_a_correction_the_last_counts() -> None:
    text = "不是13900001111，是13900002222"
    talk = Talk(person=None).hears(
        "水龙头坏了，13900001111", meaning=meaning("水龙头坏了，13900001111", object="水龙头", phone="13900001111")
    )
    talk.hears(text, meaning=vague(text, phone="13900001111"))
    assert talk.answers["phone"] == "13900002222"


def unsure_leak() -> Talk:
    """A complete request that waits for its yes."""
    said = meaning("厨房水管漏水，明天下午来", place="厨房", object="水管", time=window(23, 13, 18), confidence=0.6)
    return Talk().hears("厨房水管漏水，明天下午来", meaning=said)


def test_no_at_the_confirmation_asks_what_is_wrong_and_hears_it() -> None:
    talk = unsure_leak()
    assert talk.asked == "repair.confirm"
    talk.hears("不对")
    assert talk.keys == ["common.correct_what"]
    talk.hears("是5-1-102", meaning=vague("是5-1-102", room=Room(None, "5", "1", "102")))
    assert talk.keys == ["repair.ask.confirm"]
    assert talk.say("repair.ask.confirm").params["where"] == "5栋1单元102厨房"


def test_corrections_that_are_not_understood_bring_a_person() -> None:
    talk = unsure_leak().hears("不对").hears("不对不对").hears("错了")
    assert talk.keys[-1] == "human.handed.open"


def test_after_a_no_the_card_may_still_be_confirmed() -> None:
    assert unsure_leak().hears("不对").hears("哦没错，确认").keys == ["repair.opened.visit"]


def test_a_filed_ticket_is_put_right_within_the_talk() -> None:
    filed = ticket(12, created_at=NOW)
    talk = Talk(tickets=(filed,)).hears(
        "不对，是5-1-102", meaning=vague("不对，是5-1-102", room=Room(None, "5", "1", "102"))
    )
    assert talk.keys == ["repair.corrected"]
    assert talk.all(ChangeTicket)[0].changes["home"] == OTHER_HOME


def test_no_after_filing_asks_what_is_wrong() -> None:
    talk = Talk(tickets=(ticket(12, created_at=NOW),)).hears("不对")
    assert talk.keys == ["common.correct_what"]
    talk.hears("电话13900002222", meaning=vague("电话13900002222", phone="13900002222"))
    assert talk.all(ChangeTicket)[0].changes == {"contact_phone": "13900002222"}


def test_an_unclear_correction_is_asked_about_only_once() -> None:
    talk = Talk(tickets=(ticket(12, created_at=NOW),)).hears("不对").hears("呃呃")
    assert talk.keys == ["common.unsure_all"]


def test_an_old_ticket_is_not_corrected_by_a_bare_no() -> None:
    old = ticket(12, created_at=NOW - timedelta(hours=3))
    assert Talk(tickets=(old,)).hears("不对").keys == ["common.goodbye"]


def test_no_form_corrects_an_emergency() -> None:
    alarm = ticket(12, type=TicketType.EMERGENCY, created_at=NOW)
    assert "common.correct_what" not in Talk(tickets=(alarm,)).hears("不对").keys


# Low confidence


def doubtful(text: str, first: float = 0.4) -> object:
    choices = (Reading("repair", "water_supply", first), Reading("inquiry", "water_supply", 0.3))
    return meaning(text, category="water_supply", confidence=first, choices=choices)


def test_doubt_is_one_question_with_the_two_likeliest_readings() -> None:
    talk = Talk().hears("水那个事", meaning=doubtful("水那个事"))
    assert talk.keys == ["common.unsure"]
    labels = [button.label for button in talk.say("common.unsure").buttons]
    assert labels == [Phrase("label.wish.repair"), Phrase("label.wish.inquiry")]


@pytest.mark.parametrize("answer", ["1", "第一个"])
def test_the_reading_is_chosen_by_number(answer: str) -> None:
    talk = Talk().hears("厨房没水那个事", meaning=doubtful("厨房没水那个事")).hears(answer)
    assert talk.conversation.misunderstood == 0
    assert [opened.category for opened in talk.opened] == ["water_supply"] or talk.asked == "repair.visit"


def test_the_reading_is_chosen_by_tap_or_by_name() -> None:
    first = Talk().hears("厨房没水那个事", meaning=doubtful("厨房没水那个事"))
    assert Talk(conversation=first.conversation).taps("reading:1").asked == "repair.visit"
    named = Talk(conversation=first.conversation).hears("报修", meaning=vague("报修"))
    assert named.asked == "repair.visit"


def test_clear_words_after_a_doubt_are_a_matter_of_their_own() -> None:
    talk = Talk().hears("都可以的那个", meaning=doubtful("都可以的那个")).hears("厨房水管漏水", meaning=LEAK)
    assert talk.answers["problem"] == ["厨房水管漏水"]


def test_two_doubts_in_a_row_bring_a_person() -> None:
    talk = Talk().hears("水那个事", meaning=doubtful("水那个事")).hears("就那个", meaning=doubtful("就那个"))
    assert talk.keys == ["human.handed.open"]
    assert talk.conversation.misunderstood == 0


def test_a_clear_wish_after_a_doubt_starts_anew() -> None:
    talk = Talk().hears("水那个事", meaning=doubtful("水那个事")).hears("物业费怎么交", meaning=FEE)
    assert talk.conversation.misunderstood == 0


def test_nothing_recognised_offers_the_four_main_wishes() -> None:
    talk = Talk().hears("asdf")
    assert [b.key for b in talk.say("common.unsure_all").buttons] == [f"reading:{n}" for n in (1, 2, 3, 4)]
    assert talk.hears("9").keys == ["human.handed.open"]
