"""Desk business and suggestions: one question at a time, then a ticket that is read back."""

from typing import Any

from handlers.effects import OpenTicket, SetTimer
from nlp.meaning import Room
from storage.model import TicketType
from tests.unit.handlers.factory import HOME, OTHER_HOME, meaning, vague, window
from tests.unit.handlers.wording import Chat, keys, of, opened, to_groups, to_resident


def wants(chat: Chat, text: str, category: str, **slots: Any) -> list[Any]:
    return chat.say(text, meaning(text, intent="inquiry", category=category, **slots))


def test_a_visitor_is_asked_for_who_then_when_and_registered() -> None:
    chat = Chat()
    said = to_resident(wants(chat, "有朋友来访", "visitor"))
    assert chat.asked == "service.detail"
    assert "怎么称呼" in said
    chat.say("王先生，苏E12345")
    assert chat.asked == "service.visit"
    effects = chat.say("明天下午三点", vague("明天下午三点", time=window(23, 15)))
    ticket = opened(effects)
    assert (ticket.type, ticket.category, ticket.home) == (TicketType.SERVICE, "visitor", HOME)
    assert "王先生" in ticket.summary
    assert "明天15:00" in to_resident(effects)
    assert "V261122-099" in to_resident(effects)
    assert "3栋2单元" in to_groups(effects)["service"]
    assert "501" not in to_groups(effects)["service"]


def test_everything_in_one_message_needs_no_question() -> None:
    effects = wants(Chat(), "明天下午三点我表弟开苏E12345来访，登记一下", "visitor", time=window(23, 15))
    assert opened(effects).extra["visit"]["start"] == "2026-11-23T15:00:00+08:00"


def test_a_visit_is_no_appointment_of_our_staff() -> None:
    effects = wants(Chat(), "明天下午三点我表弟开苏E12345来访，登记一下", "visitor", time=window(23, 15))
    assert opened(effects).wanted is None
    assert "appointment" not in {timer.kind for timer in of(SetTimer, effects)}
    assert opened(effects).finish_due == window(23, 15).start
    assert "明天15:00" in to_groups(effects)["service"]


def test_a_stranger_is_asked_for_home_and_phone_one_by_one() -> None:
    chat = Chat(person=None)
    wants(chat, "我要补办一张停车证，原来的丢了找不到", "certificate")
    assert chat.asked == "service.home"
    chat.say("3栋2单元501", vague("3栋2单元501", room=Room(None, "3", "2", "501")))
    assert chat.asked == "service.phone"
    effects = chat.say("13800009999", vague("13800009999", phone="13800009999"))
    assert opened(effects).contact_phone == "13800009999"
    assert "13800009999" not in to_groups(effects)["service"]


def test_of_several_homes_one_is_asked_for() -> None:
    chat = Chat(homes=(HOME, OTHER_HOME))
    wants(chat, "我要补办一张停车证，原来的丢了找不到", "certificate")
    assert chat.asked == "service.home"
    assert opened(chat.tap("home:2", "5栋1单元102")).home == OTHER_HOME


def test_a_release_slip_says_what_happens_at_the_gate() -> None:
    chat = Chat()
    wants(chat, "周六上午搬家，三十箱书和一张床要放行", "move", time=window(28, 8, 12))
    assert chat.asked is None
    effects = wants(Chat(), "周六上午搬家，三十箱书和一张床要放行", "move", time=window(28, 8, 12))
    assert keys(effects) == ["service.opened.move"]


def test_giving_up_registers_nothing() -> None:
    chat = Chat()
    wants(chat, "有朋友来访", "visitor")
    assert not of(OpenTicket, chat.say("算了"))
    assert chat.asked is None


def test_a_suggestion_is_thanked_for_with_number_and_day_of_the_result() -> None:
    text = "建议在三号楼门口加一个快递柜"
    effects = Chat().say(text, meaning(text, intent="suggestion", category="facility"))
    assert opened(effects).type is TicketType.SUGGESTION
    said = to_resident(effects)
    assert "感谢您的建议" in said
    assert "11月29日" in said
    assert "service" in to_groups(effects)


def test_an_announced_suggestion_is_asked_for() -> None:
    chat = Chat()
    chat.say("我有个建议", meaning("我有个建议", intent="suggestion", category="other"))
    assert chat.asked == "suggestion.text"
    assert opened(chat.say("楼道里的灯换成感应的")).summary == "楼道里的灯换成感应的"
