"""What a staff group must not read is hidden, what the work needs stays (reliability.md 6)."""

import pytest

from handlers.rules.masking import masked


@pytest.mark.parametrize(
    ("said", "secrets"),
    [
        ("13900001111", ["1390000"]),
        ("电话138，0013，8000", ["0013", "8000"]),
        ("打138 1234 5678", ["1234", "5678"]),
        ("电话一三八零零一三八零零零", ["一三八"]),
        ("电话一三八，零零一三，八零零零", ["零零一三"]),
        ("3栋2单元501", ["501"]),
        ("501室", ["501"]),
        ("501", ["501"]),
        ("3/2/501", ["501"]),
        ("3#2-501", ["501"]),
        ("家住501的", ["501"]),
        ("我叫周晓岚", ["周晓岚"]),
        ("我叫欧阳娜娜", ["欧阳", "娜"]),
        ("我是王建国", ["王建国", "建国"]),
        ("我是陈独秀", ["陈独秀"]),
        ("业主张伟家的", ["张伟"]),
        ("姓名：周晓岚", ["周晓岚"]),
        ("姓名 王建国", ["王建国"]),
        ("名字叫王建国", ["王建国"]),
        ("保安王强骂人", ["王强"]),
        ("管家李大海不接电话", ["李大海", "大海"]),
        ("微信liudehua888", ["liudehua"]),
        ("邮箱zhang.wei@example.com", ["zhang", "example"]),
        ("320元", ["320"]),
        ("320.50元", ["320"]),
        ("欠了三千块", ["三千"]),
        ("身份证320501199001011234", ["320501"]),
    ],
)
def test_what_a_group_must_not_read_is_masked(said: str, secrets: list[str]) -> None:
    shown = masked(f"您好，{said}，水管漏水")
    assert "水管漏水" in shown
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize(
    "said",
    [
        "3栋2单元水管漏水",
        "12号楼电梯停了",
        "水压只有220伏",
        "漏了200毫升水",
        "两块地砖翘起来了",
        "一块玻璃裂了",
        "打了110没人来",
        "明天15:30来修",
        "2026-11-25之前修好",
        "我是高层住户，水压小",
        "我是住在顶楼的，漏雨",
        "保安不给开门",
        "保洁部吧，名字就不说了",
        "师傅说明天来",
        "停车场1200个车位不够停",
        "打12345也没用",
        "物业的人还没来",
        "催一下R261124-001",
    ],
)
def test_what_the_work_needs_stays(said: str) -> None:
    assert masked(said) == said


def test_a_name_before_a_number_is_masked() -> None:
    assert masked("刘德华，微信liudehua888") == "**，微信**"


def test_building_and_unit_stay_readable() -> None:
    assert "3栋2单元" in masked("3栋2单元501漏水")


def test_long_words_are_cut() -> None:
    assert len(masked("水" * 200, limit=60)) == 60
