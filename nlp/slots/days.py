"""Days as people say them -> dates: 后天, 下周三, 12月3号, 国庆后第一个工作日, 这周末."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from holidays import HolidayBase, country_holidays

from nlp.slots.numeral import value


@dataclass(frozen=True, slots=True)
class Days:
    """A run of days, both ends included; `vague` runs (过两天) are no promise of a whole day."""

    first: date
    last: date

    @property
    def single(self) -> bool:
        """One day only."""
        return self.first == self.last


_NEAR = {
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "今": 0,
    "当天": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明": 1,
    "后天": 2,
    "后日": 2,
    "后儿": 2,
}
_NEAR |= {
    "后": 2,
    "大后天": 3,
    "昨天": -1,
    "昨日": -1,
    "昨": -1,
    "前天": -2,
    "前日": -2,
    "大前天": -3,
    "前几天": -3,
    "前两天": -2,
}
_WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_WEEKDAY |= {str(number + 1): number for number in range(7)}
_FESTIVALS = {
    "元旦": "New Year's Day",
    "春节": "Chinese New Year",
    "过年": "Chinese New Year",
    "清明": "Tomb-Sweeping Day",
    "五一": "Labor Day",
    "劳动节": "Labor Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-Autumn Festival",
    "国庆": "National Day",
    "十一": "National Day",
}
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_WEEK = r"(?:周|星期|礼拜)"
_DAY_WORDS = r"大后天|大前天|今天|今日|今儿|当天|明天|明日|明儿|后天|后日|后儿|昨天|昨日|前天|前日"
_SHORT = r"[今明昨](?=早|晚|上午|中午|下午|夜)|后(?=早上|晚(?!来|期))"
_FESTIVAL = rf"(?:{'|'.join(_FESTIVALS)})(?:节|假期?|长假|放假|小长假)?(?![点月号日楼栋层个])"


def _near(match: re.Match[str], today: date) -> Days | None:
    return _one(today + timedelta(days=_NEAR[match.group()]))


def _pair(match: re.Match[str], today: date) -> Days | None:
    first, last = {"明后": (1, 2), "今明": (0, 1), "后两": (1, 2)}.get(match.group()[:2], (0, 2))
    return Days(today + timedelta(days=first), today + timedelta(days=last))


def _weekday(match: re.Match[str], today: date) -> Days | None:
    which, said = match.group("which") or "", match.group("weekday")
    monday = today - timedelta(days=today.weekday())
    weeks = which.count("下") - which.count("上")
    day = monday + timedelta(days=7 * weeks + _WEEKDAY[said])
    if not which and day < today and not (said == "末" and today.weekday() == 6):
        day += timedelta(days=7)
    other = match.groupdict().get("other")
    last = day + timedelta(days=1) if said == "末" else day
    if other:
        last = day + timedelta(days=(_WEEKDAY[other] - _WEEKDAY[said]) % 7)
    return Days(max(day, today) if day <= today <= last else day, last)


def _week(match: re.Match[str], today: date) -> Days | None:
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * match.group().count("下"))
    return Days(max(today, monday) if monday <= today else monday, monday + timedelta(days=6))


def _dated(match: re.Match[str], today: date) -> Days | None:
    month, day = value(match.group("month") or ""), value(match.group("day"))
    year = match.groupdict().get("year")
    if day is None or not 1 <= day <= 31 or (month is not None and not 1 <= month <= 12):
        return None
    if month is None:
        return _one(_day_of_month(today, day, match.groupdict().get("next")))
    chosen = _date(int(year) if year else today.year, month, day)
    if chosen and not year and chosen < today - timedelta(days=90):
        chosen = _date(today.year + 1, month, day)
    return _one(chosen)


def _day_of_month(today: date, day: int, later: str | None) -> date | None:
    for step in range(1 if later else 0, 13):
        month = today.month - 1 + step
        candidate = _date(today.year + month // 12, month % 12 + 1, day)
        if candidate and candidate >= today:
            return candidate
    return None


def _ahead(match: re.Match[str], today: date) -> Days | None:
    count = value(match.group("count"))
    factor = 7 if match.group("measure") in ("周", "星期", "礼拜") else 1
    return _one(today + timedelta(days=count * factor)) if count else None


def _month_end(match: re.Match[str], today: date) -> Days | None:
    month = today.month + ("下" in match.group())
    first = date(today.year + month // 12, month % 12 + 1, 1)
    return _one(first - timedelta(days=1))


def _workday(_: re.Match[str], today: date) -> Days | None:
    return _one(next_workday(today))


def _after_festival(match: re.Match[str], today: date) -> Days | None:
    span = _festival(match.group("festival"), today)
    if span is None:
        return None
    if "工作日" in match.group() or "上班" in match.group():
        return _one(next_workday(span.last))
    ordinal = match.group("ordinal")
    return _one(span.last + timedelta(days=value(ordinal) or 1 if ordinal else 1))


def _before_festival(match: re.Match[str], today: date) -> Days | None:
    span = _festival(match.group("festival"), today)
    return None if span is None else Days(today, span.first - timedelta(days=1))


def _at_festival(match: re.Match[str], today: date) -> Days | None:
    return _festival(match.group("festival"), today)


_READERS: tuple[tuple[str, Callable[[re.Match[str], date], Days | None]], ...] = (
    (
        rf"(?P<festival>{_FESTIVAL})(?:节|假期)?(?:之?后|过后|过完|以后)(?:的?第(?P<ordinal>[一二三两\d])[个天]?(?:工作日|上班日|天)?|上班)?",
        _after_festival,
    ),
    (rf"过完(?P<festival>{_FESTIVAL})(?P<ordinal>(?!))?", _after_festival),
    (rf"(?P<festival>{_FESTIVAL})(?:节|假期)?(?:之?前|以前)", _before_festival),
    (rf"(?P<festival>{_FESTIVAL})(?:期间|那天|当天|假期)?", _at_festival),
    (r"下一?个(?:工作日|上班日)|(?<!每个)(?<!每)(?:工作日|上班日)", _workday),
    (
        rf"(?P<which>上{{1,3}}个?|下{{1,3}}个?|这个?|本)?{_WEEK}(?P<weekday>[六])(?:和|跟|、|或者?|到|至|-)?(?:{_WEEK})?(?P<other>[日天])(?![都内之])",
        _weekday,
    ),
    (
        rf"(?P<which>上{{1,3}}个?|下{{1,3}}个?|这个?|本)?{_WEEK}(?P<weekday>[一二三四五六日天1-7])(?:到|至|-)(?:{_WEEK})?(?P<other>[一二三四五六日天1-7])(?!点)",
        _weekday,
    ),
    (
        rf"(?P<which>上{{1,3}}个?|下{{1,3}}个?|这个?|本)?{_WEEK}(?P<weekday>[一二三四五六日天末1-7])(?![个次年点])",
        _weekday,
    ),
    (rf"(?:下{{1,3}}个?|这个?|本){_WEEK}(?:内|之内|里)?", _week),
    (r"(?P<year>20\d\d)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?", _dated),
    (rf"(?P<month>{_N})月份?(?P<day>{_N})(?:[日号]|(?![个月\d日号]))", _dated),
    (
        r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])[/.](?P<day>3[01]|[12]\d|0?[1-9])(?![\d./%元块]|\s?[万元块])(?=号|日|上午|下午|晚|早|中午|之?前|以?前)",
        _dated,
    ),
    (rf"(?P<next>下个?月)(?P<month>(?!))?(?P<day>{_N})[号日]", _dated),
    (
        rf"(?<![\d{'一二三四五六七八九十'}第])(?:这个月|本月)?(?P<month>(?!))?(?P<day>{_N})[号日](?![楼栋院线店门单口码房商梯机车地井表柜铺路厅])(?!\s?\d|之?间|、\d)",
        _dated,
    ),
    (r"明后[两二]?天|今明[两二]?天|这[两二]天|后两天", _pair),
    (rf"(?:{_DAY_WORDS})|{_SHORT}", _near),
    (rf"(?:过|再过|等)(?P<count>{_N})(?:个)?(?P<measure>天|周|星期|礼拜)(?:以?后|之后)?", _ahead),
    (rf"(?P<count>{_N})(?:个)?(?P<measure>天|周|星期|礼拜)(?:以后|之后|后)", _ahead),
    (r"(?:这个月|本月|下个?月)底|月底", _month_end),
)
DAY_PATTERNS = tuple((re.compile(pattern), reader) for pattern, reader in _READERS)


def _one(day: date | None) -> Days | None:
    return None if day is None else Days(day, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _china(year: int) -> HolidayBase:
    return country_holidays("CN", years=[year, year + 1], language="en_US")


def next_workday(day: date) -> date:
    """The first working day after `day`, make-up days counted; without a plan statutory days and weekends are free."""
    calendar = _china(day.year)
    day += timedelta(days=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def _festival(said: str, today: date) -> Days | None:
    name = next((english for word, english in _FESTIVALS.items() if said.startswith(word)), None)
    calendar = _china(today.year)
    days = sorted(day for day in calendar if name and name in str(calendar.get(day)) and day.month != 0)
    future = [day for day in days if day >= today - timedelta(days=7)]
    if not future:
        return None
    first = last = future[0]
    while not calendar.is_working_day(last + timedelta(days=1)):
        last += timedelta(days=1)
    if last < today:
        later = [day for day in future if day > last]
        return None if not later else _festival(said, later[0] - timedelta(days=1))
    while not calendar.is_working_day(first - timedelta(days=1)):
        first -= timedelta(days=1)
    return Days(first, last)
