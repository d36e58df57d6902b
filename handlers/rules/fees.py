"""Fee reminders. Rules: SLA-40, SLA-41, SLA-91, C-22, C-23, domain.md 6.3."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from storage.model import Bill, BillStatus

#: What the ladder of domain.md 6.3 asks for today.
Step = Literal["friendly", "due", "repeat", "letter"]

#: Statuses in which something is still owed and nobody objects.
OWED = frozenset({BillStatus.DUE, BillStatus.OVERDUE, BillStatus.PARTIAL})


@dataclass(frozen=True, slots=True)
class FeeRules:
    """The reminder ladder and the ways to pay.

    Attributes:
        ways: ways to pay, keys of the texts `payment.way.<key>`, in the order in which they are shown.
        pay_url: page for paying online; shown first when there is one.
        friendly_days: days before the due date of the friendly notice; 0 sends none.
        repeat_days, repeats: days between polite repeats after the first reminder, and how many of them.
        letter_months: calendar months from the first delivered reminder to the express letter (SLA-41, C-22).
        visit_days: days from the letter to the door visit (SLA-91).
        hold_days: silence when a resident asks for time and names no day.
        scan_at: local time of the daily look at all bills (J-06).
        finance_h: hours in which finance answers a payment question while the desk is open.
        chunk: bills looked at in one turn of the scan, so that the writer is never held long (design.md 11).
    """

    ways: tuple[str, ...] = ("desk", "bank", "door")
    pay_url: str | None = None
    friendly_days: int = 3
    repeat_days: int = 7
    repeats: int = 4
    letter_months: int = 3
    visit_days: int = 30
    hold_days: int = 7
    scan_at: time = time(10)
    finance_h: float = 4.0
    chunk: int = 20


def owed_fen(bill: Bill) -> int:
    """What is still to be paid, in fen; nothing for paid and cancelled bills."""
    if bill.status in (BillStatus.PAID, BillStatus.CANCELLED):
        return 0
    return max(0, bill.amount_fen - bill.paid_fen)


def is_late(bill: Bill, today: date) -> bool:
    """Whether the due date has passed with something owed."""
    return bill.due_on < today and owed_fen(bill) > 0


def month_later(day: date, months: int) -> date:
    """The same day-of-month `months` later, clipped to the month's end (domain.md 0.4)."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def next_step(bill: Bill, first_on: date | None, today: date, rules: FeeRules) -> Step | None:
    """What the reminder ladder asks for on `today` (domain.md 6.3); None when it is silent.

    `first_on` is the local day of the first delivered reminder after the due date (C-22). A bill that is paid,
    disputed, held until a later day or paused for hardship is never reminded.
    """
    if bill.status not in OWED or owed_fen(bill) == 0 or bill.extra.get("pause"):
        return None
    if bill.hold_until is not None and today < bill.hold_until:
        return None
    last_on = _day(bill.extra.get("reminded_on"))
    if last_on == today:
        return None
    if today <= bill.due_on:
        return _before_due(bill, last_on, today, rules)
    if first_on is None or bill.reminded == 0:
        return "due"
    if month_later(first_on, rules.letter_months) <= today:
        return None if bill.extra.get("letter_on") else "letter"
    return _repeat(bill, last_on, today, rules)


def _before_due(bill: Bill, last_on: date | None, today: date, rules: FeeRules) -> Step | None:
    """One friendly notice in the last days before the due date, or on the day a resident asked to be left until."""
    soon = bill.due_on - today <= timedelta(days=rules.friendly_days)
    return "friendly" if rules.friendly_days and soon and last_on is None else None


def _repeat(bill: Bill, last_on: date | None, today: date, rules: FeeRules) -> Step | None:
    """A polite repeat every `repeat_days`; the one after a promised day comes on that day whatever the pace."""
    promised = bill.hold_until is not None and (last_on is None or last_on < bill.hold_until)
    if promised:
        return "repeat"
    paced = last_on is None or today - last_on >= timedelta(days=rules.repeat_days)
    return "repeat" if paced and bill.reminded <= rules.repeats else None


def held_until(named: date | None, today: date, rules: FeeRules) -> date:
    """Until which day reminders rest when a resident asks for time: the named day, else a week (design.md 10)."""
    return named if named is not None and named > today else today + timedelta(days=rules.hold_days)


def next_scan(local: datetime, rules: FeeRules) -> datetime:
    """The next daily look at the bills, strictly later than `local` (aware, estate's zone)."""
    today = datetime.combine(local.date(), rules.scan_at, local.tzinfo)
    return today if local < today else today + timedelta(days=1)


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None
