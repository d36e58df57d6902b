"""Addresses in every writing people use."""

import pytest

from nlp.meaning import Room
from nlp.slots.room import find_rooms, own_room


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("3栋2单元501", Room(None, "3", "2", "501")),
        ("3-2-501家里漏水", Room(None, "3", "2", "501")),
        ("3#2-501", Room(None, "3", "2", "501")),
        ("3#-2-501", Room(None, "3", "2", "501")),
        ("3.2.501", Room(None, "3", "2", "501")),
        ("3 2 501", Room(None, "3", "2", "501")),
        ("3/2/501", Room(None, "3", "2", "501")),
        ("三栋二单元五零一", Room(None, "3", "2", "501")),
        ("七杠三杠一二零一", Room(None, "7", "3", "1201")),
        ("十二栋十二零三", Room(None, "12", None, "1203")),
        ("八栋一单元一百零二", Room(None, "8", "1", "102")),
        ("12号楼东单元602西户", Room(None, "12", "东", "602")),
        ("A区12幢1203", Room("A区", "12", None, "1203")),
        ("A-3-2-501", Room("A区", "3", "2", "501")),
        ("我住A-3-2-501，厨房漏水", Room("A区", "3", "2", "501")),
        ("二期3栋2单元201", Room("2期", "3", "2", "201")),
        ("南区7栋404", Room("南区", "7", None, "404")),
        ("商铺5号", Room(None, "商铺", None, "5")),
        ("88弄9号502", Room(None, "9", None, "502")),
        ("3号2单元501", Room(None, "3", "2", "501")),
        ("3号501", Room(None, "3", None, "501")),
        ("B座1502", Room(None, "B", None, "1502")),
        ("16#1204", Room(None, "16", None, "1204")),
        ("9-1203", Room(None, "9", None, "1203")),
        ("3号楼2门501", Room(None, "3", "2", "501")),
        ("5幢 1 单元 602", Room(None, "5", "1", "602")),
        ("3栋", Room(None, "3", None, None)),
        ("12号楼电梯坏了", Room(None, "12", None, None)),
        ("2单元门禁坏了", Room(None, None, "2", None)),
        ("501室", Room(None, None, None, "501")),
        ("1203家里没水", Room(None, None, None, "1203")),
        ("3号楼18楼", Room(None, "3", None, None)),
        ("我家住8栋1单元1楼", Room(None, "8", "1", None)),
    ],
)
def test_reads_an_address(text: str, room: Room) -> None:
    assert [one.value for one in find_rooms(text)] == [room]


@pytest.mark.parametrize(
    "text",
    [
        "我住5楼",
        "车位B2-012",
        "地下二层B2-012车位",
        "取件码3-2-5012",
        "粤B12345",
        "下午3-5点",
        "2026-11-22",
        "3-5天",
        "交了1200元",
        "4月3号2点",
        "两栋楼之间",
        "110来了",
        "12345热线",
    ],
)
def test_other_numbers_are_no_address(text: str) -> None:
    assert find_rooms(text) == []


def test_speaker_comes_before_the_neighbour() -> None:
    text = "楼上601漏水到我家501"
    found = find_rooms(text)
    assert [one.value.room for one in found] == ["601", "501"]
    assert own_room(text, found) == Room(room="501")


def test_spans_that_are_something_else_are_left_alone() -> None:
    assert find_rooms("3-2-501", taken=[(0, 7)]) == []
