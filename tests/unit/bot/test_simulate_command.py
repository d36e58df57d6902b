"""`guanjia simulate` as a command: what it reads, what it refuses, and databases of its own (design.md 6)."""

import json
from pathlib import Path

import pytest

from tests.unit.bot.test_commands import SMALL, enter, run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without settings from outside."""
    enter(tmp_path, monkeypatch)
    return tmp_path


def line(at: str, **fields: str) -> str:
    return json.dumps({"at": f"2026-11-24T{at}:00+08:00", **fields}, ensure_ascii=False)


def said(output: str, key: str = "text") -> list[str]:
    return [each[key] for each in map(json.loads, output.splitlines()) if key in each]


def test_line_separators_inside_a_text_belong_to_it(here: Path) -> None:
    result = run(
        "simulate", "-", given="\ufeff" + line("10:00", **{"from": "resident:a", "text": "你好\u2028在吗\u0085"})
    )
    assert result.exit_code == 0, result.output
    assert said(result.output)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["{"], "第 1 行：不是 JSON"),
        ([line("10:00"), line("09:59")], "第 2 行：at 比前面的时间早"),
        ([line("10:00", **{"from": "staff:a", "in": "group:nosuch", "text": "在"})], "没有工作群 nosuch"),
        ([line("10:00", **{"from": "resident:a", "tap": "好"})], "没有给 resident:a 看过按钮"),
    ],
)
def test_mistakes_are_told_in_chinese_with_their_line(here: Path, lines: list[str], told: str) -> None:
    result = run("simulate", "-", given="\n".join(lines))
    assert result.exit_code == 2
    assert told in result.output


def test_a_story_goes_on_in_the_same_database(here: Path) -> None:
    db = ("--db", f"sqlite:///{here}/story.db")
    loads = [part for kind in ("homes", "residents", "staff") for part in ("--load", f"{kind}={SMALL / kind}.csv")]
    first = run(
        "simulate",
        "-",
        *loads,
        *db,
        given=line("10:00", **{"from": "resident:wx-zhou", "text": "门铃坏了，明天上午在家"}),
    )
    assert first.exit_code == 0, first.output
    second = run(
        "simulate", "-", *db, given=line("10:05", **{"from": "staff:zhang", "in": "group:repair", "text": "接单"})
    )
    assert second.exit_code == 0, second.output
    assert "accepted" in said(second.output, "status")


def test_the_database_of_an_estate_is_not_played_on(here: Path) -> None:
    assert run("migrate").exit_code == 0
    for kind in ("homes", "staff"):
        assert run("import", kind, str(SMALL / f"{kind}.csv")).exit_code == 0
    result = run("simulate", "-", "--db", f"sqlite:///{here}/var/guanjia.db", given=line("10:00"))
    assert result.exit_code == 2
    assert "正在使用" in result.output


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_cannot_be_used_is_told(here: Path, url: str) -> None:
    result = run("simulate", "-", "--db", url, given=line("10:00"))
    assert result.exit_code == 2
    assert "--db" in result.output


def test_a_stranger_in_a_staff_group_is_nobodys_resident(here: Path) -> None:
    words = {"from": "staff:nobody", "in": "group:repair", "text": "厨房水管漏水了，3栋2单元501"}
    result = run("simulate", "-", given=line("10:00", **words))
    assert result.exit_code == 0
    assert result.output == ""


def test_who_writes_more_than_is_read_hears_so(here: Path) -> None:
    result = run("simulate", "-", given=line("10:00", **{"from": "resident:a", "text": "我想说说。" * 500}))
    assert "内容较长" in said(result.output)[0]


def test_several_estates_are_refused_by_serve(here: Path) -> None:
    (here / "config.yaml").write_text(
        "communities: {a: {name: 甲园}, b: {name: 乙园}}\nchannels: {webchat: {main: {community: a}}}", encoding="utf-8"
    )
    result = run("serve")
    assert result.exit_code == 2
    assert "一个进程服务一个小区" in result.output
