"""Fee reminders: the daily look at the bills, then one polite message a home. Rules: SLA-40, SLA-41, SLA-91, C-22."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.account import lines, open_questions, subject_of, total_fen, ways
from handlers.dialog.form import Step, Topic
from handlers.effects import AddTask, ChangeBill, Effect, Phrase, Say, SetTimer
from handlers.facts import BillsOf, Facts, LaneOfPerson, RemindableBills, ResidentsOf
from handlers.rules import Rules, quiet
from handlers.rules.access import payers
from handlers.rules.fees import is_late, next_scan, next_step
from storage.model import ENDED, Bill, BillStatus, Home, Role, TicketType

KINDS = ("fee_scan", "fee_remind")
RECURRING = ("fee_scan",)

#: Categories of a complaint about money; while a major one is open nobody is reminded (domain.md 6.3).
_MONEY = ("property_fee", "fee", "arrears", "parking_fee", "utility_fee", "refund", "deposit")


def first(kind: str, now: datetime, zone: ZoneInfo, rules: Rules) -> datetime:  # noqa: ARG001 - one signature
    """The first daily look at the bills (J-06)."""
    return next_scan(now.astimezone(zone), rules.fees)


def fire(kind: str, subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """`fee_scan` in the estate's lane, a chunk at a time; `fee_remind` in the lane of the payer."""
    return _scan(subject, data, facts) if kind == "fee_scan" else _remind(subject, int(data["home"]), facts)


# --- the daily look ---------------------------------------------------------------------------------------------------


def _scan(subject: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Who is due a reminder today gets one; chunks keep the writer free (design.md 11). Nothing goes to groups."""
    rules = facts.rules.fees
    until = facts.today + timedelta(days=rules.friendly_days)
    found = facts.ask(RemindableBills(until, int(data.get("after", 0)), rules.chunk))
    steps: list[Step] = []
    reminded: set[int] = set()
    for bill, home in found:
        steps += _overdue(bill, facts)
        steps += _people_must(bill, home, facts)
        if _step(bill, facts) in ("friendly", "due", "repeat") and home.id not in reminded:
            reminded.add(home.id)
            steps += _hand_on(bill, home, facts)
    return [*steps, _go_on(subject, found, facts)]


def _go_on(subject: str, found: tuple[tuple[Bill, Home], ...], facts: Facts) -> SetTimer:
    """The next chunk at once, else tomorrow's look."""
    rules = facts.rules.fees
    if len(found) == rules.chunk:
        return SetTimer("fee_scan", subject, facts.now, data={"after": found[-1][0].id})
    return SetTimer("fee_scan", subject, next_scan(facts.local, rules))


def _overdue(bill: Bill, facts: Facts) -> list[Step]:
    late = bill.status is BillStatus.DUE and is_late(bill, facts.today)
    return [ChangeBill(bill.id, BillStatus.OVERDUE)] if late else []


def _step(bill: Bill, facts: Facts) -> str | None:
    return next_step(bill, _first_on(bill, facts), facts.today, facts.rules.fees)


def _first_on(bill: Bill, facts: Facts) -> date | None:
    at = bill.first_reminded_at
    return at.astimezone(facts.estate.zone).date() if at is not None else None


def _people_must(bill: Bill, home: Home, facts: Facts) -> list[Step]:
    """The express letter and the door visit are people's work; the product only reminds them (SLA-41, SLA-91)."""
    subject, today = f"bill:{bill.number}", facts.today
    if _step(bill, facts) == "letter":
        since = _first_on(bill, facts)
        title = Phrase("payment.task.letter", {"home": home, "since": since})
        letter: Effect = AddTask("ems_letter", subject, title, Role.CS_MANAGER.value, data={"bill": bill.number})
        return [letter, ChangeBill(bill.id, extra={"letter_on": today.isoformat()})]
    letter_on, days = bill.extra.get("letter_on"), facts.rules.fees.visit_days
    if not isinstance(letter_on, str) or bill.extra.get("visit_on") or bill.extra.get("pause"):
        return []
    if today < date.fromisoformat(letter_on) + timedelta(days=days):
        return []
    title = Phrase("payment.task.visit", {"home": home, "days": days})
    visit: Effect = AddTask("door_visit", subject, title, Role.CS_MANAGER.value, data={"bill": bill.number})
    return [visit, ChangeBill(bill.id, extra={"visit_on": today.isoformat()})]


def _hand_on(bill: Bill, home: Home, facts: Facts) -> list[Step]:
    """To the lane of the payer; who is bound nowhere is called by a person, once a bill (domain.md 6.3)."""
    for person in payers(facts.ask(ResidentsOf(home.id, facts.today))):
        lane = facts.ask(LaneOfPerson(person.id))
        if lane is not None:
            return [SetTimer("fee_remind", subject_of(home), facts.now, lane=lane, data={"home": home.id})]
    title = Phrase("payment.task.call", {"home": home})
    return [AddTask("fee_call", f"bill:{bill.number}", title, Role.FINANCE.value, data={"bill": bill.number})]


# --- one household ----------------------------------------------------------------------------------------------------


def _remind(subject: str, home_id: int, facts: Facts) -> list[Step]:
    """One message for all bills of the home that are due a reminder; every reason to be silent is looked at again."""
    person = facts.speaker.person
    residents = facts.ask(ResidentsOf(home_id, facts.today))
    if person is None or person.id not in {payer.id for payer in payers(residents)} or _complains(facts):
        return []
    if not quiet.allowed(facts.rules.quiet, facts.now, facts.estate.zone):
        later = quiet.next_allowed(facts.rules.quiet, facts.now, facts.estate.zone)
        return [SetTimer("fee_remind", subject, later, data={"home": home_id})]
    home = next(residency.home for who, residency in residents if who.id == person.id)
    asked = {number for ticket in open_questions(facts) for number in ticket.extra.get("bills", ())}
    bills = [b for b in facts.ask(BillsOf(home_id)) if b.number not in asked and _step(b, facts) in _SPOKEN]
    if not bills:
        return []
    bills.sort(key=lambda bill: (bill.due_on, bill.id))
    return [*(_reminded(bill, facts) for bill in bills), _message(bills, home, facts), Topic("payment")]


_SPOKEN = ("friendly", "due", "repeat")


def _complains(facts: Facts) -> bool:
    """An open major complaint about the fee stops the ladder (domain.md 6.3)."""
    return any(
        t.type is TicketType.COMPLAINT and t.status not in ENDED and t.level == "major" and t.category in _MONEY
        for t in facts.tickets
    )


def _reminded(bill: Bill, facts: Facts) -> ChangeBill:
    """The friendly notice before the due date starts no clock (C-22)."""
    extra = {"reminded_on": facts.today.isoformat()}
    if _step(bill, facts) == "friendly":
        return ChangeBill(bill.id, extra=extra)
    started = None if bill.first_reminded_at is not None else facts.now
    return ChangeBill(bill.id, reminded=bill.reminded + 1, first_reminded_at=started, extra=extra)


def _message(bills: list[Bill], home: Home, facts: Facts) -> Say:
    """Amount, period, deadline and ways to pay; useful only today (SC-D72)."""
    late = [bill for bill in bills if bill.due_on < facts.today]
    coming = [bill for bill in bills if bill.due_on >= facts.today]
    shown = lines(late, facts.today, "payment.remind_late_line") + lines(coming, facts.today, "payment.remind_line")
    params = {
        "home": home,
        "lines": shown,
        "total_fen": total_fen(bills) if len(bills) > 1 else None,
        "ways": ways(facts),
    }
    close = datetime.combine(facts.today, facts.rules.quiet.close, facts.estate.zone)
    mark = f"fee:{home.id}:{facts.today.isoformat()}"
    return Say("payment.remind", params, kind="push", dedupe=mark, expires_at=close)
