"""The ranking of answers: paraphrases well above one half, other subjects well below."""

import pytest

from nlp.faq import Ranker

ENTRIES = [
    (1, "物业费怎么交", ["在哪里交物业费"]),
    (2, "门禁卡丢了怎么补办", ["门卡弄丢了"]),
    (3, "装修需要办什么手续", ["装修怎么申请"]),
    (4, "停车位怎么租", ["月租车位多少钱"]),
    (5, "物业办公时间是几点", ["前台几点上班"]),
    (6, "大件垃圾放哪里", []),
    (8, "物业费收费标准是多少", ["物业费多少钱一平"]),
    (9, "搬家需要办什么手续", ["搬家要出门条吗"]),
    (11, "什么时候开始供暖", []),
]


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker(ENTRIES)


@pytest.mark.parametrize(
    ("asked", "entry"),
    [
        ("我想交一下物业管理费，去哪交", 1),
        ("门卡不见了，再办一张要怎么弄", 2),
        ("重新装修房子要办啥手续啊", 3),
        ("请问车位租一个月多少钱", 4),
        ("你们几点下班", 5),
        ("旧沙发扔哪", 6),
        ("物业费一平多少", 8),
        ("明天搬家要办放行条不", 9),
        ("暖气啥时候来", 11),
    ],
)
def test_other_wordings_find_their_answer(ranker: Ranker, asked: str, entry: int) -> None:
    best, score = ranker.rank(asked)[0]
    assert best == entry
    assert score > 0.6


@pytest.mark.parametrize(
    "asked",
    [
        "今天天气怎么样",
        "楼上漏水怎么办",
        "附近有地铁吗",
        "怎么投诉保安",
        "电费在哪里交",
        "健身房几点开门",
        "停电了怎么办",
        "",
    ],
)
def test_another_subject_stays_below_one_half(ranker: Ranker, asked: str) -> None:
    assert all(score < 0.5 for _, score in ranker.rank(asked))


def test_limit_bounds_the_answers(ranker: Ranker) -> None:
    assert len(ranker.rank("物业费怎么交", limit=1)) == 1


def test_no_entries_no_answers() -> None:
    assert Ranker([]).rank("物业费怎么交") == []
