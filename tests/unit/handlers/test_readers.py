"""Answer readers: what they take, what they leave, what they refuse."""

import json
from typing import Any

import pytest

from handlers.dialog.form import Answers, Bad, Got, Read, Reader
from handlers.facts import Facts
from handlers.readers import (
    Option,
    choice,
    free_text,
    home,
    home_key,
    homes,
    many_homes,
    mention,
    named,
    number,
    phone,
    pictures,
    room,
    room_named,
    when,
    when_named,
    yes_no,
)
from nlp.meaning import Room, TimeWindow
from tests.unit.handlers.factory import HOME, NOW, OTHER_HOME, facts, meaning, vague, window

PLACES = {"home": ("家里", "室内"), "public": ("公共区域", "楼道")}


def read(reader: Reader, text: str, answers: Answers | None = None, **more: Any) -> Read:
    got = reader(facts(text, **more), answers or {})
    if isinstance(got, Got):
        json.dumps(got.value)
    return got


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("家里", "home"),
        ("室内", "home"),
        ("2", "public"),
        ("第一个", "home"),
        ("应该是楼道那边", "public"),
        ("3", None),
        ("都有，家里和楼道", None),
    ],
)
def test_a_choice_is_read_by_name_number_or_mention(text: str, value: str | None) -> None:
    assert read(choice(PLACES), text) == (Got(value) if value else None)


def test_a_tap_chooses_by_key() -> None:
    assert read(choice(PLACES), "随便什么字", kind="tap", data={"key": "public:12"}) == Got("public")


def test_a_choice_of_plain_labels_or_computed_options() -> None:
    assert read(choice(("是", "否")), "否") == Got("否")
    assert read(choice(lambda f, a: (Option(7, "七号"),)), "七号") == Got(7)


def test_a_mention_needs_a_full_name_and_just_one() -> None:
    assert read(mention(PLACES), "家里的灯坏了") == Got("home")
    assert read(mention(("好",)), "好的") is None


def test_named_entities_become_json() -> None:
    said = meaning("明天", place="厨房", time=window(23, 9), room=Room(building="3"))
    assert read(named("place"), "明天", meaning=said) == Got("厨房")
    assert read(named("time"), "明天", meaning=said) == Got({"start": "2026-11-23T09:00:00+08:00", "end": None})
    assert read(named("room"), "明天", meaning=said) == Got({"area": None, "building": "3", "unit": None, "room": None})
    assert read(named("fee"), "明天", meaning=said) is None


def test_free_text_yields_only_to_a_certain_wish() -> None:
    asks = meaning("物业费怎么交", intent="payment", category="property_fee", confidence=0.9)
    tells = meaning("电梯费电还老坏", intent="payment", category="electricity_fee", confidence=0.6)
    assert read(free_text(), "物业费怎么交", meaning=asks) is None
    assert read(free_text(), "电梯费电还老坏", meaning=tells) == Got("电梯费电还老坏")


def test_free_text_is_refused_when_short_and_nothing_when_empty() -> None:
    assert read(free_text(min_chars=4), "漏水") == Bad("short")
    assert read(free_text(), "") is None


def test_not_knowing_may_be_an_answer() -> None:
    assert read(free_text(unknown="-"), "不清楚") == Got("-")


def test_a_closed_matter_is_no_free_text() -> None:
    over = meaning("不漏了，谢谢", intent="progress", closed=True, confidence=0.6)
    assert read(free_text(), "不漏了，谢谢", meaning=over) is None


def test_pictures_grow_up_to_the_limit() -> None:
    more = {"media": [{"kind": "image", "id": "b"}]}
    assert read(pictures(), "", {"photos": [{"kind": "image", "id": "a"}]}, **more) == Got(
        [{"kind": "image", "id": "a"}, {"kind": "image", "id": "b"}]
    )
    full = {"photos": [{"kind": "image", "id": str(n)} for n in range(9)]}
    assert read(pictures(), "", full, **more) == Got(full["photos"])


def test_no_pictures_is_an_answer_too() -> None:
    assert read(pictures(), "没有") == Got([])
    assert read(pictures(), "明天来") is None


@pytest.mark.parametrize(
    ("text", "value"), [("好的", True), ("不用了", False), ("修好了", True), ("还有问题", False), ("明天", None)]
)
def test_yes_and_no(text: str, value: bool | None) -> None:
    reader = yes_no(yes=("修好了",), no=("有问题",))
    assert read(reader, text) == (None if value is None else Got(value))


@pytest.mark.parametrize(("key", "value"), [("yes", True), ("no:12", False)])
def test_a_tapped_yes_or_no(key: str, value: bool) -> None:
    assert read(yes_no(), "按钮", kind="tap", data={"key": key}) == Got(value)


def test_the_speakers_homes_are_options() -> None:
    two = facts("x", homes=(HOME, OTHER_HOME))
    assert [option.label for option in homes(two, {})] == ["3栋2单元501", "5栋1单元102"]
    assert many_homes({}, two)
    assert not many_homes({}, facts("x"))


def said_room(text: str, **parts: str) -> Facts:
    return facts(text, meaning=vague(text, room=Room(**parts)), person=None)


def test_a_room_is_found_in_the_house_table() -> None:
    got = room()(said_room("3-2-501", building="3", unit="2", room="501"), {})
    assert isinstance(got, Got)
    assert got.value["id"] == HOME.id


def test_an_unknown_room_is_refused() -> None:
    assert room()(said_room("9栋", building="9"), {}) == Bad("unknown", {"home_said": None})


def test_several_rooms_are_narrowed_down_step_by_step() -> None:
    first = room()(said_room("3栋501", building="3", room="501"), {})
    assert isinstance(first, Bad)
    assert first.reason == "several"
    got = room()(facts("2单元", person=None), first.keep)
    assert isinstance(got, Got)
    assert got.value["id"] == HOME.id


def test_one_of_the_speakers_own_homes_is_meant_first() -> None:
    got = read(room(), "501", homes=(HOME, OTHER_HOME))
    assert isinstance(got, Got)
    assert got.value["id"] == HOME.id


def test_a_bare_unit_in_characters_counts() -> None:
    got = read(
        room(), "二单元", {"home_said": {"area": None, "building": "3", "unit": None, "room": None}}, person=None
    )
    assert isinstance(got, Got)


def test_no_address_is_something_else() -> None:
    assert read(room(), "明天下午") is None


def test_a_room_is_heard_only_when_said_in_full() -> None:
    assert isinstance(room_named()(said_room("3-2-501", building="3", unit="2", room="501"), {}), Got)
    assert room_named()(said_room("3栋", building="3"), {}) is None
    assert read(room_named(), "501") is None
    assert room_named()(facts(""), {}) is None


def test_which_home_by_tap_number_or_address() -> None:
    two = {"homes": (HOME, OTHER_HOME)}
    for got in (
        read(home(), "5栋1单元102", kind="tap", data={"key": home_key(OTHER_HOME)}, **two),
        read(home(), "2", **two),
        read(home(), "5栋1单元102", **two),
    ):
        assert isinstance(got, Got)
        assert got.value["id"] == OTHER_HOME.id


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13900001111", Got("13900001111")),
        ("打139 0000 1111", Got("13900001111")),
        ("0512-65550000", Got("051265550000")),
        ("139000", Bad("format")),
        ("明天", None),
    ],
)
def test_phones(text: str, value: Read) -> None:
    assert read(phone(), text) == value


def test_a_phone_may_be_spelled_out() -> None:
    assert read(phone(), "幺三八零零零零幺五零幺") == Got("13800001501")


def test_a_phone_of_the_reading_counts() -> None:
    assert read(phone(), "幺三九…", meaning=vague("幺三九…", phone="13900001111")) == Got("13900001111")


@pytest.mark.parametrize(
    ("text", "value"), [("尽快", {"asap": True}), ("什么时候都行", {"asap": True}), ("不知道", None)]
)
def test_any_time_is_an_answer(text: str, value: dict[str, bool] | None) -> None:
    assert read(when(), text) == (Got(value) if value else None)


def test_a_time_to_come_is_taken_and_a_past_one_refused() -> None:
    assert isinstance(read(when(), "明天", meaning=vague("明天", time=window(23, 9, 11))), Got)
    assert read(when(), "早上八点", meaning=vague("早上八点", time=window(22, 8))) == Bad("past")
    assert read(when(), "随便", meaning=vague("随便", time=TimeWindow())) != Bad("past")


def test_times_are_heard_but_not_words_about_now() -> None:
    assert isinstance(read(when_named(), "尽快来", meaning=vague("尽快来")), Got)
    assert read(when_named(), "现在漏得厉害", meaning=vague("现在漏得厉害")) is None
    assert isinstance(read(when_named(), "明天", meaning=vague("明天", time=window(23, 9, 11))), Got)
    assert read(when_named(), "早上八点", meaning=vague("早上八点", time=window(22, 8))) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", Got(5)), ("五分", Got(5)), ("打3分", Got(3)), ("9", Bad("range")), ("很好", None)],
)
def test_numbers(text: str, value: Read) -> None:
    assert read(number(1, 5), text) == value


def test_a_tapped_number() -> None:
    assert read(number(1, 5), "满意", kind="tap", data={"key": "4"}) == Got(4)


def test_now_is_sunday_morning_in_the_small_estate() -> None:
    assert facts("x", now=NOW).local.strftime("%A %H") == "Sunday 10"
