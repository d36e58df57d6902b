"""The desk writes down what came by other ways (S-REC-02, S-REC-22): kind, caller, room, what a group may read."""

import pytest

from handlers import facts as f
from handlers.effects import OpenTicket, Record
from nlp.meaning import Room
from storage.model import Residency, Tenure, TicketType
from tests.unit.handlers.factory import HOME, NOW, OWNER
from tests.unit.handlers.staff.speaking import DESK, GUARD, LI, keys, of, said

TODAY = NOW.date()


def known() -> dict[f.Query[object], object]:
    room = Room(building="3", unit="2", room="501")
    return {
        f.HomesLike(room): (HOME,),
        f.ResidentsOf(HOME.id, TODAY): ((OWNER, Residency(OWNER.id, HOME, Tenure.OWNER)),),
        f.LaneOfPerson(OWNER.id): "person:7",
    }


def entered(text: str) -> OpenTicket:
    (opened,) = of(OpenTicket, said(DESK, text, answers=known()))
    assert isinstance(opened, OpenTicket)
    return opened


@pytest.mark.parametrize(
    ("text", "kind", "channel"),
    [
        ("来访 3-2-501 厨房漏水", TicketType.REPAIR, "visit"),
        ("来电 3-2-501 想问办证要带什么", TicketType.INQUIRY, "phone"),
        ("意见箱 希望多放几个垃圾桶在门口", TicketType.SUGGESTION, "box"),
    ],
)
def test_an_unsure_reading_gives_way_to_what_the_words_say(text: str, kind: TicketType, channel: str) -> None:
    opened = entered(text)
    assert (opened.type, opened.extra["channel"]) == (kind, channel)


def test_the_phone_is_the_contact_and_not_in_the_words() -> None:
    opened = entered("来电 3-2-501 13900001234 马桶堵了")
    assert opened.contact_phone == "13900001234"
    assert opened.summary == "马桶堵了"


def test_a_stranger_with_another_name_is_not_taken_for_the_resident() -> None:
    assert entered("来访 3-2-501 欧女士 楼下漏水").on_behalf_of is None


def test_what_was_settled_on_the_spot_is_a_line_without_a_ticket() -> None:
    steps = said(DESK, "来访 3-2-501 问缴费方式，已当场答复", answers=known())
    assert of(OpenTicket, steps) == []
    (line,) = of(Record, steps)
    assert (line.kind, line.data["outcome"]) == ("visit", "settled")


def test_only_the_desk_writes_calls_down_but_everybody_patrols() -> None:
    assert keys(said(LI, "来电 3-2-501 厨房漏水", answers=known())) == ["staff.refused.who"]
    (found,) = of(OpenTicket, said(GUARD, "巡视 东门路灯不亮", answers=known()))
    assert (found.public_area, found.extra["channel"]) == (True, "patrol")


def test_a_bare_word_asks_for_the_rest() -> None:
    assert keys(said(DESK, "来电")) == ["entry.content"]
