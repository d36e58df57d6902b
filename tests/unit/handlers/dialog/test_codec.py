"""What a talk remembers survives JSON."""

import json
from dataclasses import replace

import pytest

from handlers.dialog.codec import act_json, act_of, home_json, home_of, room_json, room_of, window_json, window_of
from nlp.meaning import Room, TimeWindow
from tests.unit.handlers.factory import HOME, act, window


def test_a_home_survives() -> None:
    assert home_of(json.loads(json.dumps(home_json(HOME)))) == HOME


@pytest.mark.parametrize("nothing", [None, {}, {"building": "3"}])
def test_no_home_is_none(nothing: dict[str, str] | None) -> None:
    assert home_of(nothing) is None


def test_a_room_survives() -> None:
    room = Room(None, "3", "东", None)
    assert room_of(json.loads(json.dumps(room_json(room)))) == room
    assert room_of(None) is None


@pytest.mark.parametrize("span", [window(23, 9, 11), window(23, 15), replace(window(23, 9, 11), start=None)])
def test_a_window_survives(span: TimeWindow) -> None:
    assert window_of(json.loads(json.dumps(window_json(span)))) == span


@pytest.mark.parametrize("open_", [None, {"asap": True}, {"start": None, "end": None}])
def test_an_open_window_is_none(open_: dict[str, object] | None) -> None:
    assert window_of(open_) is None


def test_a_wish_survives_with_its_slots() -> None:
    wish = act(text="明天修灯", place="厨房", room=Room(building="3"), time=window(23, 9))
    assert act_of(json.loads(json.dumps(act_json(wish)))) == wish


def test_a_wish_without_slots_survives() -> None:
    assert act_of(json.loads(json.dumps(act_json(act(text="x"))))) == act(text="x")
