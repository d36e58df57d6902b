"""Who is it? Room first, then the phone tail; what does not fit plainly goes to a person, and nothing is revealed."""

from datetime import date
from typing import Any

from handlers.dialog.turn import take_turn
from handlers.effects import AddTask, Bind, OpenTicket, Record, Say, ToGroup, Unbind
from handlers.facts import BillsOf, LaneOfPerson, Recorded, ResidentsOf
from nlp.meaning import Meaning, Room
from storage.model import Bill, BillStatus, Person, Residency, Tenure
from tests.unit.handlers.factory import HOME, OTHER_HOME, OWNER, facts, meaning, vague
from tests.unit.handlers.wording import Chat, body, keys, of, titles, to_resident

DAY = date(2026, 11, 22)
WIFE = Person(9, "main", "沈月", "13700003333")
TENANT = Person(8, "main", "陈立", "13800002222")
OWNS = (OWNER, Residency(7, HOME, Tenure.OWNER))
BILL = Bill(1, "main", "WY001", 1, "物业费", "2026年10月", 32000, 0, date(2026, 11, 10), BillStatus.DUE)
STRANGER = "user:webchat.main:u1"


def known(*residents: tuple[Person, Residency], **more: Any) -> dict[Any, Any]:
    return {ResidentsOf(1, DAY): residents or (OWNS,), BillsOf(1): (BILL,)} | more


def said(text: str, **slots: Any) -> Meaning:
    return vague(text, **slots)


ROOM = Room(None, "3", "2", "501")


def asks_bill(chat: Chat, text: str = "我家欠多少物业费", **slots: Any) -> list[Any]:
    return chat.say(text, meaning(text, intent="payment", category="arrears", **slots))


def stranger(*residents: tuple[Person, Residency], more: dict[Any, Any] | None = None) -> Chat:
    return Chat(person=None, known=known(*residents) | (more or {}))


def test_room_and_tail_bind_at_once_and_the_waiting_wish_is_served() -> None:
    chat = stranger()
    first = to_resident(asks_bill(chat))
    assert "告知版本2026-01" in first
    second = to_resident(chat.say("3栋2单元501", said("3栋2单元501", room=ROOM)))
    assert chat.asked == "bind_home.tail"
    assert "告知版本" not in second
    effects = chat.say("1111")
    assert of(Bind, effects) == [Bind(7, 1, Tenure.OWNER, "2026-01")]
    assert keys(effects) == ["bind_home.done", "payment.card"]
    assert "320.00元" in to_resident(effects)
    assert chat.asked is None


def test_the_bind_comes_before_everything_that_depends_on_it() -> None:
    chat = stranger()
    asks_bill(chat, "这钱算错了吧", room=ROOM)
    effects = chat.say("尾号1111")
    assert effects.index(of(Bind, effects)[0]) < effects.index(of(OpenTicket, effects)[0])


def test_consent_is_recorded_with_notice_version_and_time() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    (consent,) = [record for record in of(Record, chat.say("1111")) if record.kind == "consent"]
    assert consent.subject == "person:7"
    assert consent.data["notice"] == "2026-01"
    assert consent.data["at"].startswith("2026-11-22")


def test_a_room_told_at_once_still_shows_the_notice_first() -> None:
    chat = stranger()
    text = to_resident(asks_bill(chat, "3栋2单元501欠多少", room=ROOM))
    assert chat.asked == "bind_home.tail"
    assert "告知版本" in text


def test_everything_in_one_message_needs_no_question() -> None:
    chat = stranger()
    effects = asks_bill(chat, "3栋2单元501，登记电话尾号1111，查欠费", room=ROOM)
    assert of(Bind, effects)


def test_a_full_phone_number_is_as_good_as_its_tail() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    assert of(Bind, chat.say("13900001111"))


def test_an_ambiguous_room_asks_for_the_rest() -> None:
    chat = stranger()
    asks_bill(chat)
    assert keys(chat.say("501", said("501", room=Room(room="501")))) == ["bind_home.bad.home.several"]
    chat.say("3栋2单元的", said("3栋2单元的", room=Room(None, "3", "2")))
    assert chat.asked == "bind_home.tail"


def test_an_unknown_room_is_asked_again_politely() -> None:
    chat = stranger()
    asks_bill(chat)
    effects = chat.say("99栋9单元909", said("99栋9单元909", room=Room(None, "99", "9", "909")))
    assert keys(effects) == ["bind_home.bad.home.unknown"]


def test_a_wrong_tail_is_asked_once_more() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    effects = chat.say("尾号9999")
    assert not of(Bind, effects)
    assert [record.kind for record in of(Record, effects)] == ["bind_failed"]
    assert chat.asked == "bind_home.tail"
    assert of(Bind, chat.say("1111", known=known() | failed(1)))


def failed(times: int, day: str = "2026-11-22") -> dict[Any, Any]:
    return {Recorded("bind_failed", STRANGER): tuple({"day": day} for _ in range(times))}


def test_two_wrong_tails_bring_a_person_and_reveal_nothing() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    chat.say("9999")
    effects = chat.say("8888", known=known() | failed(1))
    (task,) = of(AddTask, effects)
    assert (task.kind, task.data["why"]) == ("bind_check", "mismatch")
    text = to_resident(effects)
    assert chat.asked is None
    assert not any(secret in text for secret in ("周", "139", "1111", "320"))


def test_after_two_wrong_tails_a_new_try_the_same_day_is_a_persons() -> None:
    chat = stranger(more=failed(2))
    effects = asks_bill(chat, room=ROOM)
    assert keys(effects) == ["bind_home.with_person"]
    assert chat.asked is None


def test_the_next_day_begins_anew() -> None:
    chat = stranger(more=failed(2, "2026-11-21"))
    asks_bill(chat, room=ROOM)
    assert chat.asked == "bind_home.tail"


def test_an_unused_home_answers_like_a_wrong_tail() -> None:
    empty = stranger(more={ResidentsOf(1, DAY): ()})
    asks_bill(empty, room=ROOM)
    full = stranger()
    asks_bill(full, room=ROOM)
    assert to_resident(empty.say("9999")) == to_resident(full.say("9999"))


def test_who_does_not_remember_the_phone_goes_to_a_person() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    (task,) = of(AddTask, chat.say("不记得了"))
    assert task.data["why"] == "no_phone"


def test_a_second_owner_beside_a_bound_one_goes_to_a_person() -> None:
    chat = stranger(OWNS, (WIFE, Residency(9, HOME, Tenure.OWNER)), more={LaneOfPerson(7): "person:7"})
    asks_bill(chat, room=ROOM)
    effects = chat.say("3333")
    assert not of(Bind, effects)
    assert of(AddTask, effects)[0].data["why"] == "second_owner"


def test_the_first_of_two_owners_binds_at_once() -> None:
    chat = stranger(OWNS, (WIFE, Residency(9, HOME, Tenure.OWNER)))
    asks_bill(chat, room=ROOM)
    assert of(Bind, chat.say("3333"))[0].person_id == 9


def test_a_change_of_home_goes_to_a_person() -> None:
    chat = Chat(person=TENANT, homes=(), known=known())
    asks_bill(chat, room=ROOM)
    effects = chat.say("1111")
    assert not of(Bind, effects)
    assert of(AddTask, effects)[0].data["why"] == "change"


def test_a_tenant_binds_but_the_bill_stays_the_owners() -> None:
    chat = stranger(OWNS, (TENANT, Residency(8, HOME, Tenure.TENANT)))
    asks_bill(chat, room=ROOM)
    effects = chat.say("2222")
    assert of(Bind, effects)[0].tenure is Tenure.TENANT
    assert "320" not in to_resident(effects)


def test_the_group_hears_of_a_check_without_room_or_name() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    effects = chat.say("不清楚")
    (alert,) = [say for say in of(Say, effects) if say.to == ToGroup("service")]
    assert not any(secret in body(alert, effects) for secret in ("501", "3栋", "周晓岚"))
    assert "3栋2单元501" in titles(effects)[0]


def test_give_up_in_the_middle_is_kept_friendly() -> None:
    chat = stranger()
    asks_bill(chat)
    assert keys(chat.say("算了")) == ["common.cancelled"]
    assert chat.asked is None


def test_a_side_question_does_not_lose_the_wish() -> None:
    chat = stranger()
    asks_bill(chat)
    chat.say("物业费怎么交", meaning("物业费怎么交", intent="payment", category="property_fee"))
    chat.say("3栋2单元501", said("3栋2单元501", room=ROOM))
    assert "320.00元" in to_resident(chat.say("1111"))


def test_binding_on_request_and_when_already_bound() -> None:
    asks = meaning("我要绑定房屋", intent="inquiry", category="rules")
    chat = stranger()
    chat.say("我要绑定房屋", asks)
    assert chat.asked == "bind_home.home"
    assert keys(Chat().say("我要绑定房屋", asks)) == ["bind_home.already"]


def test_unbinding_asks_once_and_forgets() -> None:
    chat = Chat()
    chat.say("解绑", meaning("解绑", intent="other", category="other"))
    assert chat.asked == "unbind.sure"
    effects = chat.say("确定")
    assert of(Unbind, effects)
    assert keys(effects) == ["unbind.done"]


def test_unbinding_may_be_thought_over() -> None:
    chat = Chat()
    chat.say("解绑", meaning("解绑", intent="other", category="other"))
    assert not of(Unbind, chat.say("不用了"))


def test_a_request_about_ones_data_goes_to_a_person_in_time() -> None:
    text = "请删除我的个人信息"
    effects = take_turn(facts(text, meaning=meaning(text, intent="other", category="other"))).effects
    assert of(AddTask, effects)[0].kind == "data_request"
    assert "24小时" in to_resident(effects)


def test_two_homes_of_one_owner_show_the_one_that_was_told() -> None:
    chat = Chat(person=None, known=known() | {ResidentsOf(2, DAY): ((OWNER, Residency(7, OTHER_HOME, Tenure.OWNER)),)})
    asks_bill(chat, room=ROOM)
    assert "3栋2单元501" in to_resident(chat.say("1111"))


def test_other_digits_are_asked_again() -> None:
    chat = stranger()
    asks_bill(chat, room=ROOM)
    assert keys(chat.say("12345")) == ["bind_home.bad.tail.digits"]


def test_who_is_bound_and_told_the_own_home_again_goes_on() -> None:
    chat = Chat(person=OWNER, homes=(), known=known())
    asks_bill(chat, room=ROOM)
    effects = chat.say("1111")
    assert not of(Bind, effects)
    assert keys(effects) == ["bind_home.already", "payment.card"]


def test_without_a_wish_binding_ends_with_thanks() -> None:
    chat = stranger()
    chat.say("我要绑定房屋", meaning("我要绑定房屋", intent="inquiry", category="rules"))
    chat.say("3栋2单元501", said("3栋2单元501", room=ROOM))
    assert keys(chat.say("1111")) == ["bind_home.done"]
