"""Plays the transcripts of docs/conversations again; `python -m tests.conversations` writes them anew."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from bot.config import Config
from bot.pipeline import Understands
from bot.simulation.play import Setup, perform
from bot.simulation.scenario import read
from nlp import understand

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "conversations"
_SAMPLE = Path(str(files("bot"))) / "sample"
_LOADS = tuple((kind, _SAMPLE / f"{kind}.csv") for kind in ("homes", "residents", "staff", "bills", "faq"))
_GROUPS = {
    "repair": "维修群", "service": "客服群", "order": "秩序群", "clean": "保洁群", "manager": "管理群",
    "finance": "财务群",
}  # fmt: skip
_STATUS = {
    "new": "已登记", "assigned": "已派工", "accepted": "已接单", "arrived": "已到场", "done": "已完工",
    "confirmed": "住户已确认", "closed": "已办结", "suspended": "挂起", "reopened": "返工", "cancelled": "已取消",
    "merged": "已并入主单",
}  # fmt: skip
#: Daily lists of all open matters, left out where nobody asked for them.
_ROUTINE = frozenset({"staff.list.group", "box.remind", "box.missed"})
_WEEK = "一二三四五六日"


def names() -> list[str]:
    """The transcripts, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def given(name: str) -> list[str]:
    """The lines of a scenario."""
    return (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()


async def played(name: str, understander: Understands) -> list[dict[str, Any]]:
    """Play a scenario on the sample estate; what leaves, as dicts."""
    out = io.StringIO()
    await perform(read(given(name)), Setup(Config.load(None, {}), _LOADS, keys=True, understander=understander), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def transcript(name: str, printed: list[dict[str, Any]]) -> str:
    """What was said and what left, in the order of time, as Markdown."""
    about = yaml.safe_load((FOLDER / "about.yaml").read_text("utf-8"))[name]
    said = [json.loads(line) for line in given(name) if line.strip()]
    lines = sorted([*said, *printed], key=lambda line: (line["at"], "from" not in line))
    return "\n".join([f"# {about['title']}", "", about["about"], "", *_body(lines, about["who"])]) + "\n"


def _body(lines: list[dict[str, Any]], who: Mapping[str, str]) -> Iterator[str]:
    day = ""
    status: dict[str, str] = {}
    for line in lines:
        text = _told(line, who, status)
        if text is None:
            continue
        at = datetime.fromisoformat(line["at"])
        if f"{at:%m%d}" != day:
            day = f"{at:%m%d}"
            yield f"## {at.month}月{at.day}日 周{_WEEK[at.weekday()]}"
            yield ""
        yield text.replace("@", f"{at:%H:%M}", 1)
        yield ""


def _told(line: Mapping[str, Any], who: Mapping[str, str], status: dict[str, str]) -> str | None:
    if "from" in line:
        place = f"（{_GROUPS[line['in'].partition(':')[2]]}）" if "in" in line else ""
        return f"**@ {_name(line['from'], who)}{place}**　{line.get('text') or line.get('voice') or line.get('tap')}"
    if "to" in line:
        if line["key"] in _ROUTINE and line["kind"] != "reply":
            return None
        buttons = "".join(f"［{label}］" for label in line["buttons"])
        body = line["text"].replace("\n", "  \n> ")
        return f"> **@ 管家 → {_name(line['to'], who)}**　{body}{'  ' + chr(10) + '> ' + buttons if buttons else ''}"
    if line.get("event") == "ticket" and status.get(line["number"]) != line["status"]:
        status[line["number"]] = line["status"]
        return f"*@ {line['number']} {_STATUS[line['status']]}*"
    return None


def _name(whom: str, who: Mapping[str, str]) -> str:
    kind, _, ident = whom.partition(":")
    if kind == "group":
        return _GROUPS[ident]
    return who[ident] if kind == "resident" else _staff().get(ident, ident)


@cache
def _staff() -> dict[str, str]:
    with (_SAMPLE / "staff.csv").open(encoding="utf-8-sig") as rows:
        return {row["账号"]: row["姓名"] for row in csv.DictReader(rows)}


def main() -> None:
    """Write every transcript anew."""
    understander = understand.load()
    for name in names():
        printed = asyncio.run(played(name, understander))
        (FOLDER / f"{name}.md").write_text(transcript(name, printed), "utf-8")


if __name__ == "__main__":
    main()
