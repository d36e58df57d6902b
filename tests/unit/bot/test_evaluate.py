"""`guanjia evaluate`: figures as lines and as a page in which messages are only text (INV-24)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build

LINES = (
    {"text": "厨房水管漏水了，快来修", "acts": [{"intent": "repair", "category": "water_leak"}]},
    {"text": "物业费怎么交", "acts": [{"intent": "payment", "category": "property_fee"}]},
    {"text": "<script>alert(1)</script>厨房水管漏水了", "acts": [{"intent": "praise", "category": "other"}]},
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(list(arguments)), list(arguments))


@pytest.fixture
def labelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in LINES), encoding="utf-8")
    return path


def test_the_figures_are_printed(labelled: Path) -> None:
    result = run("evaluate", str(labelled))
    assert result.exit_code == 0, result.output
    assert "messages 3" in result.output
    assert "66.7%" in result.output


def test_a_page_shows_messages_as_text(labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert run("evaluate", str(labelled), "--html", str(page)).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "66.7%" in text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("content", ["", "not json", '{"text": "x"}', '{"text": "x", "acts": []}'])
def test_a_file_without_labelled_messages_exits_2(labelled: Path, content: str) -> None:
    labelled.write_text(content, encoding="utf-8")
    assert run("evaluate", str(labelled)).exit_code == 2


def test_a_missing_file_exits_2(labelled: Path) -> None:
    assert run("evaluate", "nowhere.jsonl").exit_code == 2
