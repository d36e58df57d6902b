"""The command line: exit codes, help with examples, and the operator's commands on a real database."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from bot.cli import build, names

SMALL = Path(__file__).parents[2] / "scenarios" / "estate"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without settings from outside."""
    enter(tmp_path, monkeypatch)
    return tmp_path


def enter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in `folder` as a fresh shell would."""
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        if name.startswith("GUANJIA"):
            monkeypatch.delenv(name)


def run(*arguments: str, given: str | None = None) -> Result:
    """One command."""
    return CliRunner().invoke(build(list(arguments)), list(arguments), input=given)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the small estate, made once."""
    folder = tmp_path_factory.mktemp("estate")
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        assert run("migrate").exit_code == 0
        for kind in ("homes", "residents", "staff", "bills", "faq"):
            result = run("import", kind, str(SMALL / f"{kind}.csv"))
            assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def estate(here: Path, template: Path) -> Path:
    """A copy of it to work in."""
    shutil.copytree(template / "var", here / "var")
    return here


@pytest.mark.parametrize("name", sorted(names()))
def test_every_command_has_a_help_with_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    command = get_command(build([name]))
    assert command is not None
    assert "guanjia" in result.output


def test_the_list_of_commands_hides_the_sample(here: Path) -> None:
    output = run("--help").output
    assert "check-config" in output
    assert "import-sample" not in output


def test_an_unknown_command_exits_2() -> None:
    assert run("serv").exit_code == 2


def test_a_wrong_configuration_exits_2_with_its_path(here: Path) -> None:
    (here / "config.yaml").write_text("server: {port: ninety}", encoding="utf-8")
    result = run("check-config")
    assert result.exit_code == 2
    assert "server.port" in result.output


def test_a_right_configuration_names_its_channels(here: Path) -> None:
    result = run("check-config")
    assert result.exit_code == 0
    assert "webchat.main" in result.output


def test_a_rule_value_with_an_unregistered_source_is_refused(here: Path) -> None:
    (here / "config.yaml").write_text(
        "rules: {sla: {accept: [{since: 2025-01-01, source: no-such-rule, minutes: 10}]}}", encoding="utf-8"
    )
    result = run("check-config")
    assert result.exit_code == 2
    assert "no-such-rule" in result.output


def test_the_first_migration_makes_keys_and_an_administrator_and_the_second_does_not(here: Path) -> None:
    first, second = run("migrate"), run("migrate")
    assert "admin" in first.output
    assert "初始密码" not in second.output
    assert stat.S_IMODE((here / "var" / "cipher.key").stat().st_mode) == 0o600


def test_an_import_before_the_migration_is_refused(here: Path) -> None:
    result = run("import", "homes", str(SMALL / "homes.csv"))
    assert result.exit_code == 2
    assert "migrate" in result.output


def test_an_import_again_changes_nothing(estate: Path) -> None:
    result = run("import", "homes", str(SMALL / "homes.csv"))
    assert "新增 0，更新 0，未变 13" in result.output


def test_residents_of_unknown_homes_are_refused_and_nothing_is_stored(estate: Path) -> None:
    path = estate / "more.csv"
    path.write_text("楼栋,单元,房号,姓名,身份\n3,2,501,陈新明,家属\n99,9,901,陈新亮,业主\n", encoding="utf-8")
    result = run("import", "residents", str(path))
    assert result.exit_code == 2
    assert "第 3 行「房号」" in result.output
    path.write_text("楼栋,单元,房号,姓名,身份\n3,2,501,陈新明,家属\n", encoding="utf-8")
    assert "新增 1" in run("import", "residents", str(path)).output


def test_a_check_stores_nothing(estate: Path) -> None:
    path = estate / "more.csv"
    path.write_text("楼栋,房号\n88,101\n", encoding="utf-8")
    assert run("import", "homes", str(path), "--check").exit_code == 0
    assert "新增 1" in run("import", "homes", str(path)).output


def test_a_password_is_set_from_standard_input(estate: Path) -> None:
    assert run("passwd", "W001", given="correct horse battery\n").exit_code == 0
    assert run("passwd", "W001", given="short\n").exit_code == 2
    assert run("passwd", "nobody", "--generate").exit_code == 2


def test_a_password_may_be_taken_away(estate: Path) -> None:
    assert run("passwd", "W001", "--disable").exit_code == 2
    assert run("passwd", "W001", given="correct horse battery\n").exit_code == 0
    assert "已停用" in run("passwd", "W001", "--disable").output
    assert run("passwd", "nobody", "--disable").exit_code == 2


def test_the_sample_is_loaded_into_an_empty_database_once(here: Path) -> None:
    assert run("migrate").exit_code == 0
    assert "样例" in run("import-sample").output
    assert run("import-sample").output == ""
    assert (here / "var" / "sample.password").exists()


def test_the_doctor_finds_nothing_bad_on_a_fresh_estate(estate: Path) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "✗" not in result.output
    assert "13 户" in result.output


def test_the_doctor_sees_a_key_that_others_can_read(estate: Path) -> None:
    (estate / "var" / "cipher.key").chmod(0o644)
    result = run("doctor")
    assert result.exit_code == 1
    assert "✗ 密钥" in result.output


def test_understanding_answers_each_line_in_order(here: Path) -> None:
    lines = [{"id": "a", "text": "厨房水管漏水了，3栋2单元501"}, {"id": 2, "text": "你好"}]
    given = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    result = run("understand", "--now", "2026-11-22T10:00:00+08:00", given=given)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["id"], second["id"]) == ("a", 2)
    assert first["slots"]["room"] == {"area": None, "building": "3", "unit": "2", "room": "501"}


@pytest.mark.parametrize("line", ["no json", '{"id": 1}', "[1]"])
def test_understanding_names_the_line_that_it_cannot_read(here: Path, line: str) -> None:
    result = run("understand", given=f'{{"text": "你好"}}\n{line}\n')
    assert result.exit_code == 2
    assert "第 2 行" in result.stderr


def test_understanding_needs_a_moment_in_iso(here: Path) -> None:
    assert run("understand", "--now", "tomorrow", given="").exit_code == 2


def test_several_estates_need_to_be_told_apart(estate: Path) -> None:
    (estate / "config.yaml").write_text(
        "communities: {a: {name: 甲园}, b: {name: 乙园}}\nchannels: {webchat: {main: {community: a}}}", encoding="utf-8"
    )
    homes = str(SMALL / "homes.csv")
    assert run("import", "homes", homes).exit_code == 2
    assert run("import", "homes", homes, "--community", "c").exit_code == 2
    assert "新增 13" in run("import", "homes", homes, "--community", "b").output
    assert "新增 13" in run("import", "homes", homes, "--community", "a").output
