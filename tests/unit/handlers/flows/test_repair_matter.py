"""报修: one matter stays one ticket, of one household and of its neighbours (S-REPAIR-01 … -18)."""

import pytest

from handlers.effects import CancelTimer, ChangeTicket, Subscribe, Tell, ToGroup, ToStaff
from handlers.facts import SimilarTickets, TicketById
from nlp.meaning import Room
from storage.model import Home, TicketStatus
from tests.unit.handlers.factory import HOMES, meaning, ticket
from tests.unit.handlers.talks import Talk, keys_to

LEAK = meaning("厨房水管漏水", place="厨房", object="水管")
PHOTO = [{"kind": "image", "id": "m1"}]


# A matter in hand


def test_the_same_fault_again_goes_on_with_the_old_ticket() -> None:
    talk = Talk(tickets=(ticket(12, assignee_id=3),)).hears("厨房水管漏水", meaning=LEAK, media=PHOTO)
    assert talk.keys == ["repair.again"]
    assert not talk.opened
    change = talk.all(ChangeTicket)[0]
    assert (change.ticket, change.changes, change.extra) == (12, {"contacts": 2}, {"media": PHOTO})
    assert keys_to(talk.turn, ToStaff(3)) == ["repair.again_note"]
    assert keys_to(talk.turn, ToGroup("repair")) == ["repair.again_note"]


def test_the_manager_hears_of_the_third_contact() -> None:
    talk = Talk(tickets=(ticket(12, contacts=2),)).hears("厨房水管漏水", meaning=LEAK)
    assert keys_to(talk.turn, ToStaff(4)) == ["repair.again_note"]


@pytest.mark.parametrize(
    "said",
    [
        meaning("卫生间马桶漏水", place="卫生间", object="马桶"),
        meaning("另外一处也漏水", place="厨房"),
        meaning("厨房灯坏了", category="lighting", place="厨房", object="灯"),
        meaning("5-1-102厨房水管漏水", place="厨房", object="水管", room=Room(None, "5", "1", "102")),
    ],
)
def test_another_fault_is_another_ticket(said: object) -> None:
    talk = Talk(tickets=(ticket(12),)).hears(said.text, meaning=said)  # type: ignore[attr-defined]
    assert talk.asked == "repair.visit"


def test_a_fault_that_came_back_is_rework_not_a_new_ticket() -> None:
    said = meaning("厨房水管又漏了", place="厨房", object="水管")
    done = ticket(12, status=TicketStatus.CLOSED)
    talk = Talk(tickets=(done,)).hears("厨房水管又漏了", meaning=said)
    assert talk.keys == ["repair.rework"]
    change = talk.all(ChangeTicket)[0]
    assert (change.changes["status"], change.changes["reopened"]) == (TicketStatus.REOPENED, 1)
    assert "ticket.alert.unhappy" in keys_to(talk.turn, ToGroup("repair"))


def test_not_mended_without_more_means_the_one_finished_job() -> None:
    said = meaning("根本没修好", category="other")
    assert Talk(tickets=(ticket(12, status=TicketStatus.DONE),)).hears("根本没修好", meaning=said).keys == [
        "repair.rework"
    ]


def test_a_new_fault_after_a_finished_one_is_new() -> None:
    talk = Talk(tickets=(ticket(12, status=TicketStatus.CLOSED),)).hears("厨房水管漏水", meaning=LEAK)
    assert talk.asked == "repair.visit"


def test_too_many_open_tickets_bring_a_person() -> None:
    many = tuple(ticket(n, category=f"c{n}") for n in range(10))
    assert Talk(tickets=many).hears("厨房水管漏水", meaning=LEAK).keys == ["human.handed.open"]


# Neighbours


LIFT = meaning("电梯坏了", category="lift", object="电梯", place="电梯")


def test_a_public_fault_that_is_known_is_followed() -> None:
    known = ticket(20, category="lift", home=None, place="电梯", public_area=True, reporter_lane="person:9")
    talk = Talk(known={SimilarTickets("repair", "lift", "3"): (known,)}).hears("电梯坏了", meaning=LIFT)
    assert talk.keys == ["repair.subscribed"]
    assert talk.all(Subscribe)[0].ticket == 20
    assert not talk.opened


@pytest.mark.parametrize(
    "other",
    [
        ticket(20, category="lift", home=None, place="电梯", public_area=True, unit="1", reporter_lane="person:9"),
        ticket(20, category="lift", home=None, place="大堂", public_area=True, reporter_lane="person:9"),
        ticket(20, category="lift", place="电梯", reporter_lane="person:9"),
    ],
)
def test_another_spot_is_another_ticket(other: object) -> None:
    talk = Talk(known={SimilarTickets("repair", "lift", "3"): (other,)}).hears("电梯坏了", meaning=LIFT)
    assert len(talk.opened) == 1


NO_WATER = meaning("家里停水了", category="water_supply", object="水", urgency="urgent")


def household(id_: int, home: Home, lane: str) -> object:
    return ticket(id_, category="water_supply", home=home, place=None, object=None, reporter_lane=lane)


def outage(*tickets: object) -> Talk:
    return Talk(known={SimilarTickets("repair", "water_supply", "3"): tickets}).hears("家里停水了", meaning=NO_WATER)


def test_two_households_are_two_tickets() -> None:
    assert outage(household(20, HOMES[4], "person:9")).keys == ["repair.opened.urgent"]


def test_from_the_third_household_a_master_is_opened_and_the_others_join() -> None:
    first = household(20, Home(30, "main", None, "3", "2", "502"), "person:9")
    second = household(21, Home(31, "main", None, "3", "2", "503"), "user:webchat.main:x")
    talk = outage(first, second)
    opened = talk.opened[0]
    assert (opened.public_area, opened.home, opened.building, opened.unit) == (True, None, "3", "2")
    assert opened.extra["master"] is True
    assert talk.keys == ["repair.opened.mass"]
    tells = talk.all(Tell)
    assert [(tell.lane, tell.event, tell.data) for tell in tells] == [
        ("person:9", "merged", {"old": 20}),
        ("user:webchat.main:x", "merged", {"old": 21}),
    ]


def test_a_later_household_follows_the_master() -> None:
    master = ticket(30, category="water_supply", home=None, extra={"master": True}, reporter_lane="person:9")
    talk = outage(master)
    assert talk.keys == ["repair.subscribed"]
    assert not talk.opened


def test_the_earlier_report_joins_in_its_own_lane() -> None:
    old = ticket(20, category="water_supply")
    talk = Talk(known={TicketById(20): old}).told("merged", 30, old=20)
    change = talk.all(ChangeTicket)[0]
    assert change.changes == {"status": TicketStatus.MERGED, "merged_into": 30}
    assert talk.all(Subscribe)[0].ticket == 30
    assert talk.all(CancelTimer)
    assert (talk.keys, talk.say("repair.merged").kind) == (["repair.merged"], "push")


@pytest.mark.parametrize("old", [None, ticket(20, status=TicketStatus.CLOSED)])
def test_a_report_that_ended_meanwhile_is_left_alone(old: object) -> None:
    assert not Talk(known={TicketById(20): old}).told("merged", 30, old=20).turn.effects
