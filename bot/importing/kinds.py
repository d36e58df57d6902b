"""The five lists: which columns they have, and how a row of them is read (design.md 4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.importing import cell as read
from bot.importing.address import PARTS, home_key
from bot.importing.errors import ImportMistake, ImportMistakes, whole
from bot.importing.role import role_of, tenure_of
from bot.importing.table import Cell, Table
from storage.import_row import BillRow, FaqRow, HomeKey, HomeRow, ResidentRow, StaffRow

Record = HomeRow | ResidentRow | StaffRow | BillRow | FaqRow


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: its cells by header, and where it stands in the file."""

    number: int
    cells: Mapping[str, Cell]
    notes: Mapping[str, str]

    def take(self, column: str, reader: Callable[[Cell], Any]) -> Any:
        """Read a column; an absent one is an empty cell.

        Raises:
            ImportMistakes: the cell cannot be taken.
        """
        try:
            return reader(self.cells.get(column, ""))
        except read.Wrong as error:
            raise ImportMistakes([ImportMistake(self.number, column, str(error))]) from error


@dataclass(frozen=True, slots=True)
class Kind:
    """A list.

    Attributes:
        columns: the headers it knows, in the order of the template.
        needed: headers without which nothing can be read.
        record: builds the record from what was read, column -> value.
        readers: how each column is read, beside the address.
        identity: what two rows must not share, with its column's header.
    """

    columns: tuple[str, ...]
    needed: tuple[str, ...]
    record: Callable[[dict[str, Any], HomeKey | None, Mapping[str, str]], Record]
    readers: Mapping[str, Callable[[Cell], Any]]
    identity: Callable[[Any], Mapping[str, Any]]
    homes: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """A list that was read without a mistake: its kind, and each record with its row number."""

    kind: str
    rows: tuple[tuple[int, Record], ...] = field(default=())

    @property
    def records(self) -> tuple[Record, ...]:
        """The records alone, in file order."""
        return tuple(record for _, record in self.rows)


def _home(v: dict[str, Any], key: HomeKey | None, notes: Mapping[str, str]) -> HomeRow:
    assert key is not None  # noqa: S101 - `homes` kinds are read with an address
    return HomeRow(key, v["建筑面积"], v["产权性质"], v["状态"], notes)


def _resident(v: dict[str, Any], key: HomeKey | None, notes: Mapping[str, str]) -> ResidentRow:
    assert key is not None  # noqa: S101
    _in_order(v)
    return ResidentRow(key, v["姓名"], v["电话"], v["身份"], v["生效日期"], v["失效日期"], v["微信"], notes)


def _member(v: dict[str, Any], _: HomeKey | None, notes: Mapping[str, str]) -> StaffRow:
    return StaffRow(
        number=v["工号"],
        name=v["姓名"],
        phone=v["电话"],
        post=v["岗位"],
        team=v["班组"],
        skills=v["技能"],
        buildings=v["负责楼栋"],
        account=v["账号"],
        role=role_of(v["角色"], v["岗位"]),
        notes=notes,
    )


def _bill(v: dict[str, Any], key: HomeKey | None, notes: Mapping[str, str]) -> BillRow:
    assert key is not None  # noqa: S101
    paid, paid_on = v["已缴"]
    number = v["单号"] or "-".join(part for part in (*_parts(key), v["费用项目"], v["账期"]) if part)
    return BillRow(key, v["费用项目"], v["账期"], v["金额"], v["应缴日期"], number, paid, paid_on, notes)


def _question(v: dict[str, Any], _: HomeKey | None, notes: Mapping[str, str]) -> FaqRow:
    _in_order(v)
    return FaqRow(v["问题"], v["相似问法"], v["答案"], v["生效日期"], v["失效日期"], v["范围"], notes)


def _in_order(v: dict[str, Any]) -> None:
    since, until = v["生效日期"], v["失效日期"]
    if since is not None and until is not None and since > until:
        raise read.Wrong("失效日期早于生效日期")


def _parts(key: HomeKey) -> tuple[str | None, ...]:
    return key.area, key.building, key.unit, key.room


def _due(cell: Cell) -> date:
    due = read.day(cell)
    if due is None:
        raise read.Wrong("不能为空，请写成 2026-01-05")
    return due


def _named(limit: int) -> Callable[[Cell], str]:
    return lambda cell: read.required(cell, limit)


def _short(limit: int) -> Callable[[Cell], str | None]:
    return lambda cell: read.optional(cell, limit)


def _prose(cell: Cell) -> str:
    answer = read.prose(cell)
    if not answer:
        raise read.Wrong("不能为空")
    return answer


def _buildings(cell: Cell) -> tuple[str, ...]:
    return tuple(read.address_part(part, PARTS["楼栋"], "楼栋") or part for part in read.several(cell))


_PERIOD = {"生效日期": read.day, "失效日期": read.day}

KINDS: dict[str, Kind] = {
    "homes": Kind(
        columns=("小区", "楼栋", "单元", "房号", "建筑面积", "产权性质", "状态"),
        needed=("房号",),
        record=_home,
        readers={"建筑面积": read.area_m2, "产权性质": _short(32), "状态": _short(32)},
        identity=lambda row: {"房号": row.key},
    ),
    "residents": Kind(
        columns=("楼栋", "单元", "房号", "姓名", "电话", "身份", "生效日期", "失效日期", "微信"),
        needed=("房号", "姓名", "身份"),
        record=_resident,
        readers={
            "姓名": _named(32),
            "电话": read.phone,
            "身份": tenure_of,
            "微信": _short(128),
            **_PERIOD,
        },
        identity=lambda row: {"姓名": (row.home, row.name, row.phone, row.tenure)},
    ),
    "staff": Kind(
        columns=("工号", "姓名", "电话", "岗位", "班组", "技能", "负责楼栋", "账号", "角色"),
        needed=("工号", "姓名"),
        record=_member,
        readers={
            "工号": _named(32),
            "姓名": _named(32),
            "电话": read.phone,
            "岗位": lambda cell: read.text(cell, 32),
            "班组": lambda cell: read.text(cell, 32),
            "技能": read.several,
            "负责楼栋": _buildings,
            "账号": _short(128),
            "角色": lambda cell: read.text(cell, 32),
        },
        identity=lambda row: {"工号": row.number, "账号": row.account},
        homes=False,
    ),
    "bills": Kind(
        columns=("楼栋", "单元", "房号", "费用项目", "账期", "金额", "应缴日期", "单号", "已缴"),
        needed=("房号", "费用项目", "账期", "金额", "应缴日期"),
        record=_bill,
        readers={
            "费用项目": _named(32),
            "账期": read.period,
            "金额": read.fen,
            "应缴日期": _due,
            "单号": _short(64),
            "已缴": read.paid,
        },
        identity=lambda row: {"单号": row.number},
    ),
    "faq": Kind(
        columns=("问题", "相似问法", "答案", "生效日期", "失效日期", "范围"),
        needed=("问题", "答案"),
        record=_question,
        readers={"问题": _named(200), "相似问法": read.several, "答案": _prose, "范围": _short(64), **_PERIOD},
        identity=lambda row: {"问题": row.question},
        homes=False,
    ),
}

#: Other headers people write.
_SYNONYMS = {
    "小区名称": "小区",
    "楼号": "楼栋",
    "幢": "楼栋",
    "楼": "楼栋",
    "单元号": "单元",
    "房间": "房号",
    "房间号": "房号",
    "室号": "房号",
    "面积": "建筑面积",
    "手机": "电话",
    "手机号": "电话",
    "联系电话": "电话",
    "业主姓名": "姓名",
    "住户姓名": "姓名",
    "微信号": "微信",
    "员工编号": "工号",
    "收费项目": "费用项目",
    "应缴金额": "金额",
    "金额(元)": "金额",
    "账单号": "单号",
    "标准问题": "问题",
}


def parse(kind: str, table: Table) -> Parsed:
    """Read every row of a table as a list of `kind`.

    Raises:
        ImportMistakes: unknown kind, missing columns, wrong cells or rows that say the same; all of them at once.
    """
    if kind not in KINDS:
        raise whole(f"没有这种名单：{kind}；可用的有 {'、'.join(KINDS)}")
    header = _header(KINDS[kind], table)
    rows: list[tuple[int, Record]] = []
    mistakes: list[ImportMistake] = []
    for number, cells in table.rows:
        try:
            rows.append((number, _record(KINDS[kind], _row(KINDS[kind], header, number, cells))))
        except ImportMistakes as error:
            mistakes += error.mistakes
        except read.Wrong as error:
            mistakes.append(ImportMistake(number, "", str(error)))
    mistakes += _repeated(KINDS[kind], rows)
    if mistakes:
        raise ImportMistakes(sorted(mistakes, key=lambda one: one.row))
    return Parsed(kind, tuple(rows))


def _header(kind: Kind, table: Table) -> tuple[str, ...]:
    plain = (name.replace(" ", "").replace("（", "(").replace("）", ")").lstrip("*") for name in table.header)
    header = tuple(_SYNONYMS.get(name, name) for name in plain)
    missing = [name for name in kind.needed if name not in header]
    if missing:
        raise whole(f"缺少列：{'、'.join(missing)}；第一行应为表头：{','.join(kind.columns)}")
    double = sorted({name for name in header if name in kind.columns and header.count(name) > 1})
    if double:
        raise whole(f"列重复：{'、'.join(double)}")
    return header


def _row(kind: Kind, header: tuple[str, ...], number: int, cells: tuple[Cell, ...]) -> Row:
    named = dict(zip(header, cells, strict=False))
    extra = {
        name: text for name, cell in named.items() if name and name not in kind.columns and (text := read.prose(cell))
    }
    return Row(number, named, extra)


def _record(kind: Kind, row: Row) -> Record:
    """The record of a row; every wrong cell of it is reported before the row is given up."""
    wrong: list[ImportMistake] = []
    values: dict[str, Any] = {}
    for column, reader in kind.readers.items():
        try:
            values[column] = row.take(column, reader)
        except ImportMistakes as error:
            wrong += error.mistakes
    key = None
    if kind.homes:
        try:
            key = home_key(row.cells)
        except read.Wrong as error:
            wrong.append(ImportMistake(row.number, "房号", str(error)))
    if wrong:
        raise ImportMistakes(wrong)
    return kind.record(values, key, row.notes)


def _repeated(kind: Kind, rows: list[tuple[int, Record]]) -> list[ImportMistake]:
    seen: dict[tuple[str, Any], int] = {}
    mistakes: list[ImportMistake] = []
    for number, record in rows:
        for column, value in kind.identity(record).items():
            first = seen.setdefault((column, value), number) if value is not None else number
            if first != number:
                mistakes.append(ImportMistake(number, column, f"与第 {first} 行重复"))
    return mistakes
