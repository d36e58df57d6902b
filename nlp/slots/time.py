"""Chinese time expressions -> the window in which somebody may come, must be done, or will be there.

Past events, durations and habits fill nothing (conventions.md, slots).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from nlp.meaning import TimeWindow
from nlp.slots.clock import CLOCK, PART_WORDS, Hour, read_hour, settle, window_of
from nlp.slots.days import DAY_PATTERNS, Days
from nlp.slots.numeral import value
from nlp.slots.span import MOST, Found
from nlp.slots.timing import Setting, availability

_DAY_START, _DAY_END, _OFF_WORK = time(8), time(22), time(18)
_TO = r"\s*(?:到|至|-|~|～)\s*"
_BARE_HOUR = r"(?:1?\d|2[0-4]|十[一二]?|[一二两三四五六七八九])"
_TAIL = re.compile(
    rf"[的,，\s]{{0,2}}(?:(?P<part>{PART_WORDS})(?!饭))?[的\s]?"
    rf"(?:(?P<pair>[一二两三四五六七八九])(?=[二三四五六七八九十]点)|(?P<open>{_BARE_HOUR})(?={_TO}{CLOCK}))?"
    rf"(?:(?:{_TO})?(?P<clock>{CLOCK}))?"
    rf"(?:{_TO}(?P<part2>{PART_WORDS})?[的\s]?(?P<clock2>{CLOCK}))?"
    r"(?P<work>下了?班|放学|忙完)?(?:多|左右|前后|的?样子|钟)?"
    r"(?:(?P<before>之前|以前|前(?![面台后门天几两厅阵方]))|(?P<after>之后|以后|过后|往后|后(?![面台天门续半果来勤院厅备])))?"
)
_HEAD = re.compile(
    rf"(?={PART_WORDS}|{CLOCK}|{_BARE_HOUR}{_TO}{CLOCK}|[一二两三四五六七八九][二三四五六七八九十]点|下了?班|放学|忙完)"
)
_OFFSET = re.compile(
    r"(?P<count>\d{1,4}|[一二两三四五六七八九十]{1,3})?(?P<half>半)?个?(?P<half2>半)?(?P<unit>小时|钟头|分钟|刻钟)(?P<plus>半)?"
    r"(?P<side>之内|以内|内|之后|以后|后|再来|过来)"
)
_ANY_TIME = re.compile(r"随时|任何时间|什么时候都(?:行|可以|方便|在)|啥时候都(?:行|可以|在)|哪天都(?:行|可以)")
_NOW = re.compile(r"(?:现在|这会儿?|此刻)(?=[我就都也]?(?:在家|有人|有空|可以|方便|能|过来|来|上门|人在))")
_QUICK = re.compile(rf"[点时天日号周期拜晚早午夜白随现后内前节末底明昨今半刻钟:]|{PART_WORDS}")


@dataclass(frozen=True, slots=True)
class _Said:
    """One time expression, its pieces as said."""

    start: int
    end: int
    days: Days | None
    part: str | None = None
    clock: Hour | None = None
    part2: str | None = None
    clock2: Hour | None = None
    work: bool = False
    before: bool = False
    after: bool = False

    @property
    def empty(self) -> bool:
        return self.days is None and not (self.part or self.clock or self.work)


def find_times(text: str, now: datetime) -> list[Found[TimeWindow]]:
    """Every window of `text` that lies ahead, in order; `now` is aware and gives the zone."""
    if not _QUICK.search(text):
        return []
    found = _immediate(text, now)
    for said in _expressions(text, now.date()):
        window = _window(said, now)
        setting = Setting(text, said.start, said.end, said.days is not None, said.clock is not None)
        if window is not None and _ahead(window, now) and availability(setting, _is_today(said, now)):
            found.append(Found(said.start, said.end, window))
    return sorted(found, key=lambda one: one.start)


def _is_today(said: _Said, now: datetime) -> bool:
    return said.days is None or said.days.first <= now.date()


def _ahead(window: TimeWindow, now: datetime) -> bool:
    last = window.end or (window.start + timedelta(hours=1) if window.start else None)
    return last is not None and last > now


def _immediate(text: str, now: datetime) -> list[Found[TimeWindow]]:
    found = []
    for match in _OFFSET.finditer(text):
        span = _span(match)
        if span is None or text[max(0, match.start() - 1) : match.start()] in ("每", "了"):
            continue
        moment = now + span
        within = "内" in match.group("side")
        found.append(
            Found(match.start(), match.end(), TimeWindow(None, moment) if within else TimeWindow(moment, None))
        )
    for pattern in (_ANY_TIME, _NOW):
        found += [Found(m.start(), m.end(), TimeWindow(now, None)) for m in pattern.finditer(text)]
    return found


def _span(match: re.Match[str]) -> timedelta | None:
    count = value(match.group("count")) if match.group("count") else 0
    half = bool(match.group("half") or match.group("half2"))
    if count is None or (not count and not half):
        return None
    minutes = {"小时": 60, "钟头": 60, "分钟": 1, "刻钟": 15}[match.group("unit")]
    extra = 0.5 if half or match.group("plus") else 0.0
    return timedelta(minutes=(count + extra) * minutes)


def _expressions(text: str, today: date) -> list[_Said]:
    """Days with what follows them, then hours and parts of the day that stand alone."""
    taken: list[tuple[int, int]] = []
    said: list[_Said] = []
    for start, end, days in _days(text, today):
        after = _TAIL.match(text, end)
        dated = _pieces(after, start, days) if after else _Said(start, end, days)
        said.append(dated)
        taken.append((dated.start, dated.end))
    position = 0
    for head in _HEAD.finditer(text):
        tail = _TAIL.match(text, head.start()) if head.start() >= position else None
        one = _pieces(tail, head.start(), None) if tail else None
        if len(said) >= 2 * MOST:
            break
        if one is None or one.empty or any(one.start < end and start < one.end for start, end in taken):
            continue
        said.append(one)
        position = one.end
    return sorted(said, key=lambda one: one.start)


def _days(text: str, today: date) -> list[tuple[int, int, Days]]:
    found: list[tuple[int, int, Days]] = []
    for pattern, reader in DAY_PATTERNS:
        for match in pattern.finditer(text):
            if len(found) == MOST or any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            days = reader(match, today)
            if days is not None:
                found.append((match.start(), match.end(), days))
    found.sort(key=lambda one: one[0])
    return _joined(text, found)


def _joined(text: str, found: list[tuple[int, int, Days]]) -> list[tuple[int, int, Days]]:
    """周三到周五 and 3号至5号 become one run."""
    joined: list[tuple[int, int, Days]] = []
    for start, end, days in found:
        if (
            joined
            and text[joined[-1][1] : start].strip() in ("到", "至", "-", "~")
            and days.last >= joined[-1][2].first
        ):
            joined[-1] = (joined[-1][0], end, Days(joined[-1][2].first, days.last))
        else:
            joined.append((start, end, days))
    return joined


def _pieces(tail: re.Match[str], start: int, days: Days | None) -> _Said:
    pair, opened = tail.group("pair"), tail.group("open")
    clock = read_hour(tail.group("clock") or "")
    clock2 = read_hour(tail.group("clock2") or "")
    if (pair or opened) and clock is not None:
        clock, clock2 = read_hour(f"{opened or pair}点"), clock
    skipped = len(tail.group()) - len(tail.group().lstrip("的,， "))
    worked = tail.group("work") is not None
    return _Said(
        start=start if days else start + skipped,
        end=tail.end(),
        days=days,
        part=tail.group("part"),
        clock=clock,
        part2=tail.group("part2"),
        clock2=clock2,
        work=worked,
        before=tail.group("before") is not None,
        after=tail.group("after") is not None or (worked and tail.group("before") is None),
    )


def _window(said: _Said, now: datetime) -> TimeWindow | None:
    if said.clock is not None:
        return _clock_window(said, said.clock, now)
    if said.work:
        return _open(said, _moment(_first_day(said, now, _OFF_WORK), _OFF_WORK, now))
    if said.part is not None:
        return _part_window(said, said.part, now)
    if said.days is None:
        return None
    last = _moment(said.days.last, _DAY_END, now)
    if said.before:
        return TimeWindow(None, last)
    return TimeWindow(_moment(said.days.first, _DAY_START, now), None if said.after else last)


def _part_window(said: _Said, part: str, now: datetime) -> TimeWindow:
    first, last = window_of(part)
    day = _first_day(said, now, last)
    start, end = _moment(day, first, now), _moment(day, last, now)
    noon = first == time(11, 30)
    if said.before:
        return TimeWindow(None, _moment(day, time(12), now) if noon or first == _DAY_START else start)
    if said.after:
        return TimeWindow(_moment(day, time(12), now) if noon else start, None)
    return TimeWindow(start, end)


def _clock_window(said: _Said, clock: Hour, now: datetime) -> TimeWindow:
    settled = settle(clock, said.part)
    if settled is not None:
        start = _moment(_first_day(said, now, settled), settled, now)
    else:
        start = _next_hour(clock, said.days, now)
    if clock.hour == 24:
        start += timedelta(days=1)
    if said.clock2 is None:
        return _open(said, start)
    return TimeWindow(start, _range_end(said, said.clock2, start))


def _range_end(said: _Said, clock: Hour, start: datetime) -> datetime:
    settled = settle(clock, said.part2)
    options = [settled] if settled else [clock.at(clock.hour), clock.at(clock.hour + 12)]
    for option in options:
        end = datetime.combine(start.date(), option, start.tzinfo)
        if end > start:
            return end
    return datetime.combine(start.date() + timedelta(days=1), options[0], start.tzinfo)


def _open(said: _Said, moment: datetime) -> TimeWindow:
    return TimeWindow(None, moment) if said.before else TimeWindow(moment, None)


def _first_day(said: _Said, now: datetime, last: time) -> date:
    """The day said, or else today, or tomorrow when `last` is past."""
    if said.days is not None:
        return said.days.first
    return now.date() if last > now.time() or last == time(0) else now.date() + timedelta(days=1)


def _next_hour(clock: Hour, days: Days | None, now: datetime) -> datetime:
    """The next time the clock shows `clock` (today or no day said), or that hour in working hours of another day."""
    if days is not None and days.first > now.date():
        return _moment(days.first, clock.at(clock.hour + 12 if 1 <= clock.hour <= 6 else clock.hour), now)
    for hour in (clock.hour, clock.hour + 12):
        moment = _moment(now.date(), clock.at(hour), now)
        if hour < 24 and moment > now:
            return moment
    hour = clock.hour + 12 if 1 <= clock.hour <= 6 else clock.hour
    return _moment(now.date() + timedelta(days=1), clock.at(hour), now)


def _moment(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)
