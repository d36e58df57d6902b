"""Whole messages: wishes, urgency, mood, closure, slots, and texts that mean nothing."""

from datetime import datetime

import pytest

from nlp.render import as_json
from nlp.understand import Understander, emergency_words, load

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


@pytest.fixture(scope="module")
def reader() -> Understander:
    return load()


def wishes(reader: Understander, text: str) -> list[tuple[str, str]]:
    return [(act.intent, act.category) for act in reader.understand(text, NOW).acts]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("家里跳闸了 咋整", "repair"),
        ("厨房水管滴水，下午有人", "repair"),
        ("楼上天天半夜蹦跶，管不管", "complaint"),
        ("物业费怎么交", "payment"),
        ("装修几点以后不能施工", "inquiry"),
        ("转人工", "human"),
        ("昨天报的漏水怎么还没人来", "progress"),
        ("建议门口加个休息椅", "suggestion"),
        ("电梯里困了两个人", "emergency"),
        ("您好", "greeting"),
    ],
)
def test_reads_the_intent(reader: Understander, text: str, intent: str) -> None:
    assert reader.understand(text, NOW).first.intent == intent


def test_two_wishes_keep_their_own_words_and_fee(reader: Understander) -> None:
    meaning = reader.understand("楼道灯坏了，顺便问下物业费怎么交", NOW)
    assert [act.intent for act in meaning.acts] == ["repair", "payment"]
    assert [act.text for act in meaning.acts] == ["楼道灯坏了", "顺便问下物业费怎么交"]
    assert [act.slots.fee for act in meaning.acts] == [None, "物业费"]


def test_details_are_no_wish_of_their_own(reader: Understander) -> None:
    assert len(wishes(reader, "3栋2单元501厨房水管漏水，电话13800000000，明天下午在家")) == 1


def test_danger_comes_first_and_is_urgent_above_all(reader: Understander) -> None:
    meaning = reader.understand("门口路灯坏了，另外地下室配电箱着火了", NOW)
    assert meaning.first.intent == "emergency"
    assert meaning.urgency == "emergency"


@pytest.mark.parametrize("text", ["已经不漏了，谢谢", "来电了，不用过来了"])
def test_what_is_over_is_closed_and_calm(reader: Understander, text: str) -> None:
    meaning = reader.understand(text, NOW)
    assert meaning.closed
    assert meaning.urgency == "normal"


def test_all_slots_are_always_there(reader: Understander) -> None:
    slots = as_json(reader.understand("在吗", NOW))["slots"]
    assert set(slots) == {"room", "place", "object", "phone", "time", "fee", "amount", "ticket", "person"}
    assert set(slots.values()) == {None}


def test_slots_are_read_together(reader: Understander) -> None:
    slots = as_json(
        reader.understand("三栋二单元五零一厨房水馆漏了，电话幺三八零零零零零零零零，明天下午3点到5点在家", NOW)
    )["slots"]
    assert slots["room"] == {"area": None, "building": "3", "unit": "2", "room": "501"}
    assert (slots["place"], slots["object"], slots["phone"]) == ("厨房", "水管", "13800000000")
    assert slots["time"] == {"start": "2026-11-23T15:00:00+08:00", "end": "2026-11-23T17:00:00+08:00"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x01",
        "😡😡😡",
        "。。。？？？",
        "\ud800",
        "啊" * 10000,
        "abc Жя かな 한글 " * 300,
        "[[[/::/::",
        "3-" * 3000,
    ],
)
def test_nonsense_is_survived(reader: Understander, text: str) -> None:
    meaning = reader.understand(text, NOW)
    assert meaning.acts
    assert len(meaning.text) <= 2000
    assert all(0.0 <= act.confidence <= 1.0 for act in meaning.acts)


def test_wordless_messages_are_unsure_but_keep_their_mood(reader: Understander) -> None:
    meaning = reader.understand("😡😡", NOW)
    assert meaning.first.confidence < 0.5
    assert meaning.sentiment == "angry"


def test_choices_are_the_two_likeliest_of_the_first_wish(reader: Understander) -> None:
    first, second = reader.understand("楼道灯坏了", NOW).choices
    assert first.intent == "repair"
    assert second.intent != "repair"
    assert first.confidence > second.confidence


@pytest.mark.parametrize("text", ["着火了快来人", "電梯困人了", "我闻到煤气味", "有人触电了"])
def test_emergency_words_are_heard_at_the_insert(text: str) -> None:
    assert emergency_words(text)


@pytest.mark.parametrize(
    "text", ["没有着火，是演习", "如果着火了怎么办", "去年那次火灾", "火已经扑灭了", "漏电保护开关怎么装", "物业费多少"]
)
def test_denied_past_and_supposed_danger_raises_nothing(text: str) -> None:
    assert not emergency_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "我堵车被困在路上了",
        "燃气灶打不着火了，没有味道",
        "俺们单元楼道灯黑咕隆咚嘞，换一个呗",
        "茅坑堵咯，冲不下去",
        "今天热得人都要着火了",
        "电梯停在三楼，里面没人",
        "自来水管每年都要爆管好几次",
    ],
)
def test_words_of_danger_alone_raise_no_alarm(reader: Understander, text: str) -> None:
    """Each was read as an emergency: a word of danger inside another word, a figure of speech, a habit, a dark lamp."""
    meaning = reader.understand(text, NOW)
    assert meaning.first.intent != "emergency"
    assert meaning.urgency != "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "刚摸热水器被麻了一下，管子带电",
        "路边一根电线断了垂到水里",
        "厨房软管呲呲漏气，阀门拧不住",
        "楼里警报一直叫，要不要往外跑",
        "我跟孩子在电梯里，停在五楼六楼中间，没人应",
        "爷爷早上出门到现在没回来，他糊涂",
    ],
)
def test_danger_in_other_words_is_an_emergency(reader: Understander, text: str) -> None:
    assert reader.understand(text, NOW).first.intent == "emergency"


def test_a_cooker_that_does_not_light_is_an_ordinary_repair(reader: Understander) -> None:
    meaning = reader.understand("灶台打不着火", NOW)
    assert (meaning.first.intent, meaning.first.category, meaning.urgency) == ("repair", "gas", "normal")


def test_angry_words_about_a_fault_leave_it_a_repair(reader: Understander) -> None:
    meaning = reader.understand("楼梯间的灯坏了半个月，你们到底管不管", NOW)
    assert (meaning.first.intent, meaning.sentiment) == ("repair", "angry")


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("热力公司说阀门没开，让我找你们，家里不热", ["repair"]),
        ("修空调的师傅把我家墙弄黑了，让他给我道歉", ["complaint"]),
        ("开发商叫我找物业，物业又叫我找开发商", ["complaint"]),
    ],
)
def test_being_sent_on_and_wanting_an_apology_is_no_call_for_a_person(
    reader: Understander, text: str, intents: list[str]
) -> None:
    read = [act.intent for act in reader.understand(text, NOW).acts]
    assert read == intents


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("装修要啥手续", ("inquiry", "decoration")),
        ("物业费从什么时候开始涨的", ("payment", "property_fee")),
        ("物业费哪年涨到两块的", ("payment", "property_fee")),
    ],
)
def test_bare_questions_are_no_complaint(reader: Understander, text: str, wish: tuple[str, str]) -> None:
    assert wishes(reader, text) == [wish]


def test_the_same_fault_again_is_an_open_repair(reader: Understander) -> None:
    meaning = reader.understand("又坏了", NOW)
    assert (meaning.first.intent, meaning.closed) == ("repair", False)


def test_blame_for_something_else_keeps_its_place_before_a_fault(reader: Understander) -> None:
    read = [act.intent for act in reader.understand("楼上天天半夜跺脚，另外我家水龙头关不紧，找人看看", NOW).acts]
    assert read == ["complaint", "repair"]


@pytest.mark.parametrize("text", ["水龙头滴水，现在在家", "现在在家，厨房灯坏了"])
def test_being_at_home_now_is_a_window_that_has_begun(reader: Understander, text: str) -> None:
    """An appointment in the past, or tomorrow, cannot be kept by anybody."""
    time = reader.understand(text, NOW).slots.time
    assert time is None or ((time.start is None or time.start >= NOW) and (time.end is None or time.end > NOW))


def test_a_moved_appointment_is_at_the_new_time(reader: Understander) -> None:
    time = reader.understand("原来约的周一，改到周三下午三点以后行不", NOW).slots.time
    assert time is not None
    assert time.start == datetime.fromisoformat("2026-11-25T15:00:00+08:00")
