"""完工签认, 撤单 and the end of a talk (S-REPAIR-13, S-REC-11)."""

import pytest

from handlers.effects import ChangeTicket, ToGroup, ToStaff
from handlers.facts import TicketById
from storage.model import TicketStatus
from tests.unit.handlers.factory import meaning, ticket
from tests.unit.handlers.talks import Talk, keys_to

DONE = ticket(12, status=TicketStatus.DONE)


def asked(found: object = DONE) -> Talk:
    """A resident who is asked whether ticket 12 is solved."""
    return Talk(known={TicketById(12): found}).told("finished", 12)


@pytest.mark.parametrize("text", ["确认", "修好了，谢谢师傅", "没有问题", "没问题了", "好了"])
def test_yes_confirms_with_thanks(text: str) -> None:
    talk = asked().hears(text)
    assert talk.all(ChangeTicket)[0].changes["status"] == TicketStatus.CONFIRMED
    assert talk.keys == ["sign_off.thanks"]


@pytest.mark.parametrize("text", ["有问题", "没修好", "还在漏水", "部分解决", "没有"])
def test_no_brings_the_job_back_with_an_apology(text: str) -> None:
    talk = asked().hears(text)
    change = talk.all(ChangeTicket)[0]
    assert (change.changes["status"], change.changes["urgency"]) == (TicketStatus.REOPENED, "urgent")
    assert talk.keys == ["sign_off.sorry.work"]
    assert keys_to(talk.turn, ToGroup("repair")) == ["ticket.alert.unhappy"]
    assert keys_to(talk.turn, ToStaff(2)) == ["ticket.card"]


def test_the_words_of_a_no_reach_the_repairman() -> None:
    talk = asked().hears("还在漏水，地上都是")
    assert talk.all(ChangeTicket)[0].reason == "还在漏水，地上都是"


def test_buttons_name_their_ticket() -> None:
    assert [button.key for button in asked().say("sign_off.ask.solved").buttons] == ["yes:12", "no:12"]


@pytest.mark.parametrize(("found", "keys"), [(None, []), (ticket(12, status=TicketStatus.CLOSED), ["sign_off.noted"])])
def test_a_ticket_that_moved_on_is_left_alone(found: object, keys: list[str]) -> None:
    talk = asked(found).hears("确认")
    assert talk.keys == keys
    assert not talk.all(ChangeTicket)


# Withdrawal


def withdrawing(found: object) -> Talk:
    return Talk(tickets=(ticket(12),), known={TicketById(12): found}).hears("取消报修")


def test_a_withdrawn_ticket_is_cancelled_after_one_question() -> None:
    talk = withdrawing(ticket(12))
    assert talk.asked == "withdraw.sure"
    talk.taps("yes", "取消")
    assert talk.all(ChangeTicket)[0].changes["status"] == TicketStatus.CANCELLED
    assert talk.keys == ["withdraw.done"]
    assert keys_to(talk.turn, ToGroup("repair")) == ["ticket.note.cancelled"]


def test_a_kept_ticket_goes_on() -> None:
    assert withdrawing(ticket(12)).hears("先不取消").keys == ["withdraw.kept"]


@pytest.mark.parametrize(
    ("found", "keys"), [(None, []), (ticket(12, status=TicketStatus.ARRIVED), ["withdraw.too_late"])]
)
def test_work_that_began_cannot_be_withdrawn(found: object, keys: list[str]) -> None:
    assert withdrawing(found).taps("yes", "取消").keys == keys


# Closing


def solved(text: str, **more: object) -> object:
    return meaning(text, intent="progress", closed=True, **more)


def test_a_fault_that_went_away_asks_about_its_ticket() -> None:
    two = (ticket(13, category="lighting"), ticket(12))
    talk = Talk(tickets=two, known={TicketById(12): two[1]}).hears("已经不漏了", meaning=solved("已经不漏了"))
    assert talk.asked == "withdraw.sure"
    assert talk.answers["ticket"] == 12


def test_good_news_about_a_finished_job_confirms_it() -> None:
    talk = Talk(tickets=(DONE,)).hears("已经好了，谢谢", meaning=solved("已经好了，谢谢"))
    assert talk.keys == ["sign_off.thanks"]
    assert Talk(tickets=(DONE,)).hears("确认").keys == ["sign_off.thanks"]


def test_good_news_about_nothing_is_answered_kindly() -> None:
    assert Talk().hears("已经不漏了", meaning=solved("已经不漏了")).keys == ["common.you_are_welcome"]


def test_thanks_for_work_are_praise() -> None:
    praise = meaning("张师傅修得真好，谢谢", intent="praise", category="thanks", closed=True)
    assert Talk().hears("张师傅修得真好，谢谢", meaning=praise).keys[0].startswith("praise.")


@pytest.mark.parametrize(
    ("text", "key"), [("好的", "common.at_service"), ("没事了", "common.goodbye"), ("不用", "common.goodbye")]
)
def test_bare_courtesies_get_one(text: str, key: str) -> None:
    assert Talk().hears(text).keys == [key]


def test_hurry_chases_the_open_ticket() -> None:
    assert Talk(tickets=(ticket(12),)).hears("快点").keys == ["progress.urged"]
    assert Talk().hears("快点").keys == ["common.at_service"]
