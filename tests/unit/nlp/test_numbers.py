"""Numerals, telephone numbers, tickets, sums and people."""

import pytest

from nlp.slots.money import find_amounts
from nlp.slots.numeral import spell, value
from nlp.slots.person import find_persons
from nlp.slots.phone import find_phones
from nlp.slots.ticket import find_tickets


@pytest.mark.parametrize(
    ("said", "digits"),
    [("五零一", "501"), ("十二", "12"), ("十二零三", "1203"), ("二十", "20"), ("一百零五", "105"), ("东", "东")],
)
def test_spells_numbers(said: str, digits: str) -> None:
    assert spell(said) == digits


@pytest.mark.parametrize(
    ("said", "number"),
    [("三百五", 350), ("一百零五", 105), ("两万三", 23000), ("一千零五十", 1050), ("十二", 12), ("好", None)],
)
def test_values_numbers(said: str, number: int | None) -> None:
    assert value(said) == number


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("电话138 0000 0000", ["13800000000"]),
        ("+86-13800000000", ["13800000000"]),
        ("打138-0000-0000吧", ["13800000000"]),
        ("0731-88888888", ["073188888888"]),
        ("010 62345678", ["01062345678"]),
        ("座机88123456", ["88123456"]),
        ("幺三八零零幺二三四五六", ["13800123456"]),
        ("快递单号123456789012345", []),
        ("3栋2单元501", []),
    ],
)
def test_finds_phones(text: str, phones: list[str]) -> None:
    assert [one.value for one in find_phones(text)] == phones


@pytest.mark.parametrize(
    ("text", "tickets"),
    [
        ("005那单师傅说缺零件", ["005"]),
        ("R261122-003怎么样了", ["R261122-003"]),
        ("r261122003", ["R261122-003"]),
        ("003号单子", ["003"]),
        ("单号003", ["003"]),
        ("3单元003", []),
    ],
)
def test_finds_tickets(text: str, tickets: list[str]) -> None:
    assert [one.value for one in find_tickets(text)] == tickets


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("三百五十块", [35000]),
        ("交了三百五", [35000]),
        ("1,200元", [120000]),
        ("12.5元", [1250]),
        ("3块5", [350]),
        ("三块五毛", [350]),
        ("1.2万元", [1200000]),
        ("5毛钱", [50]),
        ("收我1200", [120000]),
        ("3天5个人", []),
    ],
)
def test_finds_sums_in_fen(text: str, fen: list[int]) -> None:
    assert [one.value for one in find_amounts(text)] == fen


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("李师傅什么时候来", ["李师傅"]),
        ("找王主任", ["王主任"]),
        ("小张说今天来", ["小张"]),
        ("陈工来看过", ["陈工"]),
        ("小区门口", []),
        ("高层住户", []),
    ],
)
def test_finds_persons(text: str, persons: list[str]) -> None:
    assert [one.value for one in find_persons(text)] == persons
