"""`guanjia understand`: JSON lines in, readings out (design.md 5)."""

import io
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from bot.cli._shell import refuse


def understand(
    now: Annotated[
        str | None, typer.Option("--now", help="参考时间（ISO 8601，带时区），“明天下午”由此推算；默认现在。")
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="没有 --now 时所用的时区。")] = "Asia/Shanghai",
    model: Annotated[Path | None, typer.Option("--model", help="模型目录，默认内置模型。")] = None,
) -> None:
    """从标准输入逐行读 {"id","text"}，每行输出一条理解结果。输入有误时指出行号，退出码为 2。

    示例：echo '{"id":"1","text":"厨房水管漏水了"}' | guanjia understand --now 2026-11-24T10:00:00+08:00
    """
    moment = _moment(now, zone)
    from nlp.render import as_json
    from nlp.understand import load

    understander = load(model)
    lines, out = _streams()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        given = _given(number, line)
        meaning = understander.understand(given["text"], moment)
        out.write(json.dumps({"id": given.get("id"), **as_json(meaning)}, ensure_ascii=False) + "\n")
        out.flush()


def _streams() -> tuple[TextIO, TextIO]:
    """Standard input and output as UTF-8, whatever the terminal says; half characters do not stop the run."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin, sys.stdout


def _moment(text: str | None, zone: str) -> datetime:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from bot.clock import SystemClock

    if text is None:
        try:
            return SystemClock().now().astimezone(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise typer.BadParameter("不是时区名，例如 Asia/Shanghai", param_hint="--zone") from error
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("应为 ISO 8601，例如 2026-11-24T10:00:00+08:00", param_hint="--now") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _given(number: int, line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError:
        refuse([f"第 {number} 行不是 JSON"])
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        refuse([f'第 {number} 行应为 {{"id": …, "text": "…"}}'])
    return given
