"""A file -> header and rows, within the limits of reliability.md 7. The kind is told by content, not by name."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from bot.importing.errors import ImportMistake, ImportMistakes, whole

Cell = str | int | float | bool | date | datetime | time | timedelta

FILE_BYTES = 5 * 1024 * 1024
UNPACKED_BYTES = 50 * 1024 * 1024
RATIO = 100
PARTS = 20
ROWS = 5_000
COLUMNS = 50
CELL_CHARS = 500

_CELL = re.compile(rb"<(?:[a-z0-9]+:)?c((?:\s[^<>]*?)?)(/?)>")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,7})([0-9]{1,10})["']""")
_ROW = re.compile(rb'<(?:[a-z0-9]+:)?row [^>]*?\br="([0-9]{1,10})"')


@dataclass(frozen=True, slots=True)
class Table:
    """A list as it stands in the file: the header's texts, and rows with their number in the file (header included)."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def read_table(path: Path) -> Table:
    """Read a CSV or XLSX file.

    Raises:
        ImportMistakes: not readable, not a table, or beyond a limit; nothing of it is used then.
    """
    try:
        size = path.stat().st_size
        if size > FILE_BYTES:
            raise whole("文件超过 5 MB，请拆成几个文件后再导入")
        data = path.read_bytes()
    except OSError as error:
        raise whole(f"文件 {path} 读不出来，请检查路径和权限") from error
    return table_of(data)


def table_of(data: bytes) -> Table:
    """The same for bytes that were uploaded."""
    if len(data) > FILE_BYTES:
        raise whole("文件超过 5 MB，请拆成几个文件后再导入")
    if data.startswith(b"PK"):
        lines = _sheet_lines(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise whole("这是旧版 .xls 文件，请在 Excel 里另存为 .xlsx 或 CSV 后再导入")
    else:
        lines = _text_lines(data)
    return _bounded(lines)


def _text_lines(data: bytes) -> Iterator[tuple[Cell, ...]]:
    text = _decoded(data)
    if "\0" in text:
        raise whole("不是 CSV 或 XLSX 文件")
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        yield from map(tuple, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise whole(f"CSV 格式有误：{error}；请检查引号是否成对") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise whole("文字编码认不出来，请另存为 UTF-8 或 GBK 编码的 CSV")


def _sheet_lines(data: bytes) -> Iterator[tuple[Cell, ...]]:
    _check_archive(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            lines = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell != "" for line in lines for cell in line):
                return (tuple(line) for line in lines)
    except (CalamineError, ValueError, OSError) as error:
        raise whole("表格打不开，请用 Excel 另存为 .xlsx 后再试") from error
    return iter(())


def _check_archive(data: bytes) -> None:
    """Refuse bombs before anything is unpacked into memory, and cells far outside before they become a dense table."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            packed = max(1, sum(part.compress_size for part in parts))
            if len(parts) > PARTS:
                raise whole(f"表格里有 {len(parts)} 个部件（最多 {PARTS} 个），请只保留要导入的工作表，另存后再试")
            if unpacked > UNPACKED_BYTES or unpacked / packed > RATIO:
                raise whole("表格解压后过大，请只保留要导入的数据，另存后再试")
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _check_extent(_unpacked(archive, part))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise whole("表格文件已损坏或有密码，请另存为不加密的 .xlsx 后再试") from error


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part's bytes, never more than it claims: a size that lies is refused."""
    with archive.open(part) as file:
        content = file.read(part.file_size + 1)
    if len(content) > part.file_size:
        raise whole("表格文件已损坏，请另存后再试")
    return content


def _check_extent(xml: bytes) -> None:
    """Refuse filled cells far outside; one of them would make the reader lay out a table of billions."""
    bare = False
    for cell in _CELL.finditer(xml):
        if cell[2]:
            continue
        place = _PLACE.search(cell[1])
        bare = bare or place is None
        if place and (_column_number(place[1]) > COLUMNS or int(place[2]) > ROWS + 1):
            raise _too_large()
    if bare and any(int(row) > ROWS + 1 for row in _ROW.findall(xml)):
        raise _too_large()


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large() -> ImportMistakes:
    return whole(f"最多 {ROWS} 行、{COLUMNS} 列，请拆成几个文件后再导入")


def _bounded(lines: Iterable[tuple[Cell, ...]]) -> Table:
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    mistakes: list[ImportMistake] = []
    for number, line in enumerate(lines, start=1):
        if not any(str(cell).strip() for cell in line):
            continue
        if len(line) > COLUMNS and any(str(cell).strip() for cell in line[COLUMNS:]):
            raise _too_large()
        if header is None:
            header = tuple(str(cell).strip() for cell in line[:COLUMNS])
            continue
        if len(rows) >= ROWS:
            raise _too_large()
        rows.append((number, line[:COLUMNS]))
        mistakes += _long_cells(number, header, line)
    if header is None:
        raise whole("文件是空的")
    if mistakes:
        raise ImportMistakes(mistakes)
    return Table(header, tuple(rows))


def _long_cells(number: int, header: tuple[str, ...], line: tuple[Cell, ...]) -> list[ImportMistake]:
    return [
        ImportMistake(number, header[at] if at < len(header) else str(at + 1), f"超过 {CELL_CHARS} 个字，请缩短")
        for at, cell in enumerate(line)
        if isinstance(cell, str) and len(cell) > CELL_CHARS
    ]
