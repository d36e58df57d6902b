"""`guanjia privacy`: a resident's copy and deletion on request (reliability.md 6; PIPL art. 45, 47)."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.config import Config
from bot.opening import open_database
from bot.secrets import ensure_keys
from storage.media import MediaFile
from storage.message import Inbound
from tests.fakes.queue import finish_all

ESTATE = Path(__file__).parents[2] / "scenarios" / "estate"
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
FILE = f"{'a' * 24}.jpg"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(list(arguments)), list(arguments))


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small estate in which Zhou Xiaomei wrote something and sent a picture."""
    monkeypatch.chdir(tmp_path)
    assert run("migrate").exit_code == 0
    for kind in ("homes", "residents", "staff"):
        assert run("import", kind, str(ESTATE / f"{kind}.csv")).exit_code == 0
    config = Config.load(None, {})
    database = open_database(config, ensure_keys(config.var, None, None))
    with database.transaction() as uow:
        added = uow.inbox.add(Inbound("webchat.main", "wx-zhou", "k1", "message", "我家厨房漏水"), now=NOW)
        finish_all(uow, uow.inbox.claim("test", NOW, 5), NOW)
        uow.media.add(MediaFile(FILE, "image", "image/jpeg", 1, "0", added.lane, None, NOW))
    database.close()
    (tmp_path / "var" / "media").mkdir()
    (tmp_path / "var" / "media" / FILE).write_bytes(b"x")
    return tmp_path


WHO = ("--account", "wx-zhou", "--by", "M001")


def test_the_copy_holds_words_and_pictures(estate: Path) -> None:
    result = run("privacy", "export", *WHO, "--out", "copy.zip")
    assert result.exit_code == 0, result.output
    path = estate / "copy.zip"
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(path) as packed:
        assert packed.read(f"media/{FILE}") == b"x"
        copy = json.loads(packed.read("data.json"))
    assert [line["text"] for line in copy["inbox"]] == ["我家厨房漏水"]
    assert copy["people"][0]["name"] == "周晓梅"


def test_after_the_deletion_nobody_is_found(estate: Path) -> None:
    result = run("privacy", "erase", *WHO, "--yes")
    assert result.exit_code == 0, result.output
    assert not (estate / "var" / "media" / FILE).exists()
    again = run("privacy", "export", *WHO)
    assert again.exit_code == 2
    assert "没有找到" in again.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--by", "M001"), "--phone"),
        (("--account", "nobody", "--by", "M001"), "没有找到"),
        (("--account", "wx-zhou", "--by", "X999"), "X999"),
    ],
)
def test_a_wrong_request_ends_with_code_2(estate: Path, words: tuple[str, ...], told: str) -> None:
    assert estate
    result = run("privacy", "export", *words)
    assert result.exit_code == 2
    assert told in result.output
