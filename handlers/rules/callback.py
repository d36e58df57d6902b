"""Callbacks 回访: class, limit, two pushes, the sample.

Rules: SLA-30..32, SLA-34, SLA-39, SLA-86, SLA-87, C-40, C-47, S-CB-01..03, S-CB-11, S-COMP-18.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256

from handlers.rules.quiet import QuietHours, allowed, latest_before, next_allowed


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """Values of this topic.

    Attributes:
        safety_days, leak_days, other_days, suggestion_days: latest time after the finish; leak: after the test.
        first_hours, leak_first_hours: the first push, counted from the same moment.
        again_hours: the second and last push, after the first.
        call_hours: how long after the second push a silent resident comes onto the call list.
        door_levels: complaint levels whose rounds need a visit with signature (C-14).
        max_rounds: from this round on the director decides (C-37).
        care_days: days after a closed complaint until its person is thought of once more (S-COMP-23).
        sample_share: share of a month's finished orders that people phone, below it of the households (domain.md 5.4).
        sample_until_day: day of the following month by which they are phoned (SLA-34).
        defer_min: a resident who is in the middle of something is asked this much later.
    """

    safety_days: int = 2
    leak_days: int = 3
    other_days: int = 2
    suggestion_days: int = 7
    first_hours: int = 24
    leak_first_hours: int = 48
    again_hours: int = 24
    call_hours: int = 2
    door_levels: tuple[str, ...] = ("major",)
    max_rounds: int = 3
    defer_min: int = 30
    care_days: int = 7
    sample_share: float = 0.05
    sample_until_day: int = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """When a resident is asked: two pushes inside hours and before `limit`, then the call list. Aware."""

    first: datetime
    second: datetime
    call: datetime
    limit: datetime


def limit_of(rules: CallbackRules, kind: str, start: datetime) -> datetime:
    """The latest time of a callback of `kind` whose clock began at `start` (SLA-30..32, -39, -86, -87)."""
    days = {"safety": rules.safety_days, "leak": rules.leak_days, "suggestion": rules.suggestion_days}
    return start + timedelta(days=days.get(kind, rules.other_days))


def plan(rules: CallbackRules, hours: QuietHours, kind: str, start: datetime, now: datetime, zone: tzinfo) -> Plan:
    """The pushes of a callback of `kind` (safety, leak, suggestion, other) whose clock began at `start`.

    A push that falls into quiet hours is sent earlier, never later (C-47); one that lies in the past goes at the
    next allowed moment after `now`. All times aware, in the zone of `now`.
    """
    limit = limit_of(rules, kind, start).astimezone(now.tzinfo)
    wait = rules.leak_first_hours if kind == "leak" else rules.first_hours
    first = _place(hours, min(start + timedelta(hours=wait), limit), limit, now, zone)
    second = _place(hours, min(first + timedelta(hours=rules.again_hours), limit), limit, first, zone)
    call = next_allowed(hours, second + timedelta(hours=rules.call_hours), zone)
    return Plan(first, second, call, limit)


def _place(hours: QuietHours, target: datetime, limit: datetime, floor: datetime, zone: tzinfo) -> datetime:
    last = latest_before(hours, limit, zone)
    placed = min(target, last)
    if not allowed(hours, placed, zone):
        placed = latest_before(hours, placed, zone)
    return placed.astimezone(floor.tzinfo) if placed > floor else next_allowed(hours, floor, zone)


def sample_size(rules: CallbackRules, orders: int, households: int) -> int:
    """How many of a month's `orders` are phoned: five per cent, below five per cent of households, at least one.

    None when nothing was finished (S-CB-02, domain.md 5.4). Households 0: not known, no upper bound.
    """
    if orders == 0:
        return 0
    wanted = max(1, math.ceil(round(rules.sample_share * orders, 6)))
    most = math.ceil(round(rules.sample_share * households, 6)) - 1 if households else wanted
    return min(wanted, max(1, most))


def sampled(orders: Mapping[int, int | None], size: int, seed: str) -> tuple[int, ...]:
    """`size` of the orders (ticket id -> who did it), drawn by `seed`, in turns over those who did them."""
    ranked = sorted(orders, key=lambda id_: sha256(f"{seed}:{id_}".encode()).digest())
    turns: dict[int | None, int] = {}
    placed: list[tuple[int, int, int]] = []
    for id_ in ranked:
        who = orders[id_]
        placed.append((turns.get(who, 0), len(placed), id_))
        turns[who] = turns.get(who, 0) + 1
    return tuple(id_ for _, _, id_ in sorted(placed)[:size])
