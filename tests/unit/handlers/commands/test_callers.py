"""Who turns to the desk for itself, and the many who only sound like it. Rules: S-REC-04, -05, -12..14, -23."""

import pytest

from handlers.commands import reception
from handlers.dialog.form import Start
from handlers.effects import Record
from handlers.history import asks_history
from handlers.letters import is_letter
from handlers.rules.self_help import topic_of
from tests.unit.handlers.factory import facts
from tests.unit.handlers.staff.speaking import CREW, known


def kind(text: str) -> str | None:
    steps = reception.take(text, facts(text, known=known() | hold()))
    if steps is None:
        return None
    records = [step.kind for step in steps if isinstance(step, Record) and step.kind != "handover"]
    started = [str(step.answers["kind"]) for step in steps if isinstance(step, Start)]
    return (records + started)[0]


def hold() -> dict[object, object]:
    from handlers import facts as f

    return {f.TimerOf("hand_over_wait", "person:7"): None}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我是街道办的，来了解消防检查情况", "official"),
        ("我是记者，想采访你们负责人", "official"),
        ("我找一下维修的李师傅", "sought"),
        ("找你们王经理", "sought"),
        ("找物业经理", "sought"),
        ("我想看一下12栋1302的房子", "viewing"),
        ("明天看房方便吗", "viewing"),
        ("我们公司想组织二十个人参观一下小区", "tour"),
        ("我到前台了，没看到人", "visit"),
        ("我在前台了，人呢，叫一个出来", "visit"),
    ],
)
def test_callers_are_known_by_their_words(text: str, wanted: str) -> None:
    assert CREW
    assert kind(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "找人工",
        "可以联系人工客服吗",
        "热水器接口漏水，帮忙找个师傅",
        "物业帮忙联系的护工人很好，谢谢",
        "看房的客户半小时后到，先放行一下",
        "中介带人看房吃瓜子吐了一楼道",
        "我的拐杖好像落在你们大厅了",
        "微型消防站在哪，我想带娃去参观",
        "我家在派出所对面",
    ],
)
def test_who_only_sounds_like_a_caller_is_none(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    ("text", "picture", "letter"),
    [
        ("致物业公司：就地下车库积水一事，特此致函，望收到后书面回复", False, True),
        ("这是我写的投诉信", True, True),
        ("这是我写的投诉信", False, False),
        ("保安敬礼好帅，对了我车牌换了去哪改，还有月卡剩几天", False, False),
        ("厨房水龙头坏了，明天下午在家，请安排师傅过来看一下吧", False, False),
    ],
)
def test_a_letter_is_formal_or_handed_over_as_one(text: str, picture: bool, letter: bool) -> None:
    assert is_letter(text, picture=picture) is letter


@pytest.mark.parametrize("text", ["我家以前修过什么", "查一下维修记录", "我家维修记录去年有几次"])
def test_history_is_asked_in_many_words(text: str) -> None:
    assert asks_history(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("跳闸了开关怎么推上去", "breaker"),
        ("总阀在哪", "valve"),
        ("密码锁没电了怎么处理", "smart_lock"),
        ("跳闸了怎么办", None),
        ("跳闸了怎么推，有焦糊味", None),
        ("天然气表怎么关总阀", None),
        ("线短路了，跳闸，能查出在哪吗", None),
    ],
)
def test_guidance_is_for_who_asks_how_and_is_safe(text: str, topic: str | None) -> None:
    assert topic_of(text) == topic
