"""The training corpus keeps its form, its breadth and its variety; the checker sees what it must see."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest

from nlp.categories import categories
from nlp.corpus import Example, read
from nlp.corpus_check import (
    Line,
    Report,
    check_folder,
    check_lines,
    exact_duplicates,
    near_duplicates,
    skeletons,
    template_share,
)
from nlp.meaning import Intent
from nlp.resources import DATA

SENTENCES = 6_000
PER_INTENT = 120
PER_CATEGORY = 25
SEVERAL_WISHES = 500
CLOSED = 200
EMERGENCIES = 500
TOO_ALIKE = 0.75
OFTEN, TEMPLATE_SHARE = 3, 0.02

KNOWN = frozenset({"lighting", "property_fee"})


@pytest.fixture(scope="module")
def report() -> Report:
    return check_folder(DATA / "intents", categories())


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read()


def row(**changes: object) -> str:
    raw: dict[str, object] = {
        "text": "三楼过道的灯灭了",
        "acts": [{"intent": "repair", "category": "lighting"}],
        "urgency": "normal",
        "sentiment": "neutral",
        "closed": False,
        "style": "chat",
    }
    return json.dumps({key: value for key, value in {**raw, **changes}.items() if value is not None})


def reasons(*rows: str) -> list[str]:
    return [problem.reason for problem in check_lines("x.jsonl", rows, KNOWN).problems]


def lines(*texts: str, words: frozenset[str] = frozenset()) -> list[Line]:
    return [Line(f"x.jsonl:{number}", text, words) for number, text in enumerate(texts, 1)]


def test_corpus_has_no_problem(report: Report) -> None:
    assert [f"{problem.origin} {problem.reason}" for problem in report.problems] == []


def test_corpus_has_no_near_copies(report: Report) -> None:
    pairs = near_duplicates(report.lines, TOO_ALIKE)
    assert [(pair.first.text, pair.second.text) for pair in pairs] == []


def test_corpus_is_not_filled_in_from_templates(report: Report) -> None:
    assert template_share(report.lines, OFTEN) <= TEMPLATE_SHARE


def test_corpus_is_large_enough(examples: list[Example]) -> None:
    assert len(examples) >= SENTENCES
    assert sum(len(one.acts) > 1 for one in examples) >= SEVERAL_WISHES
    assert sum(one.closed for one in examples) >= CLOSED
    assert sum(one.urgency == "emergency" for one in examples) >= EMERGENCIES


def test_every_intent_has_its_sentences(examples: list[Example]) -> None:
    counts = Counter(act.intent for one in examples for act in one.acts)
    assert {intent for intent in get_args(Intent) if counts[intent] < PER_INTENT} == set()


def test_every_category_has_its_sentences(examples: list[Example]) -> None:
    known = categories()
    counts = Counter(act.category for one in examples for act in one.acts)
    assert {category for category in known if counts[category] < PER_CATEGORY} == set()


def misplaced(examples: list[Example]) -> Iterator[str]:
    for one in examples:
        intents = [act.intent for act in one.acts]
        if "emergency" in intents and intents[0] != "emergency":
            yield f"danger first: {one.text}"
        if (one.urgency == "emergency") != (intents[0] == "emergency"):
            yield f"urgency and intent disagree: {one.text}"
        if intents != sorted(intents, key="praise".__eq__):
            yield f"thanks last: {one.text}"


def test_wishes_stand_in_the_agreed_order(examples: list[Example]) -> None:
    assert list(misplaced(examples)) == []


def test_sound_line_is_taken_with_its_slot_words() -> None:
    taken = check_lines("x.jsonl", [row(slots={"place": "过道", "room": {"building": "3"}})], KNOWN)
    assert taken.problems == ()
    assert taken.lines == (Line("x.jsonl:1", "三楼过道的灯灭了", frozenset({"过道"})),)


def test_all_problems_are_named_at_once_with_file_and_line() -> None:
    found = check_lines("x.jsonl", ["{", row(), row(style="loud", urgency="soon")], KNOWN).problems
    assert [(one.origin, one.reason) for one in found] == [
        ("x.jsonl:1", "not a JSON object"),
        ("x.jsonl:3", "unknown urgency 'soon'"),
        ("x.jsonl:3", "unknown style 'loud'"),
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (row(closed=None), "closed is missing"),
        (row(note="x"), "unknown key note"),
        (row(text=" 灯灭了"), "text must be 1 to 200 characters without blanks around it"),
        (row(text=""), "text must be 1 to 200 characters without blanks around it"),
        (row(text="灯" * 201), "text must be 1 to 200 characters without blanks around it"),
        (row(sentiment="sad"), "unknown sentiment 'sad'"),
        (row(closed="no"), "closed must be true or false"),
        (row(closed=True, urgency="urgent"), "a closed sentence is normal"),
        (row(acts=[]), "acts must be a list with at least one wish"),
        (row(acts=["repair"]), "a wish must be an object"),
        (row(acts=[{"intent": "fix", "category": "lighting"}]), "unknown intent 'fix'"),
        (row(acts=[{"intent": "repair", "category": "lamps"}]), "unknown category 'lamps'"),
        (
            row(acts=[{"intent": "repair", "category": "lighting", "text": "门坏了"}]),
            "the part '门坏了' is no part of the text",
        ),
        (row(acts=[{"intent": "repair", "category": "lighting"}] * 2), "the part '' is no part of the text"),
        (row(slots=["过道"]), "slots must be an object"),
        (row(slots={"place": "厨房"}), "place '厨房' is not in the text"),
        (row(slots={"colour": "红"}), "unknown slot colour"),
        (row(slots={"room": {"floor": "3"}}), "room must name some of area, building, room, unit"),
    ],
)
def test_broken_line_is_refused_with_its_reason(broken: str, reason: str) -> None:
    assert reason in reasons(broken)


def test_same_sentence_with_other_punctuation_is_a_double() -> None:
    found = list(exact_duplicates(lines("灯灭了，快来", "门坏了", "灯灭了快来！")))
    assert [(one.origin, one.reason) for one in found] == [("x.jsonl:3", "says the same as x.jsonl:1: 灯灭了快来！")]


def test_near_copy_is_found_and_a_different_sentence_is_not() -> None:
    given = lines("厨房的水管漏水了麻烦来修一下", "厨房的水管漏水了麻烦来修下", "请问周末物业有没有人值班")
    assert [(pair.first, pair.second) for pair in near_duplicates(given, 0.6)] == [(given[0], given[1])]


def test_short_sentences_are_not_called_near_copies() -> None:
    assert list(near_duplicates(lines("水停了", "水停了吧"), 0.5)) == []


def test_numbers_and_slot_words_do_not_make_a_new_sentence() -> None:
    marked = lines("3栋501的厨房漏水了", "十二栋602的阳台漏水了", words=frozenset({"厨房", "阳台"}))
    assert skeletons(marked) == Counter({"0栋0的_漏水了": 2})


def test_template_share_counts_only_frequent_skeletons() -> None:
    given = lines("1栋电梯又停着不走", "2栋电梯又停着不走", "3栋电梯又停着不走", "麻烦把大厅的地拖一拖")
    assert template_share(given, 2) == 0.75
    assert template_share(given, 3) == 0.0
    assert template_share([], 3) == 0.0
