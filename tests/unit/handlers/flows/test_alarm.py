"""突发: safety words first, alarm at once, one question where (S-EMERG-01, SLA-16)."""

import pytest

from handlers.effects import ChangeTicket, OpenTicket, Say, ToGroup, ToSpeaker, ToStaff
from handlers.rules.danger import kind_of, property_only
from handlers.texts import Texts
from nlp.meaning import Room
from storage.model import TicketType
from tests.unit.handlers.factory import HOME, NOW, meaning, ticket, vague
from tests.unit.handlers.talks import Talk, keys_to


def alarm(text: str, category: str, **slots: object) -> object:
    return meaning(text, intent="emergency", category=category, urgency="emergency", **slots)


def test_people_in_danger_are_an_emergency_ticket_and_everybody_hears() -> None:
    said = alarm("12栋电梯困人了", "lift", place="电梯", room=Room(building="12"))
    talk = Talk(person=None).hears("12栋电梯困人了", meaning=said)
    opened = talk.opened[0]
    assert (opened.type, opened.urgency, opened.building, opened.place) == (
        TicketType.EMERGENCY,
        "emergency",
        "12",
        "电梯",
    )
    assert talk.keys == ["emergency.lift"]
    assert talk.around("emergency.lift") == ["common.greeting"]
    assert talk.say("emergency.lift").urgent
    assert keys_to(talk.turn, ToGroup("repair")) == ["ticket.alert.emergency"]
    assert all("ticket.card" in keys_to(talk.turn, ToStaff(id_)) for id_ in (1, 2, 4, 5))


def test_water_that_hurts_nobody_is_a_repair_at_the_highest_urgency() -> None:
    talk = Talk().hears("厨房水管爆了", meaning=alarm("厨房水管爆了", "water_leak", place="厨房", object="水管"))
    opened = talk.opened[0]
    assert (opened.type, opened.urgency, opened.home) == (TicketType.REPAIR, "emergency", HOME)
    assert opened.extra["retroactive"] is True
    assert talk.say("emergency.water").params["where"] == "3栋2单元501厨房"


def test_the_alarm_does_not_wait_for_the_place() -> None:
    talk = Talk(person=None).hears("着火了", meaning=alarm("着火了", "fire"))
    assert isinstance(talk.turn.effects[0], OpenTicket)
    assert talk.keys == ["emergency.fire", "whereabouts.ask.where"]


def test_a_lift_needs_its_building() -> None:
    talk = Talk(person=None).hears("电梯困人", meaning=alarm("电梯困人", "lift", place="电梯"))
    assert talk.asked == "whereabouts.where"


def burning(**fields: object) -> object:
    values = {"type": TicketType.EMERGENCY, "urgency": "emergency", "category": "fire", "group": "order"}
    return ticket(12, **(values | {"extra": {"danger": "fire"}, "created_at": NOW, "assignee_id": 3} | fields))


def test_the_place_reaches_everybody_on_the_way() -> None:
    talk = Talk(person=None).hears("着火了", meaning=alarm("着火了", "fire"))
    talk.hears(
        "3栋2单元楼道", meaning=vague("3栋2单元楼道", room=Room(None, "3", "2"), place="楼道"), tickets=(burning(),)
    )
    change = talk.all(ChangeTicket)[0]
    assert (change.changes["building"], change.changes["unit"], change.changes["place"]) == ("3", "2", "楼道")
    assert keys_to(talk.turn, ToGroup("order")) == ["emergency.located"]
    assert keys_to(talk.turn, ToStaff(3)) == ["emergency.located"]
    assert keys_to(talk.turn, ToStaff(1)) == ["emergency.located"]
    assert talk.keys == ["emergency.on_the_way"]
    assert talk.around("emergency.on_the_way") == []


def test_a_room_as_place_gives_the_home() -> None:
    talk = Talk(person=None).hears("着火了", meaning=alarm("着火了", "fire"))
    said = vague("3-2-501", room=Room(None, "3", "2", "501"))
    talk.hears("3-2-501", meaning=said, tickets=(burning(),))
    assert talk.all(ChangeTicket)[0].changes["home"] == HOME


def test_the_block_is_not_repeated_in_the_place() -> None:
    talk = Talk(person=None).hears("着火了", meaning=alarm("着火了", "fire"))
    said = vague("3栋2单元天台边上", room=Room(None, "3", "2"))
    talk.hears("3栋2单元天台边上", meaning=said, tickets=(burning(),))
    assert talk.all(ChangeTicket)[0].changes["place"] == "天台边上"


def test_a_place_after_the_alarm_ended_changes_nothing() -> None:
    talk = Talk(person=None).hears("着火了", meaning=alarm("着火了", "fire")).hears("东门旁边")
    assert not talk.all(ChangeTicket)


def test_a_word_without_letters_is_asked_again() -> None:
    talk = Talk(person=None).hears("着火了", meaning=alarm("着火了", "fire")).hears("。。。", meaning=vague("。。。"))
    assert talk.keys == ["whereabouts.bad.where.short"]


def test_further_alarms_about_the_same_danger_are_one_record() -> None:
    talk = Talk(tickets=(burning(),)).hears("还在烧，快来", meaning=alarm("还在烧，快来", "fire"))
    assert not talk.opened
    assert talk.all(ChangeTicket)[0].changes == {"contacts": 2}
    assert talk.keys == ["emergency.fire.again"]
    assert keys_to(talk.turn, ToGroup("order")) == ["emergency.again_note"]
    assert keys_to(talk.turn, ToStaff(3)) == ["emergency.again_note"]


def test_another_danger_is_another_alarm() -> None:
    talk = Talk(tickets=(burning(),)).hears("有人触电", meaning=alarm("有人触电", "electricity", place="厨房"))
    assert talk.opened[0].extra["danger"] == "electric"


def test_the_address_said_in_a_form_is_not_lost() -> None:
    talk = Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))
    talk.hears("3-2-501", meaning=vague("3-2-501", room=Room(None, "3", "2", "501")))
    talk.hears("水管爆了", meaning=alarm("水管爆了", "water_leak", object="水管"))
    assert talk.opened[0].home == HOME


def test_an_unknown_room_still_raises_the_alarm() -> None:
    said = alarm("99栋101着火", "fire", room=Room(building="99", room="101"))
    opened = Talk(person=None).hears("99栋101着火", meaning=said).opened[0]
    assert (opened.home, opened.building) == (None, "99")


def test_the_all_clear_is_told_to_everybody() -> None:
    over = meaning("火灭了，没事了", intent="progress", category="fire", closed=True)
    talk = Talk(tickets=(burning(),)).hears("火灭了，没事了", meaning=over)
    assert talk.keys == ["emergency.all_clear"]
    assert keys_to(talk.turn, ToGroup("order")) == ["emergency.all_clear_note"]
    assert keys_to(talk.turn, ToStaff(3)) == ["emergency.all_clear_note"]
    free = Talk(tickets=(burning(assignee_id=None),)).hears("火灭了，没事了", meaning=over)
    assert keys_to(free.turn, ToStaff(3)) == []


@pytest.mark.parametrize(
    ("category", "text", "kind"),
    [
        ("gas", "x", "gas"),
        ("other", "闻到煤气味", "gas"),
        ("other", "有人晕倒了", "medical"),
        ("other", "孩子走失了", "missing"),
        ("other", "出事了", "other"),
    ],
)
def test_kinds_of_danger(category: str, text: str, kind: str) -> None:
    assert kind_of(category, text) == kind


@pytest.mark.parametrize(
    ("kind", "text", "only"),
    [
        ("water", "水管爆了", True),
        ("water", "水淹了老人被困", False),
        ("water", "家里没人水管爆了", True),
        ("fire", "着火", False),
    ],
)
def test_only_water_may_be_about_property_alone(kind: str, text: str, only: bool) -> None:
    assert property_only(kind, text) is only


@pytest.mark.parametrize(
    "kind", ["fire", "gas", "lift", "electric", "water", "falling", "crime", "medical", "missing", "other"]
)
def test_every_danger_has_its_safety_words(kind: str) -> None:
    texts = Texts.load()
    assert texts.known(f"emergency.{kind}")
    assert texts.known(f"emergency.{kind}.again")


def test_the_safety_sentence_goes_to_the_speaker_as_a_reply() -> None:
    talk = Talk().hears("厨房着火了", meaning=alarm("厨房着火了", "fire", place="厨房"))
    said = talk.say("emergency.fire")
    assert (said.to, said.kind) == (ToSpeaker(), "reply")
    assert isinstance(said, Say)
