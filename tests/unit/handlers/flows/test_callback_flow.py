"""回访: free answers understood; good closes, poor brings back after an apology (S-CB-01, SLA-94)."""

from dataclasses import replace

import pytest

from handlers.dialog.form import Got
from handlers.effects import ChangeTicket, Say, ToSpeaker
from handlers.flows import callback
from storage.model import TicketStatus, TicketType
from tests.unit.handlers.factory import NOW, facts, ticket
from tests.unit.handlers.staff.speaking import BOSS, LI, groups_hear, known, of, read, staff_hear, timers

S = TicketStatus
DONE = ticket(3, number="R261122-003", status=S.DONE, assignee_id=LI.id, finished_at=NOW)
GOOD = [
    "满意", "很满意", "非常满意", "解决了", "已解决", "已经好了", "修好了", "好了", "不漏了", "不漏了，谢谢",
    "没问题", "没什么问题", "没有问题了", "还行", "还行吧", "还可以", "挺好的", "不错", "师傅很专业", "谢谢",
    "👍", "[强]", "👌", "好的", "可以", "嗯", "是的", "正常了", "五星", "满分", "没有不满意的", "还不错",
    "师傅很快就来了，修好了",
]  # fmt: skip
POOR_WORK = [
    "还在漏", "还漏", "又漏了", "没修好", "没解决", "未解决", "没好", "师傅没来", "没人来", "师傅根本没来过",
    "还是不行", "还没有来", "又坏了", "不行", "部分解决", "只修了一半", "更严重了", "还有问题", "没有", "没用",
    "还是老样子", "修好了又漏了", "一直没人来修",
]  # fmt: skip
UNHAPPY = [
    "不满意", "不太满意", "很差", "态度不好", "太差了", "失望", "修好了但是态度很差", "差评", "👎",
    "拖了很久，生气", "师傅态度恶劣",
]  # fmt: skip


def heard(text: str, **more: object) -> dict[str, object]:
    read_ = callback.result(facts(text, **more), {"ticket": 3})  # type: ignore[arg-type]
    assert isinstance(read_, Got)
    assert isinstance(read_.value, dict)
    return read_.value


@pytest.mark.parametrize("text", GOOD)
def test_good_answers(text: str) -> None:
    found = heard(text)
    assert found["solved"] is True
    assert found["score"] in (None, 5)


@pytest.mark.parametrize("text", POOR_WORK)
def test_unsolved_answers(text: str) -> None:
    assert heard(text)["solved"] is False


@pytest.mark.parametrize("text", UNHAPPY)
def test_unhappy_answers(text: str) -> None:
    found = heard(text)
    assert found["score"] in (1, 2)


@pytest.mark.parametrize(
    ("text", "score"),
    [("5", 5), ("4分", 4), ("我给3分", 3), ("一星", 1), ("打2分", 2), ("五分", 5), ("两颗星", 2), ("服务5分，很好", 5)],
)
def test_scores(text: str, score: int) -> None:
    assert heard(text)["score"] == score


@pytest.mark.parametrize("text", ["一般", "一般般吧", "马马虎虎"])
def test_so_so_is_a_three(text: str) -> None:
    assert heard(text) == {"words": text, "solved": True, "score": 3}


@pytest.mark.parametrize(
    ("key", "solved", "score"),
    [("good:3", True, 5), ("so_so:3", True, 3), ("unhappy:3", True, 1), ("unsolved", False, None)],
)
def test_buttons(key: str, score: int | None, *, solved: bool) -> None:
    found = heard("满意", kind="tap", data={"key": key})
    assert (found["solved"], found["score"]) == (solved, score)


@pytest.mark.parametrize("text", ["物业费怎么交", "今天天气如何", "你们几点下班"])
def test_other_matters_are_no_answer(text: str) -> None:
    assert callback.result(facts(text), {}) is None


def finish(result: dict[str, object], job: object = DONE, push: int = 1) -> list[object]:
    """The end of the form; every text is rendered."""
    snapshot = facts("x", known=known(job))  # type: ignore[arg-type]
    steps = callback.finish({"ticket": 3, "push": push, "result": result}, snapshot)
    for say in of(Say, steps):
        read(say, (job,))  # type: ignore[arg-type]
    return list(steps)


def test_good_answer_closes_with_thanks() -> None:
    steps = finish({"words": "满意", "solved": True, "score": 5})
    (change,) = of(ChangeTicket, steps)
    assert (change.move, change.changes["status"]) == ("close", S.CLOSED)
    assert change.extra["callback"]["method"] == "chat"
    assert [say.key for say in of(Say, steps)] == ["callback.thanks"]


@pytest.mark.parametrize(
    ("result", "key"),
    [
        ({"words": "还在漏", "solved": False, "score": None}, "callback.sorry.unsolved"),
        ({"words": "态度差", "solved": True, "score": 2}, "callback.sorry.unhappy"),
    ],
)
def test_poor_answer_apologises_first_then_reopens_and_alerts(result: dict[str, object], key: str) -> None:
    steps = finish(result)
    first = steps[0]
    assert isinstance(first, Say)
    assert (first.key, first.to) == (key, ToSpeaker())
    assert "对不起" in read(first, (DONE,))
    (change,) = of(ChangeTicket, steps)
    assert change.changes["status"] is S.REOPENED
    assert groups_hear(steps) == {"repair": ["ticket.alert.unhappy"]}
    assert BOSS.id in staff_hear(steps)
    assert {"callback", "rule_due_contacted"} <= set(timers(steps))


def test_unhappy_complainant_gets_his_own_words() -> None:
    complaint = replace(DONE, type=TicketType.COMPLAINT, category="noise", level="minor")
    assert (
        of(Say, finish({"words": "还吵", "solved": False, "score": None}, complaint))[0].key == "callback.sorry.matter"
    )


@pytest.mark.parametrize("status", [S.CLOSED, S.REOPENED])
def test_answer_that_comes_too_late_changes_nothing(status: TicketStatus) -> None:
    steps = finish({"words": "满意", "solved": True, "score": 5}, replace(DONE, status=status))
    assert [say.key for say in of(Say, steps)] == ["callback.late"]
    assert of(ChangeTicket, steps) == []


@pytest.mark.parametrize(
    ("job", "push", "opening", "about"),
    [
        (DONE, 1, "first", "work"),
        (DONE, 2, "again", "work"),
        (replace(DONE, reopened=1), 1, "round", "work"),
        (replace(DONE, type=TicketType.COMPLAINT), 1, "first", "matter"),
        (replace(DONE, category="other"), 1, "first", "other"),
    ],
)
def test_question_says_which_round_and_what_about(job: object, push: int, opening: str, about: str) -> None:
    params = callback.shown({"ticket": 3, "push": push}, facts(known=known(job)))  # type: ignore[arg-type]
    assert (params["opening"].key, params["about"].key) == (f"callback.opening.{opening}", f"callback.about.{about}")
    read(Say("callback.ask.result", params, ticket=3), (job,))  # type: ignore[arg-type]


def test_question_without_its_ticket_is_still_readable() -> None:
    assert callback.shown({}, facts())["about"].key == "callback.about.other"


def test_buttons_name_the_ticket() -> None:
    assert [b.key for b in callback.choices({"ticket": 3}, facts())] == [
        "good:{ticket}",
        "so_so:{ticket}",
        "unhappy:{ticket}",
        "unsolved:{ticket}",
    ]
