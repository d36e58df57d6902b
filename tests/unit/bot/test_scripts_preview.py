"""`guanjia scripts preview`: the scripts as they will be read, and what is wrong with them before they go live."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.scripts import Samples
from handlers.texts import Texts
from tests.unit.bot.test_commands import enter, run
from tests.unit.handlers.factory import ESTATE, ZONE


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without settings from outside."""
    enter(tmp_path, monkeypatch)
    return tmp_path


def site(folder: Path, content: str) -> str:
    path = folder / "new.yaml"
    path.write_text(content, "utf-8")
    return str(path)


def test_a_script_is_shown_with_its_key_its_number_and_its_values(here: Path) -> None:
    result = run("scripts", "preview", "SC-D42")
    assert result.exit_code == 0, result.output
    assert "complaint.opened · SC-D42 · complaint.yaml" in result.output
    assert "我们会在3天内处理完毕" in result.output
    assert "{" not in result.output


def test_keys_are_chosen_by_their_beginning_and_buttons_are_shown(here: Path) -> None:
    result = run("scripts", "preview", "repair.ask.area")
    assert result.exit_code == 0
    assert "[家里] [公共区域]" in result.output
    assert "complaint.opened" not in result.output


def test_an_unknown_choice_is_refused(here: Path) -> None:
    result = run("scripts", "preview", "no.such.key")
    assert result.exit_code == 2
    assert "no.such.key" in result.output


def test_a_file_that_is_not_there_is_refused(here: Path) -> None:
    result = run("scripts", "preview", "--file", "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.output


def test_a_new_file_is_shown_before_it_goes_live(here: Path) -> None:
    name = site(here, "common.goodbye: {text: 谢谢您，祝您晚安，再见！}\n")
    result = run("scripts", "preview", "--file", name)
    assert result.exit_code == 0, result.output
    assert "祝您晚安" in result.output
    assert "共 1 条，检查通过" in result.output


def test_what_lies_in_the_folder_of_the_site_is_shown_and_checked(here: Path) -> None:
    (here / "var" / "texts").mkdir(parents=True)
    (here / "var" / "texts" / "own.yaml").write_text("common.goodbye: {text: 你自己看吧}\n", "utf-8")
    result = run("scripts", "preview", "common.goodbye")
    assert result.exit_code == 2
    assert "own.yaml：common.goodbye：听起来像在责怪住户" in result.output


def test_every_mistake_is_listed_with_file_key_and_reason(here: Path) -> None:
    name = site(
        here,
        "no.such: {text: 您好}\n"
        "common.goodbye: {text: '您好，{surprise}'}\n"
        "repair.opened.urgent: {text: '情况紧急，请您注意安全，编号{ticket.number}，位置：{where}'}\n"
        "repair.ask.area: {text: 请问在哪里？, buttons: {garden: 花园}}\n"
        "complaint.rework: {text: 都是我们的错，公司承担全部责任。}\n"
        "callback.thanks: {text: 这个问题我们保证处理好。}\n"
        "greeting.bye: {text: 不归我管，赔您一百。}\n"
        "greeting.hello: {text: 请问您贵姓？您住哪里？}\n",
    )
    result = run("scripts", "preview", "--file", name)
    assert result.exit_code == 2
    for line in (
        "no.such：没有这个键",
        "common.goodbye：没有占位符 {surprise}",
        "repair.opened.urgent：{where} 有时是空的",
        "repair.ask.area：没有按钮 garden",
        "complaint.rework：像在认定责任",
        "complaint.rework：这里应当先致歉",
        "callback.thanks：有“尽快”“立刻”“保证”一类的话",
        "greeting.bye：像在推脱",
        "greeting.bye：赔偿不能在这里答应",
        "greeting.hello：一次只问一件事",
    ):
        assert f"{name}：{line}" in result.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"a: [", "格式不对"), ("再见".encode("gbk"), "UTF-8"), (b"a: {text: x}\na: {text: y}", "两次")],
)
def test_a_broken_file_is_named_with_its_fault(here: Path, content: bytes, reason: str) -> None:
    (here / "bad.yaml").write_bytes(content)
    result = run("scripts", "preview", "--file", "bad.yaml")
    assert result.exit_code == 2
    assert "bad.yaml" in result.output
    assert reason in result.output


def test_every_text_can_be_shown() -> None:
    texts = Texts.load()
    samples = Samples(texts, ESTATE, datetime(2026, 11, 24, 10, tzinfo=ZONE))
    assert all("{" not in samples.show(key).rendered.body for key in sorted(texts.keys()))


def test_the_product_does_not_start_with_a_wrong_text(here: Path) -> None:
    (here / "var" / "texts").mkdir(parents=True)
    (here / "var" / "texts" / "own.yaml").write_text("common.goodbye: {text: '您好，{surprise}'}\n", "utf-8")
    result = run("serve", "--port", "0")
    assert result.exit_code == 2
    assert "own.yaml：common.goodbye：没有占位符 {surprise}" in result.output
