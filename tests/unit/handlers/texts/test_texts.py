"""Texts load whole or not at all, and are filled in one pass."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handlers.effects import Phrase
from handlers.errors import TextError
from handlers.texts import Texts
from handlers.texts.render import parse, yuan
from nlp.categories import categories, finer
from nlp.meaning import TimeWindow
from storage.model import TicketStatus
from tests.unit.handlers.factory import ESTATE, HOME, NOW, ZONE, ticket, window


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def overlay(folder: Path, content: str) -> Texts:
    (folder / "site.yaml").write_text(content, "utf-8")
    return Texts.load([folder])


def shown(texts: Texts, template: str, **params: object) -> str:
    parsed = parse(template)
    own = Texts(
        {"x.y": type(next(iter(texts._templates.values())))(parsed.parts, parsed.needs)} | dict(texts._templates)
    )
    return own.render(Phrase("x.y", params), estate=ESTATE, now=NOW, ticket=ticket()).body


def test_every_package_text_loads_and_names_its_script(texts: Texts) -> None:
    assert texts.known("common.greeting")
    assert texts.script("common.greeting") == "SC-V01"
    assert not texts.known("common.nonsense")


def test_estate_and_ticket_are_always_there(texts: Texts) -> None:
    body = texts.render(Phrase("common.photo_added"), estate=ESTATE, now=NOW, ticket=ticket()).body
    assert "R261122-012" in body


def test_resident_text_is_never_read_as_a_template(texts: Texts) -> None:
    assert shown(texts, "{text}", text="{estate.name}[[x]]{") == "{estate.name}[[x]]{"


def test_an_optional_part_vanishes_with_an_empty_value(texts: Texts) -> None:
    assert shown(texts, "A[[，地址{home}]]B", home=None) == "AB"
    assert shown(texts, "A[[，地址{home}]]B", home=HOME) == "A，地址3栋2单元501B"


def test_an_optional_part_may_hold_another(texts: Texts) -> None:
    template = "[[地址{a}[[ {b}]]]]"
    assert shown(texts, template, a="x", b=None) == "地址x"
    assert shown(texts, template, a=None, b="y") == ""


def test_labels_of_the_ticket_are_words(texts: Texts) -> None:
    assert shown(texts, "{ticket.category}·{ticket.group}·{ticket.status}") == "漏水·维修部·已登记，正在安排"


def test_an_unknown_category_reads_as_other(texts: Texts) -> None:
    body = texts.render(
        Phrase("ticket.note.cancelled", {"what": "x"}), estate=ESTATE, now=NOW, ticket=ticket(category="brand_new")
    ).body
    assert "其他" in body


def test_the_ticket_shows_its_block_and_extra(texts: Texts) -> None:
    assert shown(texts, "{ticket.where}|{ticket.extra.missing}") == "3栋2单元厨房|"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 22, 7, 0, tzinfo=UTC), "今天15:00"),
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), "明天上午9:00"),
        (datetime(2026, 11, 23, 18, 10, tzinfo=UTC), "后天凌晨2:10"),
        (datetime(2026, 11, 21, 4, 0, tzinfo=UTC), "昨天12:00"),
        (datetime(2026, 11, 26, 2, 30, tzinfo=UTC), "11月26日 周四 上午10:30"),
        (datetime(2027, 1, 3, 2, 0, tzinfo=UTC), "2027年1月3日 周日 上午10:00"),
    ],
)
def test_moments_are_said_relative_to_today(texts: Texts, moment: datetime, said: str) -> None:
    assert shown(texts, "{at}", at=moment) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (window(23, 9, 11), "明天上午9:00–11:00"),
        (window(23, 13, 18), "明天13:00–18:00"),
        (window(23, 8, 22), "明天全天"),
        (window(23, 15), "明天15:00"),
        (TimeWindow(None, datetime(2026, 11, 22, 15, tzinfo=ZONE)), "今天15:00前"),
        (
            TimeWindow(datetime(2026, 11, 22, 20, tzinfo=ZONE), datetime(2026, 11, 23, 0, tzinfo=ZONE)),
            "今天20:00–24:00",
        ),
        (
            TimeWindow(datetime(2026, 11, 22, 20, tzinfo=ZONE), datetime(2026, 11, 24, 9, tzinfo=ZONE)),
            "今天20:00–后天上午9:00",
        ),
        (TimeWindow(), ""),
    ],
)
def test_windows_are_said_the_way_people_do(texts: Texts, span: TimeWindow, said: str) -> None:
    assert shown(texts, "{span}", span=span) == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("day", date(2026, 11, 23), "明天"),
        ("share", 3.5, "3.5"),
        ("share", 2.0, "2"),
        ("open", True, "是"),
        ("count", 4, "4"),
        ("status", TicketStatus.DONE, "已完工，待您确认"),
        ("lines", (Phrase("repair.asap"), "", "x"), "尽快\nx"),
        ("nothing", None, ""),
    ],
)
def test_values_are_shown_by_their_kind(texts: Texts, name: str, value: object, said: str) -> None:
    assert shown(texts, f"{{{name}}}", **{name: value}) == said


def test_money_is_yuan_once_even_where_the_text_says_it_too(texts: Texts) -> None:
    assert shown(texts, "共{amount_fen}", amount_fen=12850) == "共128.50元"
    assert shown(texts, "共{amount_fen}元", amount_fen=12850) == "共128.50元"
    assert yuan(-5) == "-0.05元"


def test_before_and_after_stand_around_with_their_buttons(texts: Texts) -> None:
    params = {"before": (Phrase("common.greeting"), Phrase("common.missed")), "after": Phrase("common.anything_else")}
    rendered = texts.render(Phrase("repair.ask.area", params), estate=ESTATE, now=NOW)
    assert rendered.body.startswith("您好，这里是青禾园")
    assert rendered.body.index("对不起") < rendered.body.index("请问是您家里")
    assert rendered.body.endswith("别的事吗？")
    assert rendered.buttons == (("home", "家里"), ("public", "公共区域"))


def test_two_greetings_become_one(texts: Texts) -> None:
    rendered = texts.render(
        Phrase("common.still_there_else", {"before": Phrase("common.greeting")}), estate=ESTATE, now=NOW
    )
    assert rendered.body.count("您好") == 1


def test_a_phrase_may_bring_its_own_ticket(texts: Texts) -> None:
    other = Phrase("common.photo_added", {"ticket": ticket(77)})
    body = texts.render(Phrase("complaint.ask.story", {"lead": other}), estate=ESTATE, now=NOW, ticket=ticket()).body
    assert "R261122-077" in body


def test_a_missing_value_is_an_error_with_its_key(texts: Texts) -> None:
    with pytest.raises(TextError, match=r"repair\.opened\.visit: no value"):
        texts.render(Phrase("repair.opened.visit"), estate=ESTATE, now=NOW, ticket=ticket())


def test_a_missing_ticket_is_an_error(texts: Texts) -> None:
    with pytest.raises(TextError, match="no ticket"):
        texts.render(Phrase("common.photo_added"), estate=ESTATE, now=NOW)


def test_an_unknown_key_is_an_error(texts: Texts) -> None:
    with pytest.raises(TextError, match="unknown key"):
        texts.render(Phrase("common.nonsense"), estate=ESTATE, now=NOW)


def test_a_title_is_shown_where_it_is_known(texts: Texts) -> None:
    parsed = parse("{title}您好")
    template = type(next(iter(texts._templates.values())))(parsed.parts, parsed.needs)
    own = Texts({"x.y": template})
    assert own.render(Phrase("x.y"), estate=ESTATE, now=NOW, title="周女士").body == "周女士您好"
    assert own.render(Phrase("x.y"), estate=ESTATE, now=NOW).body == "您好"


def test_a_site_may_change_words_and_keeps_the_buttons(tmp_path: Path) -> None:
    texts = overlay(tmp_path, "repair.ask.area: {text: 请问在哪里？}\n")
    rendered = texts.render(Phrase("repair.ask.area"), estate=ESTATE, now=NOW)
    assert rendered.body == "请问在哪里？"
    assert rendered.buttons[0] == ("home", "家里")
    assert texts.script("repair.ask.area") == "SC-V09"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("nope.key: {text: x}", "nope.key：没有这个键"),
        ("common.goodbye: {text: '{surprise}'}", "没有占位符 {surprise}"),
        ("common.goodbye: {text: '{ticket.phone_number}'}", "没有占位符 {ticket.phone_number}"),
        ("common.goodbye: {text: '{estate.secret}'}", "没有占位符 {estate.secret}"),
        ("common.goodbye: {text: '{A b}'}", "没有占位符 {A b}"),
        ("common.goodbye: {text: 'x]]'}", "没有 [["),
        ("common.goodbye: {text: '[[x'}", "括号没有成对"),
        ("common.goodbye: {text: 'a { b'}", "括号没有成对"),
        ("common.goodbye: {words: x}", "应当写成"),
        ("common.goodbye: {text: x, sound: y}", "没有 sound"),
        ("common.goodbye: {text: x, buttons: [a]}", "buttons 应当"),
        ("- a list", "应当逐条"),
        ("a: [", "格式不对"),
    ],
)
def test_a_wrong_overlay_is_refused_with_file_and_key(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(TextError) as caught:
        overlay(tmp_path, content)
    assert problem in str(caught.value)
    assert "site.yaml" in caught.value.problems[0]


def test_every_mistake_of_an_overlay_is_listed(tmp_path: Path) -> None:
    with pytest.raises(TextError) as caught:
        overlay(tmp_path, "a.b: {text: x}\nc.d: {text: y}\n")
    assert len(caught.value.problems) == 2


def test_placeholders_are_what_the_code_must_fill(texts: Texts) -> None:
    assert texts.placeholders("repair.opened.visit") == {"where", "content", "visit", "charge"}
    assert texts.keys() >= {"common.greeting", "repair.opened.visit"}


def test_every_category_has_a_title_and_every_title_a_category(texts: Texts) -> None:
    titled = {key.rpartition(".")[2] for key in texts._templates if key.startswith("label.category.")}
    assert titled == categories() | set(finer())


@pytest.mark.parametrize(
    ("phones", "number"), [({"service": "0512-55550000"}, "0512-55550000或119。"), ({}, "拨打119。")]
)
def test_the_busy_sentence_always_ends_in_a_number(texts: Texts, phones: dict[str, str], number: str) -> None:
    body = texts.render(Phrase("web.busy"), estate=replace(ESTATE, phones=phones), now=NOW).body
    assert body.endswith(number)
