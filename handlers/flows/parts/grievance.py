"""What a complaint's words already tell: when, where, about whom, what is wanted (domain.md 4.3)."""

import re
from typing import Any

from handlers.dialog.form import Answers, Got, Read, Reader
from handlers.facts import Facts
from handlers.readers import spoken
from handlers.rules import places
from nlp.meaning import Slots
from storage.model import TicketType

_WHEN = re.compile(
    r"又在|正在|还在|一直在|昨[天晚日]|今[天早晚日]|前天|大前天|刚才|刚刚|现在|凌晨|早上|上午|中午|下午|晚上|半夜|夜里|深夜|每[天晚日周]|天天|一直|经常|"
    r"老是|总是|最近|上周|上个?月|这几天|好几?天|几天|长期|周[一二三四五六日末]|星期|\d{1,2}[点:：]|\d+[天周月]|[一二三四五六七八九十两]+[天周个]"
)
_WHO = re.compile(
    r"保安|门卫|门岗|保洁|清洁工|客服|前台|管家|收费员|维修工|师傅|经理|主任|物业|楼[上下]|隔壁|邻居|对门|[上下]家|商[户家铺]|餐馆|"
    r"饭店|装修队|施工队|业主|租户|住户|车主|快递|外卖|\d+号?楼?的|\d{3,4}[室号家]"
)
_WANT = re.compile(
    r"希望|要求|请(你们|物业|尽快|处理|解决|安排|管)|麻烦(你们|处理)|能不能|能否|可不可以|必须|应该|应当|道歉|赔|给个(说法|解释|交代)|"
    r"(快|赶紧|尽快|马上)(来|处理|解决|清|管|修)|[清搬挪拿拖]走|管一?管|处理一下|解决一下|整改|换人|退[款钱费还]|清理|制止|劝"
)
#: Said of people, not of a spot.
_NEIGHBOURS = ("楼上", "楼下", "隔壁", "对门", "邻居")
#: Who is complained of matters where people are; a place where the matter is not the resident's own home.
_PEOPLE = frozenset({"staff_attitude", "security", "property_management", "privacy", "pets", "parking", "smoking"})
_SPOTS = frozenset(
    {
        "hygiene", "parking", "facility", "lighting", "greening", "fire_passage", "lift", "illegal_building", "road",
        "illegal_use", "falling_object", "pest", "wall", "gate",
    }
)  # fmt: skip


def details(text: str, slots: Slots) -> dict[str, Any]:
    """The details that the words contain, each as said; only names and clear phrases count."""
    found: dict[str, Any] = {}
    if when := _WHEN.search(text):
        found["happened"] = when.group()
    place = slots.place or places.place_in(text)
    building = slots.room.building if slots.room and not slots.room.room else None
    if place and place not in _NEIGHBOURS:
        found["place"] = place
    elif place and building:
        found["place"] = f"{building}栋{place}"
    if slots.person:
        found["accused"] = slots.person
    elif who := _WHO.search(text):
        found["accused"] = who.group()
    if _WANT.search(text):
        found["demand"] = text
    return found


def heard(name: str) -> Reader:
    """Hear a detail in an answer that was meant for another question."""

    def hear(facts: Facts, answers: Answers) -> Read:
        if "story" not in answers or facts.meaning is None:
            return None
        value = details(spoken(facts), facts.meaning.slots).get(name)
        return Got(value) if value else None

    return hear


def matters(slot: str, category: str) -> bool:
    """Whether a missing detail is worth a question for this category."""
    if slot == "accused":
        return category in _PEOPLE
    return category in _SPOTS if slot == "place" else True


def complained_lately(facts: Facts) -> bool:
    """He complained in this very talk already."""
    if any(frame.form == "complaint" for frame in facts.conversation.frames):
        return True
    limit = facts.rules.reception.idle_close_min * 60
    return any(
        ticket.type is TicketType.COMPLAINT
        and ticket.created_at is not None
        and (facts.now - ticket.created_at).total_seconds() < limit
        for ticket in facts.tickets
    )
