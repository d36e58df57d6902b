"""Where one wish ends and the next begins."""

import pytest

from nlp.acts import split
from nlp.model import Scores


def scores(text: str) -> Scores:
    """A reader that knows two trades by one word each."""
    fault = 0.9 if "漏" in text or "灯" in text else 0.1
    return Scores({"repair": fault, "payment": 1 - fault}, {"neutral": 1.0}, 0.0, 0.0, None)  # type: ignore[arg-type]


def apart(before: object, after: object) -> bool:
    return before.scores.best != after.scores.best  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "3栋2单元501厨房漏水了，电话13800001501，下午有人",
        "明天上午，厨房漏水",
        "厨房漏水，随时可以来",
        "灯坏了，周六上午都在家",
    ],
)
def test_when_where_and_phone_are_no_wish_of_their_own(text: str) -> None:
    """ "下午有人" was read as somebody in danger."""
    assert split(text, scores, apart) == []


def test_two_matters_are_two_wishes_with_their_details() -> None:
    parts = split("灯坏了，明天上午在家，顺便问下物业费怎么交", scores, apart)
    assert [part.text for part in parts] == ["灯坏了，明天上午在家", "顺便问下物业费怎么交"]


def test_details_alone_stay_one_message() -> None:
    assert split("3栋2单元501，下午在家", scores, apart) == []


def never(_: object, __: object) -> bool:
    """Nothing tells the pieces apart but the numbers in front of them."""
    return False


def test_points_of_a_numbered_list_are_wishes_of_their_own() -> None:
    parts = split("1.厨房灯坏了 2.我要开发票", scores, never)
    assert [part.text.strip() for part in parts] == ["厨房灯坏了", "我要开发票"]


def test_points_about_the_same_stay_together() -> None:
    assert split("1.厨房灯坏了 2.卧室灯坏了", scores, never) == []


def test_one_number_is_no_list() -> None:
    assert split("1.厨房灯坏了，我要开发票", scores, never) == []
