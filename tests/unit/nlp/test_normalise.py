"""Text as typed, spoken and decorated -> plain text with a way back."""

import pytest

from nlp.normalise import LIMIT, normalise


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("樓上漏水嚴重", "楼上漏水严重"),
        ("３栋２单元", "3栋2单元"),
        ("水\u200b管爆了", "水管爆了"),
        ("水馆漏了", "水管漏了"),
        ("家里跳扎了", "家里跳闸了"),
        ("好！！！！！！", "好！！！"),
        ("坏了[流泪]", "坏了"),
        ("收到[抱拳]", "收到谢谢"),
        ("\ud800坏了", "坏了"),
    ],
)
def test_makes_plain_text(raw: str, plain: str) -> None:
    assert normalise(raw).text == plain


@pytest.mark.parametrize("text", ["谁管漏水的事", "停谁的车", "楼下水到处都是", "取消房间", "物业非法收费", "从门进来"])
def test_leaves_real_words_alone(text: str) -> None:
    assert normalise(text).text == text


def test_stickers_leave_their_mood() -> None:
    assert sorted(normalise("还没来😡[发怒]谢谢🙏").moods) == ["angry", "angry", "positive"]


def test_unknown_brackets_stay() -> None:
    assert normalise("[图片]看这个").text == "[图片]看这个"


def test_spans_lead_back_to_the_original() -> None:
    raw = "樓上\u200b水馆😡漏了"
    normal = normalise(raw)
    start = normal.text.index("水管")
    first, last = normal.span(start, start + 2)
    assert raw[first:last] == "水馆"
    assert len(normal.origins) == len(normal.text)


def test_length_is_bounded() -> None:
    assert len(normalise("啊哦" * 10000).text) <= LIMIT
