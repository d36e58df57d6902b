"""What staff may not send to residents (domain.md 8.15, acceptance scenario 18)."""

import pytest

from handlers.rules.tone import check, holds_back, polite


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("不归我管", "shift"),
        ("这不关我们的事", "shift"),
        ("找别人", "shift"),
        ("嗯", "curt"),
        ("是你的错", "blame"),
        ("你自己弄坏的", "blame"),
        ("你有病吧", "rude"),
        ("爱修不修", "rude"),
        ("公司就这样", "company"),
        ("没有这回事", "denial"),
        ("不交就断水", "threat"),
        ("赔您五百块", "money"),
        ("他电话是13812345678", "privacy"),
    ],
)
def test_prohibited_words_hold_the_sentence_back(words: str, problem: str) -> None:
    found = check(words)
    assert problem in found
    assert holds_back(found)


@pytest.mark.parametrize(
    "words",
    [
        "您好，师傅下午三点到，请您留人。",
        "已更换角阀，现在不漏了",
        "非常抱歉，配件明天上午到货",
        "请您爱护公共设施",
        "其自动关闭",
    ],
)
def test_polite_sentences_pass(words: str) -> None:
    assert not holds_back(check(words))


def test_vague_words_are_advice_only() -> None:
    assert check("看情况") == ["vague"]
    assert not holds_back(check("看情况"))


def test_you_becomes_the_polite_you() -> None:
    assert polite("你家几号楼，你好") == "您家几号楼，你好"
    assert polite("你们的问题") == "您的问题"
