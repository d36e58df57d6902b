"""缴费: bills, ways to pay, disputes, promised days, receipts. Rules: S-FEE-01, S-FEE-08, S-FEE-16, SC-D70..D74."""

from datetime import date, timedelta

from handlers.account import Wish, serve, ways
from handlers.desk import Promise, promise
from handlers.dialog.form import Step
from handlers.effects import Say
from handlers.facts import Facts
from handlers.knowledge import sure_answer
from handlers.rules.fees import held_until
from handlers.rules.money_words import Kind, asks_ways, is_general, is_question, is_trouble, kind_of
from nlp.meaning import Act, TimeWindow
from storage.model import TicketType

INTENTS = ("payment",)


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """What concerns the own account is done for the verified household; questions are answered for everybody."""
    text = act.text or facts.inbound.text
    if is_trouble(text):
        return _money_question(act, text, facts)
    kind = kind_of(text)
    if kind is None and is_general(text):
        return _general(act, text, facts)
    return serve(_wish(kind or "statement", act, text, facts), facts)


def _wish(kind: Kind, act: Act, text: str, facts: Facts) -> Wish:
    until = _named_day(act.slots.time, facts) if kind == "later" else None
    return Wish(kind, text, act.category or "fee", act.slots.fee, until.isoformat() if until else None)


def _named_day(window: TimeWindow | None, facts: Facts) -> date | None:
    """The day somebody names for paying; a week or a month names none: a week's silence, or until it begins."""
    first = (window.start or window.end) if window else None
    if window is None or first is None:
        return None
    start = first.astimezone(facts.estate.zone).date()
    last = ((window.end or first) - timedelta(minutes=1)).astimezone(facts.estate.zone).date()
    return start if last <= start else max(start, held_until(None, facts.today, facts.rules.fees))


def _general(act: Act, text: str, facts: Facts) -> list[Step]:
    """The knowledge base first; how to pay is always known, other questions go to finance (INV-25)."""
    known = sure_answer(text, facts)
    if known is not None:
        return [Say("payment.answer", {"answer": known})]
    if asks_ways(text):
        return [Say("payment.ways", {"ways": ways(facts)})]
    return _money_question(act, text, facts)


def _money_question(act: Act, text: str, facts: Facts) -> list[Step]:
    """Refunds, failed payments, deposits: the knowledge base where it is a question, else finance answers."""
    known = sure_answer(text, facts) if is_question(text) else None
    if known is not None:
        return [Say("payment.answer", {"answer": known})]
    hours = facts.rules.fees.finance_h
    home = facts.speaker.homes[0].home if len(facts.speaker.homes) == 1 else None
    owed = Promise(TicketType.PAYMENT, act.category or "fee", text, "payment.promised", hours, "finance", home)
    return promise(facts, owed)
