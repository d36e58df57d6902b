"""Cells as people and Excel write them."""

from datetime import date, datetime

import pytest

from bot.importing import cell as read
from bot.importing.address import home_key
from bot.importing.role import role_of, tenure_of
from storage.import_row import HomeKey
from storage.model import Role, Tenure


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13800138000", "13800138000"),
        (13800138000.0, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0731-85551234", "073185551234"),
        ("", None),
    ],
)
def test_phones_are_repaired(written: str | float, phone: str | None) -> None:
    assert read.phone(written) == phone


@pytest.mark.parametrize("written", ["1380013800", "23800138000", "1.38E+10", "张三", "138001380001"])
def test_other_phones_are_refused(written: str) -> None:
    with pytest.raises(read.Wrong):
        read.phone(written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (datetime(2026, 1, 5), date(2026, 1, 5)),
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        (20260105.0, date(2026, 1, 5)),
        ("2026-01-05 00:00:00", date(2026, 1, 5)),
        ("长期", None),
        ("", None),
    ],
)
def test_days_are_read_in_usual_writings(written: str | float | datetime, day: date | None) -> None:
    assert read.day(written) == day


@pytest.mark.parametrize("written", ["2026-13-01", "2026-02-30", "昨天", "1-5"])
def test_other_days_are_refused(written: str) -> None:
    with pytest.raises(read.Wrong):
        read.day(written)


@pytest.mark.parametrize(
    ("written", "fen"),
    [("238.5", 23850), (238.5, 23850), ("¥1,234.00", 123400), ("100元", 10000), (79.3 * 3, 23790), ("0.01", 1)],
)
def test_amounts_become_fen(written: str | float, fen: int) -> None:
    assert read.fen(written) == fen


@pytest.mark.parametrize("written", ["", "0", "-5", "1.005", 1.005, "1000000", "免费", "NaN", "Infinity"])
def test_other_amounts_are_refused_and_never_rounded(written: str | float) -> None:
    with pytest.raises(read.Wrong):
        read.fen(written)


def test_several_values_are_split_by_each_separator() -> None:
    assert read.several("水、电；木工,瓦工，水;锁") == ("水", "电", "木工", "瓦工", "锁")


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2026年3月", "2026-03"),
        ("2026-3", "2026-03"),
        (datetime(2026, 3, 1), "2026-03"),
        ("202603", "2026-03"),
        ("2026年第1季度", "2026年第1季度"),
    ],
)
def test_periods_are_months_where_they_can_be(written: str | datetime, period: str) -> None:
    assert read.period(written) == period


@pytest.mark.parametrize(
    ("written", "paid"),
    [("是", (True, None)), ("", (False, None)), ("否", (False, None)), ("2026-09-12", (True, date(2026, 9, 12)))],
)
def test_paid_is_yes_no_or_a_day(written: str, paid: tuple[bool, date | None]) -> None:
    assert read.paid(written) == paid


@pytest.mark.parametrize(
    ("building", "unit", "room", "key"),
    [
        ("3", "2", "501", HomeKey(None, "3", "2", "501")),
        ("3栋", "2单元", "501室", HomeKey(None, "3", "2", "501")),
        (3.0, 2.0, 501.0, HomeKey(None, "3", "2", "501")),
        ("a3幢", "", "1203", HomeKey(None, "A3", None, "1203")),
        ("A区3栋", "东单元", "501", HomeKey("A区", "3", "东", "501")),
        ("", "", "3-2-501", HomeKey(None, "3", "2", "501")),
        ("", "", "3栋2单元501", HomeKey(None, "3", "2", "501")),
        ("", "", "12-1203", HomeKey(None, "12", None, "1203")),
        ("商铺", "", "5", HomeKey(None, "商铺", None, "5")),
    ],
)
def test_addresses_in_usual_writings(building: str | float, unit: str | float, room: str | float, key: HomeKey) -> None:
    assert home_key({"楼栋": building, "单元": unit, "房号": room}) == key


@pytest.mark.parametrize("room", [datetime(2026, 3, 2), "3月2日", "2026-03-02 00:00:00", "Mar-02"])
def test_a_room_that_excel_made_a_date_is_refused_with_a_hint(room: str | datetime) -> None:
    with pytest.raises(read.Wrong, match="文本"):
        home_key({"楼栋": "3", "房号": room})


def test_a_room_without_a_building_is_refused() -> None:
    with pytest.raises(read.Wrong, match="楼栋"):
        home_key({"房号": "501"})


@pytest.mark.parametrize(
    ("written", "tenure"),
    [("业主", Tenure.OWNER), ("tenant", Tenure.TENANT), ("租客", Tenure.TENANT), ("配偶", Tenure.FAMILY)],
)
def test_tenures_by_key_or_word(written: str, tenure: Tenure) -> None:
    assert tenure_of(written) is tenure


@pytest.mark.parametrize(
    ("role", "post", "found"),
    [
        ("repairer", "", Role.REPAIRER),
        ("维修主管", "", Role.REPAIR_SUPERVISOR),
        ("", "项目经理", Role.DIRECTOR),
        ("管家", "领班", Role.BUTLER),
    ],
)
def test_roles_by_key_or_title_else_by_post(role: str, post: str, found: Role) -> None:
    assert role_of(role, post) is found


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    with pytest.raises(read.Wrong, match="维修人员"):
        role_of("厨师", "")
