"""Time expressions, read on Sunday 22 November 2026 at ten."""

from datetime import datetime

import pytest

from nlp.slots.time import find_times

NOW = datetime.fromisoformat("2026-11-22T10:00:00+08:00")


def window(text: str, now: datetime = NOW) -> tuple[str | None, str | None] | None:
    found = find_times(text, now)
    if not found:
        return None
    start, end = found[0].value.start, found[0].value.end
    return (
        start.isoformat(timespec="minutes")[:16] if start else None,
        end.isoformat(timespec="minutes")[:16] if end else None,
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("后天上午来修", "2026-11-24T08:00", "2026-11-24T12:00"),
        ("周三晚上七点以后在家", "2026-11-25T19:00", None),
        ("今晚7点到9点", "2026-11-22T19:00", "2026-11-22T21:00"),
        ("半小时后过来", "2026-11-22T10:30", None),
        ("一刻钟后到家", "2026-11-22T10:15", None),
        ("两小时内到", None, "2026-11-22T12:00"),
        ("随时可以来", "2026-11-22T10:00", None),
        ("下班以后", "2026-11-22T18:00", None),
        ("周五下班后来", "2026-11-27T18:00", None),
        ("明早8点", "2026-11-23T08:00", None),
        ("下午三点到五点有人", "2026-11-22T15:00", "2026-11-22T17:00"),
        ("明天下午3-5点", "2026-11-23T15:00", "2026-11-23T17:00"),
        ("明天晚上七八点", "2026-11-23T19:00", "2026-11-23T20:00"),
        ("7点我在家", "2026-11-22T19:00", None),
        ("下周三上午9点半上门", "2026-11-25T09:30", None),
        ("周六上午方便", "2026-11-28T08:00", "2026-11-28T12:00"),
        ("下周一到周三都在家", "2026-11-23T08:00", "2026-11-25T22:00"),
        ("12月3号下午来", "2026-12-03T13:00", "2026-12-03T18:00"),
        ("3号之前修好", None, "2026-12-03T22:00"),
        ("明天中午12点以前", None, "2026-11-23T12:00"),
        ("后天晚上八点前", None, "2026-11-24T20:00"),
        ("上午不在家，下午都在", "2026-11-22T13:00", "2026-11-22T18:00"),
        ("从3点到5点在家", "2026-11-22T15:00", "2026-11-22T17:00"),
        ("中午有人", "2026-11-22T11:30", "2026-11-22T13:30"),
        ("明天全天有人", "2026-11-23T08:00", "2026-11-23T22:00"),
        ("11月25日14:00-16:00", "2026-11-25T14:00", "2026-11-25T16:00"),
        ("大后天早上9点", "2026-11-25T09:00", None),
        ("过两天再来", "2026-11-24T08:00", "2026-11-24T22:00"),
        ("这周末在家", "2026-11-22T08:00", "2026-11-22T22:00"),
        ("下周末在家", "2026-11-28T08:00", "2026-11-29T22:00"),
        ("月底前", None, "2026-11-30T22:00"),
        ("下个工作日", "2026-11-23T08:00", "2026-11-23T22:00"),
    ],
)
def test_reads_a_window(text: str, start: str | None, end: str | None) -> None:
    assert window(text) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "昨天晚上漏水了",
        "停水三天了",
        "每天晚上都吵",
        "晚上十一点还在施工",
        "装修到晚上10点",
        "明天停水吗",
        "今天早上开始没水",
        "半夜漏水吵醒",
        "三天内给答复",
        "我8点上班",
        "上周三来过",
    ],
)
def test_past_duration_and_habit_fill_nothing(text: str) -> None:
    assert window(text) is None


def test_first_working_day_after_the_holiday_counts_make_up_days() -> None:
    before = datetime.fromisoformat("2026-09-28T10:00:00+08:00")
    assert window("国庆后第一个工作日来", before) == ("2026-10-08T08:00", "2026-10-08T22:00")


def test_make_up_saturday_is_a_working_day() -> None:
    friday = datetime.fromisoformat("2026-10-09T15:00:00+08:00")
    assert window("下个工作日来", friday) == ("2026-10-10T08:00", "2026-10-10T22:00")


def test_windows_keep_the_zone_of_now() -> None:
    found = find_times("明天上午来", datetime.fromisoformat("2026-11-22T10:00:00+08:00"))
    assert found[0].value.start is not None
    assert found[0].value.start.utcoffset() == NOW.utcoffset()
