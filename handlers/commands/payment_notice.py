"""A payment notice of the provider: booked once and thanked, or checked by finance. Rules: P5, INV-18, INV-19."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from handlers.account import open_bills, subject_of
from handlers.dialog.form import Step
from handlers.effects import (
    AddTask,
    BookPayment,
    CancelTimer,
    CloseTask,
    Phrase,
    Record,
    Say,
    ToGroup,
    ToLane,
    ToSpeaker,
)
from handlers.facts import BillByNumber, BillsOf, Facts, LaneOfPerson, PaymentBooked, ResidentsOf
from handlers.rules.access import payers
from handlers.rules.desk import promised_by
from handlers.rules.fees import owed_fen
from storage.model import Bill, BillStatus, Home, Role

EVENTS = ("paid", "letter_sent")

#: What people had to do about an unpaid bill; closed when it is paid.
TASKS = ("fee_call", "ems_letter", "door_visit")


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """`paid` (bill, amount_fen, transaction, paid_at); `letter_sent` (bill, on): the express letter is on its way."""
    return _letter_sent(data, facts) if event == "letter_sent" else _paid(data, facts)


def _paid(data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """Equal to what is owed: booked once. Anything else books nothing, and finance looks at it (INV-18, INV-19)."""
    transaction, amount = str(data.get("transaction") or ""), data.get("amount_fen")
    if transaction and facts.ask(PaymentBooked(transaction)):
        return []
    found = facts.ask(BillByNumber(str(data.get("bill") or "")))
    whole = isinstance(amount, int) and not isinstance(amount, bool) and amount > 0
    if found is None or not transaction or not whole or amount != owed_fen(found[0]):
        return _mismatch(data, found, facts)
    bill, home = found
    booking = BookPayment(bill.id, transaction, owed_fen(bill), _paid_at(data, facts))
    thanks = _receipt(bill, home, transaction, facts)
    return [booking, *_no_more_reminders(bill, home, facts), *([thanks] if thanks else [])]


def _paid_at(data: Mapping[str, Any], facts: Facts) -> datetime:
    said = data.get("paid_at")
    return datetime.fromisoformat(said) if isinstance(said, str) else facts.now


def _no_more_reminders(bill: Bill, home: Home, facts: Facts) -> list[Step]:
    """Tasks about this bill end; the home's reminder goes when nothing else is owed."""
    others = [one for one in open_bills(facts.ask(BillsOf(home.id)), None) if one.id != bill.id]
    timer: list[Step] = [] if others else [CancelTimer(subject_of(home), "fee_remind")]
    return [*timer, *(CloseTask(kind, f"bill:{bill.number}") for kind in TASKS)]


def _receipt(bill: Bill, home: Home, transaction: str, facts: Facts) -> Say | None:
    """Thanks to whoever paid, if anybody can be reached; the address only to those who live there."""
    payer = _payer(home, facts)
    if payer is None:
        return None
    own = isinstance(payer, ToLane) or any(residency.home.id == home.id for residency in facts.speaker.homes)
    params = {
        "home": home if own else None,
        "fee": bill.fee,
        "period": bill.period,
        "amount_fen": owed_fen(bill),
        "transaction": transaction,
    }
    return Say("payment.receipt", params, payer, "push", dedupe=f"receipt:{transaction}")


def _mismatch(data: Mapping[str, Any], found: tuple[Bill, Home] | None, facts: Facts) -> list[Step]:
    """Nothing is booked: a task with the figures, a word to the group without them, the truth to the payer."""
    transaction, number = str(data.get("transaction") or "?"), str(data.get("bill") or "?")
    amount = data.get("amount_fen") if isinstance(data.get("amount_fen"), int) else None
    mark = f"{transaction}:{number}"
    details = {"transaction": transaction, "bill": number, "amount_fen": amount}
    title = Phrase("payment.mismatch_task", details)
    until = promised_by(facts.local, facts.rules.desk.answer_h, facts.rules.desk)
    honest = "payment.unknown_bill"
    if found is not None:
        honest = "payment.paid_already" if found[0].status is BillStatus.PAID else "payment.mismatch"
    payer = _payer(found[1], facts) if found else ToSpeaker() if _resident(facts) else None
    steps: list[Step] = [
        AddTask("payment_mismatch", mark, title, Role.FINANCE.value, until, data=details),
        Record("payment_mismatch", mark, details),
        Say("payment.mismatch_alert", {}, ToGroup("finance"), "alert", dedupe=f"mismatch:{mark}"),
    ]
    if payer is not None and amount is not None:
        steps.append(
            Say(honest, {"amount_fen": amount, "until": until}, payer, "push", dedupe=f"mismatch_payer:{mark}")
        )
    return steps


def _resident(facts: Facts) -> bool:
    return facts.speaker.staff is None and facts.speaker.lane.startswith(("person:", "user:"))


def _payer(home: Home, facts: Facts) -> ToSpeaker | ToLane | None:
    """Whoever's turn it is; in the estate's lane the first bound payer of the home."""
    if _resident(facts):
        return ToSpeaker()
    for person in payers(facts.ask(ResidentsOf(home.id, facts.today))):
        lane = facts.ask(LaneOfPerson(person.id))
        if lane is not None:
            return ToLane(lane)
    return None


def _letter_sent(data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """The resident hears that the letter was sent, politely and only while it is still owed (SC-D76)."""
    found = facts.ask(BillByNumber(str(data["bill"])))
    if found is None or owed_fen(found[0]) == 0:
        return []
    bill, home = found
    payer = _payer(home, facts)
    if payer is None:
        return []
    params = {"home": home, "period": bill.period, "on": date.fromisoformat(str(data["on"]))}
    return [Say("payment.letter_sent", params, payer, "push", dedupe=f"letter:{bill.number}")]
