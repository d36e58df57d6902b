"""`guanjia correct`: what staff say a message meant becomes an example, and nothing personal is kept."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.clock import SystemClock
from bot.config import Config
from bot.opening import open_database
from bot.secrets import ensure_keys
from nlp.corpus import read
from nlp.corpus_check import check_folder
from storage.message import Inbound
from storage.model import NewTicket, TicketType
from storage.unit_of_work import UnitOfWork

STAFF = Path(__file__).parents[2] / "scenarios" / "estate" / "staff.csv"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(list(arguments)), list(arguments))


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run("migrate").exit_code == 0
    assert run("import", "staff", str(STAFF)).exit_code == 0
    return tmp_path


def store(work: Callable[[UnitOfWork], object]) -> None:
    config = Config.load(None, {})
    database = open_database(config, ensure_keys(config.var, None, None))
    with database.transaction() as uow:
        work(uow)
    database.close()


def export(folder: Path) -> list[dict[str, object]]:
    path = folder / "out" / "corrections.jsonl"
    assert run("correct", "--export", str(path)).exit_code == 0
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


LIGHT = ("--intent", "complaint", "--category", "light_pollution", "--by", "M001")


def test_words_become_an_example_that_the_trainer_reads(estate: Path) -> None:
    result = run("correct", "对面楼顶的大灯整晚照进我家卧室", *LIGHT)
    assert result.exit_code == 0, result.output
    (line,) = export(estate)
    assert line["text"] == "对面楼顶的大灯整晚照进我家卧室"
    assert line["acts"] == [{"intent": "complaint", "category": "light_pollution"}]
    (example,) = read(estate / "out")
    assert example.acts[0].intent == "complaint"
    assert check_folder(estate / "out", ["light_pollution"]).problems == ()


def test_nothing_personal_is_kept(estate: Path) -> None:
    run("correct", "我是3栋2单元501的张师傅，电话13800138000，大灯照进卧室", *LIGHT)
    text = str(export(estate)[0]["text"])
    for private in ("501", "张师傅", "13800138000"):
        assert private not in text


def test_the_last_word_on_a_message_counts(estate: Path) -> None:
    run("correct", "大灯照进我家卧室", *LIGHT)
    run("correct", "大灯照进我家卧室", "--intent", "repair", "--category", "lighting", "--by", "M001")
    (line,) = export(estate)
    assert line["acts"] == [{"intent": "repair", "category": "lighting"}]
    listed = run("correct", "--list").output
    assert "repair/lighting" in listed
    assert "M001" in listed


def test_a_ticket_brings_its_own_words(estate: Path) -> None:
    now = SystemClock().now()

    def open_ticket(uow: UnitOfWork) -> None:
        said = Inbound("webchat.main", "u1", "k1", "message", text="对面楼顶的大灯整晚照进我家卧室，睡不着")
        added = uow.inbox.add(said, now=now)
        day = date(2026, 11, 24)
        uow.tickets.open(NewTicket(TicketType.REPAIR, "lighting", "大灯照进卧室", day, f"{added.id}:0"), now)

    store(open_ticket)
    result = run("correct", "R261124-001", *LIGHT)
    assert result.exit_code == 0, result.output
    assert export(estate)[0]["text"] == "对面楼顶的大灯整晚照进我家卧室，睡不着"
    assert "R261124-001" in run("correct", "--list").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("大灯照进卧室",),
        ("R991231-009", *LIGHT),
        ("大灯照进卧室", "--intent", "refund", "--category", "lighting", "--by", "M001"),
        ("大灯照进卧室", "--intent", "repair", "--category", "no_such", "--by", "M001"),
        ("大灯照进卧室", "--intent", "repair", "--category", "lighting", "--by", "nobody"),
        ("……", *LIGHT),
        ("大灯" * 101, *LIGHT),
    ],
)
def test_what_cannot_be_kept_exits_2_and_keeps_nothing(estate: Path, arguments: tuple[str, ...]) -> None:
    assert run("correct", *arguments).exit_code == 2
    assert export(estate) == []


def test_a_false_alarm_is_no_example_of_danger(estate: Path) -> None:
    run("correct", "着火了快来人", "--intent", "inquiry", "--category", "other", "--by", "M001")
    run("correct", "对面在冒烟大家快跑", "--intent", "emergency", "--category", "fire", "--by", "M001")
    assert [line["urgency"] for line in export(estate)][1] == "emergency"
    assert export(estate)[0]["urgency"] != "emergency"


def test_the_labels_can_be_looked_up(estate: Path) -> None:
    listed = run("correct", "--labels").output
    assert "complaint" in listed
    assert "light_pollution" in listed


def test_the_moment_is_kept_in_utc(estate: Path) -> None:
    run("correct", "大灯照进我家卧室", *LIGHT)
    moments: list[datetime] = []
    long_ago, far = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    store(lambda uow: moments.extend(each[1] for each in uow.records.between("correction", long_ago, far)))
    assert moments[0].utcoffset() == UTC.utcoffset(None)
