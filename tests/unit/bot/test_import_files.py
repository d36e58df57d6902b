"""Files: kinds told by content, limits of reliability.md 7, all mistakes at once."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.importing import ImportMistakes, parse_file
from bot.importing.kinds import Parsed, parse
from bot.importing.table import ROWS, table_of
from storage.import_row import BillRow, FaqRow, HomeRow, ResidentRow, StaffRow

HOMES = "小区,楼栋,单元,房号,建筑面积,产权性质,状态\n"
SAMPLE = Path("bot/sample")


def homes(text: str) -> Parsed:
    """A list of homes from CSV text without its header."""
    return parse("homes", table_of((HOMES + text).encode()))


def refused(act: Callable[[], Any]) -> list[str]:
    """What is said about a file that is not taken."""
    with pytest.raises(ImportMistakes) as caught:
        act()
    return caught.value.lines()


def workbook(*rows: tuple[Any, ...]) -> bytes:
    """An XLSX file with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_in_the_usual_encodings(encoding: str) -> None:
    parsed = parse("homes", table_of((HOMES + "蓝谷地,3,2,501,89.5,商品房,已入住\n").encode(encoding)))
    (row,) = parsed.records
    assert isinstance(row, HomeRow)
    assert (row.key.building, row.floor_area_m2, row.state) == ("3", 89.5, "已入住")


def test_xlsx_repairs_phones_and_reads_dates() -> None:
    data = workbook(
        ("楼栋", "单元", "房号", "姓名", "电话", "身份", "生效日期"),
        (3, 2, 501, "周晓梅", 13800138000.0, "业主", date(2020, 5, 1)),
    )
    (row,) = parse("residents", table_of(data)).records
    assert isinstance(row, ResidentRow)
    assert (row.home.room, row.phone, row.since) == ("501", "13800138000", date(2020, 5, 1))


def test_unknown_columns_become_notes() -> None:
    parsed = parse("homes", table_of("楼栋,房号,朝向\n3,501,南\n".encode()))
    assert parsed.records[0].notes == {"朝向": "南"}


def test_headers_in_other_words_are_understood() -> None:
    (row,) = parse("homes", table_of("楼号,单元号,房间号,面积\n3,2,501,89\n".encode())).records
    assert isinstance(row, HomeRow)
    assert row.key.unit == "2"


def test_all_wrong_rows_are_reported_with_row_and_column() -> None:
    lines = refused(lambda: homes("蓝谷地,3,2,501,大,,\n蓝谷地,,2,,89,,\n蓝谷地,3,2,502,89,,\n"))
    assert len(lines) == 2
    assert lines[0].startswith("第 2 行「建筑面积」")
    assert lines[1].startswith("第 3 行「房号」")


def test_two_wrong_cells_of_a_row_are_both_reported() -> None:
    header = "楼栋,单元,房号,费用项目,账期,金额,应缴日期,单号\n"
    lines = refused(lambda: parse("bills", table_of(f"{header}3,2,501,物业费,2026-01,abc,明天,B1\n".encode())))
    assert [line.split("：")[0] for line in lines] == ["第 2 行「金额」", "第 2 行「应缴日期」"]


def test_the_same_home_twice_is_a_mistake() -> None:
    (line,) = refused(lambda: homes("蓝谷地,3,2,501,89,,\n蓝谷地,3栋,2单元,501室,89,,\n"))
    assert "第 2 行重复" in line


def test_an_end_before_the_beginning_is_a_mistake() -> None:
    text = "楼栋,房号,姓名,身份,生效日期,失效日期\n3,501,周晓梅,业主,2026-02-01,2026-01-01\n"
    assert "早于" in refused(lambda: parse("residents", table_of(text.encode())))[0]


def test_a_missing_column_names_the_header_that_is_expected() -> None:
    (line,) = refused(lambda: parse("bills", table_of("楼栋,房号\n3,501\n".encode())))
    assert "金额" in line


def test_bills_without_a_number_get_one_from_what_they_are() -> None:
    text = "楼栋,单元,房号,费用项目,账期,金额,应缴日期,已缴\n3,2,501,物业费,2026年1月,238.5,2026-01-31,是\n"
    (bill,) = parse("bills", table_of(text.encode())).records
    assert isinstance(bill, BillRow)
    assert (bill.number, bill.amount_fen, bill.paid) == ("3-2-501-物业费-2026-01", 23850, True)


def test_staff_buildings_lose_their_words() -> None:
    text = "工号,姓名,岗位,技能,负责楼栋,账号,角色\nW1,石浩然,维修师傅,水；电,3栋、A5栋,shi,\n"
    (row,) = parse("staff", table_of(text.encode())).records
    assert isinstance(row, StaffRow)
    assert (row.skills, row.buildings) == (("水", "电"), ("3", "A5"))


def test_an_answer_keeps_its_lines() -> None:
    text = '问题,相似问法,答案\n怎么缴费？,在哪交费；怎么交,"第一步\n第二步"\n'
    (row,) = parse("faq", table_of(text.encode())).records
    assert isinstance(row, FaqRow)
    assert row.answer == "第一步\n第二步"


def test_row_numbers_count_empty_lines() -> None:
    (line,) = refused(lambda: homes("\n\n蓝谷地,3,2,501,大,,\n"))
    assert line.startswith("第 4 行")


def test_an_empty_file_is_refused() -> None:
    assert refused(lambda: table_of(b"")) == ["文件是空的"]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"])
def test_other_files_are_refused(data: bytes) -> None:
    assert refused(lambda: table_of(data))


def test_too_many_rows_are_refused_whole() -> None:
    assert "5000" in refused(lambda: homes("蓝谷地,3,2,501,89,,\n" * (ROWS + 1)))[0]


def test_too_many_columns_are_refused() -> None:
    assert refused(lambda: table_of((",".join(f"列{n}" for n in range(51)) + "\n").encode()))


def test_a_long_cell_is_named() -> None:
    (line,) = refused(lambda: homes("蓝谷地,3,2,501,89,,\n蓝谷地,3,2,502,89,," + "长" * 501 + "\n"))
    assert line.startswith("第 3 行「状态」")


def test_a_large_file_is_refused_before_it_is_read() -> None:
    assert "5 MB" in refused(lambda: table_of(b"a" * (5 * 1024 * 1024 + 1)))[0]


def packed(**parts: bytes) -> bytes:
    """A ZIP file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert "过大" in refused(lambda: table_of(packed(xl__worksheets__sheet1=b" " * 40_000_000)))[0]


def test_too_many_parts_are_refused() -> None:
    assert "部件" in refused(lambda: table_of(packed(**{f"part{n}": b"x" for n in range(21)})))[0]


@pytest.mark.parametrize("cell", [b'<c r="XFD1048576"><v>1</v></c>', b'<c s="1" r="A900000" t="n"><v>1</v></c>'])
def test_a_cell_far_outside_is_refused_before_a_table_is_made(cell: bytes) -> None:
    sheet = b"<worksheet><sheetData><row>" + cell + b"</row></sheetData></worksheet>"
    assert "5000" in refused(lambda: table_of(packed(xl__worksheets__sheet1=sheet)))[0]


def test_formatted_empty_cells_far_outside_do_no_harm() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("楼栋", "房号"))
    sheet.append((3, 501))
    sheet.cell(row=9000, column=60).number_format = "0.00"
    out = io.BytesIO()
    book.save(out)
    assert len(parse("homes", table_of(out.getvalue())).rows) == 1


@pytest.mark.parametrize(
    ("kind", "least"), [("homes", 290), ("residents", 240), ("staff", 18), ("bills", 180), ("faq", 60)]
)
def test_the_sample_estate_is_read_without_a_mistake(kind: str, least: int) -> None:
    assert len(parse_file(kind, SAMPLE / f"{kind}.csv").rows) >= least


def test_the_sample_names_only_homes_it_has() -> None:
    known = {row.key for row in parse_file("homes", SAMPLE / "homes.csv").records if isinstance(row, HomeRow)}
    for kind in ("residents", "bills"):
        for row in parse_file(kind, SAMPLE / f"{kind}.csv").records:
            assert isinstance(row, ResidentRow | BillRow)
            assert row.home in known
