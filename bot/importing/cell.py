"""One cell -> one value. Every reader raises `Wrong` with a sentence that says what to do."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from bot.importing.table import Cell

_SPLIT = re.compile(r"[、;；,，]")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{4})(0[1-9]|1[0-2])")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})?[2-9]\d{6,7}(转\d{1,5})?|[48]00\d{7}")
#: What Excel makes of `3-2`, also after the file was saved as CSV.
_DATED = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}.*|\d{1,2}月\d{1,2}日|(?:[A-Za-z]{3}-\d{1,4}|\d{1,2}-[A-Za-z]{3})")
_OPEN_END = frozenset({"长期", "永久", "至今", "无", "-", "—"})
_YES = frozenset({"是", "已缴", "已付", "已交", "y", "yes", "true", "1"})
_NO = frozenset({"", "否", "未缴", "未付", "未交", "n", "no", "false", "0"})

FEN_MAX = 99_999_999


class Wrong(ValueError):  # noqa: N818 - a verdict on one cell
    """The cell cannot be taken; the message says why and what to do."""


def text(cell: Cell, limit: int = 500) -> str:
    """The cell as one line of text: numbers without `.0`, dates as ISO, spaces trimmed."""
    match cell:
        case bool():
            plain = "是" if cell else "否"
        case float() if cell.is_integer():
            plain = str(int(cell))
        case datetime():
            plain = cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date() | time() | timedelta():
            plain = str(cell)
        case _:
            plain = str(cell)
    plain = " ".join(plain.split())
    if len(plain) > limit:
        raise Wrong(f"超过 {limit} 个字，请缩短")
    return plain


def prose(cell: Cell) -> str:
    """The cell as text that may have several lines."""
    return cell.strip() if isinstance(cell, str) else text(cell)


def required(cell: Cell, limit: int = 500) -> str:
    """A text that must be there."""
    plain = text(cell, limit)
    if not plain:
        raise Wrong("不能为空")
    return plain


def optional(cell: Cell, limit: int = 500) -> str | None:
    """A text, or None for an empty cell."""
    return text(cell, limit) or None


def several(cell: Cell) -> tuple[str, ...]:
    """The values of a cell, separated by 、 ; ； , or ，; each once, in order."""
    return tuple(dict.fromkeys(part.strip() for part in _SPLIT.split(text(cell)) if part.strip()))


def phone(cell: Cell) -> str | None:
    """Digits of a mobile or landline number; a number that Excel made of it (`13800138000.0`) is repaired."""
    plain = re.sub(r"[\s\-()（）—]", "", unicodedata.normalize("NFKC", text(cell))).removesuffix(".0")
    if not plain:
        return None
    if re.fullmatch(r"\d\.\d+[Ee]\+?\d+", plain):
        raise Wrong("电话被 Excel 变成了科学计数，请把该列设为“文本”后重新填写")
    plain = re.sub(r"^(\+|00)86", "", plain)
    if _MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain):
        return plain
    raise Wrong("不是有效的电话，应为 11 位手机号或区号加号码")


def address_part(cell: Cell, words: str, name: str) -> str | None:
    """A part of an address without its word: `3栋` -> `3`. A date that Excel made of `3-2` is refused, not guessed."""
    if isinstance(cell, date | time | timedelta) or (isinstance(cell, str) and _DATED.fullmatch(cell.strip())):
        raise Wrong(f"{name}被 Excel 变成了日期，请把该列设为“文本”后重新填写")
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text(cell, 32))).upper()
    return re.sub(f"(?:{words})$", "", plain) or None


def day(cell: Cell) -> date | None:
    """A date: a date cell, 2026-01-05, 2026/1/5, 2026年1月5日 or 20260105; None when empty or without end."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    plain = unicodedata.normalize("NFKC", text(cell))
    if not plain or plain in _OPEN_END:
        return None
    found = _DAY.fullmatch(plain)
    try:
        return date(*(int(part) for part in found.groups() if part is not None)) if found else _no_day()
    except ValueError as error:
        raise Wrong("不是有效的日期，请写成 2026-01-05") from error


def _no_day() -> date:
    raise Wrong("不是有效的日期，请写成 2026-01-05")


def period(cell: Cell) -> str:
    """A billing period: a month as `2026-01`; anything else (2026年第1季度) as it stands."""
    if isinstance(cell, date):
        return f"{cell.year}-{cell.month:02d}"
    plain = required(cell, 32)
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", plain))
    if not found:
        return plain
    year, month = (part for part in found.groups() if part is not None)
    return f"{year}-{int(month):02d}"


def fen(cell: Cell) -> int:
    """An amount in 元 with at most two decimals -> fen, 1..99,999,999; never rounded."""
    plain = unicodedata.normalize("NFKC", text(cell)).replace(",", "").strip("¥元 ")
    if not plain:
        raise Wrong("不能为空")
    if isinstance(cell, float):
        # Excel computes 79.5*3 as 238.49999999999997; that is noise of the format, not a third decimal.
        plain = repr(round(cell, 2)) if abs(cell - round(cell, 2)) < 1e-7 else repr(cell)
    try:
        amount = Decimal(plain) * 100
    except InvalidOperation as error:
        raise Wrong("不是金额，请写成 238.50") from error
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise Wrong("金额最多两位小数")
    if not 1 <= amount <= FEN_MAX:
        raise Wrong("金额应在 0.01 到 999999.99 元之间")
    return int(amount)


def area_m2(cell: Cell) -> float | None:
    """A floor area in square metres."""
    plain = re.sub(r"(平方米|平米|㎡|m2|m²)$", "", text(cell))
    if not plain:
        return None
    try:
        area = float(plain)
    except ValueError as error:
        raise Wrong("不是数字，请只写面积，例如 89.5") from error
    if not 0 < area < 100_000:
        raise Wrong("面积应大于 0")
    return area


def paid(cell: Cell) -> tuple[bool, date | None]:
    """The column 已缴: (paid, on which day): 是, 否, empty or a date."""
    if isinstance(cell, date):
        return True, day(cell)
    plain = text(cell)
    if plain.lower() in _YES:
        return True, None
    if plain.lower() in _NO:
        return False, None
    try:
        return True, day(plain)
    except Wrong as error:
        raise Wrong("请写“是”“否”或缴费日期") from error
