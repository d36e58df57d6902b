"""报修: what was filed is put right, and told in few words (S-REPAIR-01 … -18)."""

import pytest

from handlers.effects import ChangeTicket, ToGroup, ToStaff
from handlers.flows.parts.spot import block_of
from handlers.flows.parts.story import brief, is_told, only_frame
from nlp.meaning import Room
from storage.model import Home, TicketStatus
from tests.unit.handlers.factory import NOW, act, meaning, ticket, vague, window
from tests.unit.handlers.talks import Talk, keys_to

# Putting right


def corrected(text: str, said: object, **fields: object) -> Talk:
    filed = ticket(12, created_at=NOW, assignee_id=3, **fields)
    return Talk(tickets=(filed,)).hears(text, meaning=said)


def test_another_time_moves_the_limit_too() -> None:
    talk = corrected("不对，是后天上午", vague("不对，是后天上午", time=window(24, 8, 12)))
    changes = talk.all(ChangeTicket)[0].changes
    assert changes["wanted_start"] == window(24, 8, 12).start
    assert changes["finish_due"] == window(24, 8, 12).end
    assert talk.timers["finish_breach"].due_at == window(24, 8, 12).end
    assert keys_to(talk.turn, ToStaff(3)) == ["repair.corrected_card"]
    assert keys_to(talk.turn, ToGroup("repair")) == ["repair.corrected_note"]


def test_a_room_number_alone_is_completed_by_the_ticket() -> None:
    lower = Home(40, "main", None, "3", "2", "401")
    from handlers.facts import HomesLike

    filed = ticket(12, created_at=NOW)
    known = {HomesLike(Room(building="3", unit="2", room="401")): (lower,)}
    talk = Talk(tickets=(filed,), known=known).hears("不对，是401", meaning=vague("不对，是401", room=Room(room="401")))
    assert talk.all(ChangeTicket)[0].changes["home"] == lower


def test_an_unknown_room_changes_nothing() -> None:
    talk = corrected("不对，是99栋", vague("不对，是99栋", room=Room(building="99")), home=None)
    assert talk.keys == ["repair.bad.home.unknown"]
    assert not talk.all(ChangeTicket)


def test_a_detail_said_right_after_filing_is_added() -> None:
    said = vague("是卫生间的马桶后面", place="卫生间", object="马桶")
    talk = corrected("是卫生间的马桶后面", said)
    assert talk.keys == ["repair.corrected"]
    assert talk.all(ChangeTicket)[0].changes["place"] == "卫生间"


def test_a_detail_that_says_nothing_is_no_correction() -> None:
    assert corrected("是这样的啊", vague("是这样的啊")).keys == ["common.unsure_all"]


def test_place_and_thing_are_put_right() -> None:
    said = meaning("不对，是阳台的洗衣机龙头", place="阳台", object="洗衣机龙头")
    changes = corrected("不对，是阳台的洗衣机龙头", said).all(ChangeTicket)[0].changes
    assert (changes["place"], changes["object"]) == ("阳台", "洗衣机龙头")
    assert changes["summary"].startswith("厨房水管漏水")


def test_a_ticket_past_correcting_is_left_alone() -> None:
    merged = ticket(12, created_at=NOW, status=TicketStatus.CLOSED)
    talk = Talk(tickets=(merged,)).hears(
        "不对，电话13900002222", meaning=vague("不对，电话13900002222", phone="13900002222")
    )
    assert not talk.all(ChangeTicket)


# Words


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("厨房水管漏水，明天下午三点来修", "厨房水管漏水"),
        ("5-1-102，客厅灯不亮了，尽快", "客厅灯不亮了"),
        ("另外门锁也坏了", "门锁也坏了"),
        ("你好", "你好"),
    ],
)
def test_a_matter_is_told_without_what_has_its_own_field(text: str, short: str) -> None:
    assert brief([text], visits=True) == short


def test_the_hour_of_a_nuisance_belongs_to_its_story() -> None:
    assert brief(["楼上晚上11点还在蹦迪"]) == "楼上晚上11点还在蹦迪"


def test_an_announcement_tells_nothing() -> None:
    assert not is_told("我想报修一下", "我|想|报修|一下")
    assert is_told("我想报修马桶", "我|想|报修|一下")


def test_an_address_alone_answers_no_question_for_words() -> None:
    assert only_frame("3栋2单元601")
    assert not only_frame("3栋2单元601太吵")


def test_a_spot_without_building_has_no_block() -> None:
    assert block_of({"building": None, "unit": "2", "place": "大门"}) == ""
    assert block_of({"building": "3", "unit": None, "place": "电梯"}) == "3栋"


def test_two_faults_told_one_after_the_other_share_home_and_phone() -> None:
    both = meaning(
        "水龙头坏了，马桶也堵了",
        act(text="水龙头坏了", object="水龙头"),
        act("repair", "drain", "马桶也堵了", object="马桶"),
    )
    talk = Talk(person=None).hears("水龙头坏了，马桶也堵了", meaning=both)
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")))
    talk.hears("13900002222", meaning=vague("13900002222", phone="13900002222")).hears("尽快")
    assert [(opened.category, opened.contact_phone) for opened in talk.opened] == [
        ("water_leak", "13900002222"),
        ("drain", "13900002222"),
    ]
    assert talk.asked is None
