"""A household's account: what is owed, disputes, promised days. Rules: S-FEE-01, S-FEE-08, S-FEE-16, SC-D70..D74."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from handlers.desk import Promise, promise, taken_by
from handlers.dialog.form import Start, Step, Topic
from handlers.effects import Button, CancelTimer, ChangeBill, OpenTicket, Phrase, Record, Say
from handlers.facts import BillByNumber, BillsOf, Facts, Recorded
from handlers.rules.access import account_homes
from handlers.rules.fees import held_until, is_late, owed_fen
from handlers.rules.money_words import Kind
from handlers.ticketing import file
from storage.model import ENDED, Bill, BillStatus, Home, Ticket, TicketType

#: Other names of the same fee; a fee that is named so is looked for under each of them.
_SAME_FEE = (
    ("物业", "管理费", "物管"),
    ("停车", "车位", "车库"),
    ("水费", "自来水"),
    ("电费",),
    ("燃气", "煤气", "天然气"),
    ("暖气", "取暖", "供暖", "采暖"),
    ("垃圾", "清运"),
    ("电视",),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of an account; survives JSON, so that it can wait for the answer to a question."""

    kind: Kind
    text: str = ""
    category: str = "fee"
    fee: str | None = None
    until: str | None = None

    def json(self) -> dict[str, Any]:
        """As it waits in a form."""
        return asdict(self)


def wish_of(value: Mapping[str, Any] | None) -> Wish | None:
    """The wish that `Wish.json` wrote."""
    return Wish(**value) if value else None


def subject_of(home: Home) -> str:
    """The subject of a home's reminder timer."""
    return f"fees:{home.id}"


def serve(wish: Wish, facts: Facts) -> list[Step]:
    """Do it for the speaker: verified first, and of several homes the right one (S-FEE-01, design.md 10)."""
    homes = account_homes(facts.speaker.homes, facts.rules.access)
    if not homes and facts.speaker.homes:
        return [Say("payment.owner_only")]
    if not homes:
        return begin_binding(wish, facts)
    named = _named_home(homes, facts)
    if named is None:
        return [Say("payment.not_bound")]
    if len(named) == 1:
        return act(wish, named[0], facts)
    return [Start("account_home", {"wish": wish.json()})]


def _named_home(homes: tuple[Home, ...], facts: Facts) -> tuple[Home, ...] | None:
    """The speaker's homes that fit an address he named; all without one; None: the address is somebody else's."""
    said = facts.meaning.slots.room if facts.meaning else None
    if said is None:
        return homes
    parts = (("area", said.area), ("building", said.building), ("unit", said.unit), ("room", said.room))
    fitting = tuple(h for h in homes if all(part is None or getattr(h, name) == part for name, part in parts))
    return fitting or None


def begin_binding(wish: Wish | None, facts: Facts) -> list[Step]:
    """Ask who this is; after too many wrong phone tails in a day only a person can help (S-REC-07)."""
    if tries_today(facts) >= facts.rules.access.tail_tries:
        return [Say("bind_home.with_person")]
    return [Start("bind_home", {"wish": wish.json()} if wish else {})]


def tries_today(facts: Facts) -> int:
    """Phone tails of this lane that did not fit today."""
    failed = facts.ask(Recorded("bind_failed", facts.speaker.lane))
    return sum(1 for entry in failed if entry.get("day") == facts.today.isoformat())


def act(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    """What is wanted, for one home whose bills the speaker may see."""
    match wish.kind:
        case "detail":
            return _detail(wish, home, facts)
        case "dispute":
            return _dispute(wish, home, facts)
        case "claim_paid":
            return _claim_paid(wish, home, facts)
        case "later":
            return _later(wish, home, facts)
        case "door":
            return _door(home, facts)
        case "invoice":
            return _invoice(wish, home, facts)
        case _:
            return statement(wish, home, facts)


def statement(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    """The bill card with total and ways to pay; thanks where nothing is owed (SC-D70)."""
    bills = facts.ask(BillsOf(home.id))
    owed = open_bills(bills, wish.fee)
    if not owed:
        return [Say("payment.nothing_owed", {"home": home, "until": paid_until(bills)})]
    if total_fen(owed) == 0:
        return [Say("payment.all_checked", {"home": home, "lines": lines(owed, facts.today, "payment.line")})]
    params = {
        "home": home,
        "paid": _paid_line(bills),
        "lines": lines(owed, facts.today, "payment.line"),
        "total_fen": total_fen(owed),
        "ways": ways(facts),
    }
    return [Say("payment.card", params, buttons=_buttons("detail", "door")), Topic("payment")]


def _detail(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    bills = facts.ask(BillsOf(home.id))
    shown = open_bills(bills, wish.fee) or tuple(b for b in bills if b.status is BillStatus.PAID)[:3]
    if not shown:
        return [Say("payment.nothing_owed", {"home": home, "until": None})]
    params = {"home": home, "lines": lines(shown, facts.today, "payment.detail_line")}
    return [Say("payment.detail", params, buttons=_buttons("wrong")), Topic("payment")]


def _dispute(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    """Bills in dispute are checked by finance and not reminded meanwhile (S-FEE-16)."""
    all_bills = facts.ask(BillsOf(home.id))
    if wish.fee and not any(same_fee(bill.fee, wish.fee) for bill in all_bills):
        return promise(facts, _question(wish, home, facts, (), "payment.no_such_bill", {"fee": wish.fee}))
    bills = open_bills(all_bills, wish.fee)
    known = _checked_already(facts, bills)
    if known is not None:
        return [Say("payment.checked_already", ticket=known.id)]
    disputed = [ChangeBill(b.id, BillStatus.DISPUTED) for b in bills if b.status is not BillStatus.DISPUTED]
    detail = lines(bills, facts.today, "payment.detail_line") if bills else None
    owed = _question(wish, home, facts, bills, "payment.disputed", {"lines": detail})
    return [*disputed, CancelTimer(subject_of(home), "fee_remind"), *promise(facts, owed)]


def _claim_paid(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    """Paid already, they say: reminders rest, finance looks for the money; nothing owed is said at once."""
    all_bills = facts.ask(BillsOf(home.id))
    bills = open_bills(all_bills, wish.fee)
    if not bills:
        return [Say("payment.paid_indeed", {"home": home, "until": paid_until(all_bills)})]
    known = _checked_already(facts, bills)
    if known is not None:
        return [Say("payment.checked_already", ticket=known.id)]
    until = held_until(None, facts.today, facts.rules.fees)
    held = [ChangeBill(b.id, hold_until=until) for b in bills]
    owed = _question(wish, home, facts, bills, "payment.claim_paid", {})
    return [*held, CancelTimer(subject_of(home), "fee_remind"), *promise(facts, owed)]


def _later(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    """Silence until the day the resident names, no approval needed (下周发工资再交, design.md 10)."""
    bills = tuple(b for b in open_bills(facts.ask(BillsOf(home.id)), wish.fee) if b.status is not BillStatus.DISPUTED)
    if not bills:
        return statement(wish, home, facts)
    until = held_until(date.fromisoformat(wish.until) if wish.until else None, facts.today, facts.rules.fees)
    held = [ChangeBill(b.id, hold_until=until) for b in bills]
    record = Record("fee_hold", subject_of(home), {"until": until.isoformat(), "bills": [b.number for b in bills]})
    return [*held, CancelTimer(subject_of(home), "fee_remind"), record, Say("payment.held", {"until": until})]


def _door(home: Home, facts: Facts) -> list[Step]:
    amount_fen = total_fen(open_bills(facts.ask(BillsOf(home.id)), None))
    if amount_fen == 0:
        return statement(Wish("door"), home, facts)
    return [Start("door_collection", {"home": home.id, "label": home.label, "amount_fen": amount_fen})]


def _invoice(wish: Wish, home: Home, facts: Facts) -> list[Step]:
    """A receipt or invoice is a service of finance (design.md 10)."""
    ticket = OpenTicket(
        "invoice",
        TicketType.SERVICE,
        "invoice",
        wish.text,
        home=home,
        group="finance",
        respond_due=taken_by(facts),
    )
    return [*file(facts, ticket), Say("payment.invoice", ticket="invoice")]


def _question(
    wish: Wish, home: Home, facts: Facts, bills: Iterable[Bill], key: str, params: Mapping[str, Any]
) -> Promise:
    extra = {"bills": [b.number for b in bills], "about": wish.kind}
    hours = facts.rules.fees.finance_h
    return Promise(
        TicketType.PAYMENT, wish.category, wish.text, key, hours, "finance", home, {**params, "home": home}, extra
    )


def _checked_already(facts: Facts, bills: Iterable[Bill]) -> Ticket | None:
    """An open ticket of the speaker about one of these bills: one matter, one record (domain.md F.5)."""
    numbers = {bill.number for bill in bills}
    return next((t for t in open_questions(facts) if numbers & set(t.extra.get("bills", ()))), None)


def open_questions(facts: Facts) -> tuple[Ticket, ...]:
    """The speaker's payment matters that finance has not answered yet."""
    return tuple(t for t in facts.tickets if t.type is TicketType.PAYMENT and t.status not in ENDED)


def settled(ticket: Ticket, facts: Facts) -> list[Step]:
    """Finance has answered: a disputed bill is owed again, and is reminded of once the ticket is closed (S-FEE-16)."""
    found = (facts.ask(BillByNumber(str(number))) for number in ticket.extra.get("bills", ()))
    disputed = (bill for bill, _ in filter(None, found) if bill.status is BillStatus.DISPUTED)
    return [
        ChangeBill(bill.id, BillStatus.OVERDUE if bill.due_on < facts.today else BillStatus.DUE) for bill in disputed
    ]


def open_bills(bills: Iterable[Bill], fee: str | None) -> tuple[Bill, ...]:
    """What is still owed, the oldest first; of one kind of fee where it is named and there is such a bill."""
    owed = sorted((bill for bill in bills if owed_fen(bill) > 0), key=lambda bill: (bill.due_on, bill.id))
    return tuple(bill for bill in owed if fee and same_fee(bill.fee, fee)) or tuple(owed)


def same_fee(name: str, said: str) -> bool:
    """Whether two names mean the same kind of fee (物业费 and 物业管理费, 停车费 and 车位费)."""
    if name in said or said in name:
        return True
    return any(any(w in name for w in group) and any(w in said for w in group) for group in _SAME_FEE)


def total_fen(bills: Iterable[Bill]) -> int:
    """What is to be paid now, in fen; disputed bills wait for finance."""
    return sum(owed_fen(bill) for bill in bills if bill.status is not BillStatus.DISPUTED)


def lines(bills: Iterable[Bill], today: date, key: str) -> tuple[Phrase, ...]:
    """One line a bill: fee, period, amount, due day, status (domain.md 6.2)."""
    return tuple(
        Phrase(
            key,
            {
                "fee": bill.fee,
                "period": bill.period,
                "number": bill.number,
                "amount_fen": bill.amount_fen,
                "paid_fen": bill.paid_fen or None,
                "owed_fen": owed_fen(bill),
                "due": bill.due_on,
                "status": Phrase(f"payment.status.{_shown_status(bill, today)}"),
            },
        )
        for bill in bills
    )


def _shown_status(bill: Bill, today: date) -> str:
    return "overdue" if bill.status is BillStatus.DUE and is_late(bill, today) else bill.status.value


def paid_until(bills: Iterable[Bill]) -> str | None:
    """The latest period that is paid, as the bill calls it."""
    return max((bill.period for bill in bills if bill.status is BillStatus.PAID), default=None)


def _paid_line(bills: Iterable[Bill]) -> Phrase | None:
    until = paid_until(bills)
    return Phrase("payment.paid_until", {"until": until}) if until else None


def ways(facts: Facts) -> tuple[Phrase, ...]:
    """The ways to pay, one a line; online first where the estate has a page."""
    rules = facts.rules.fees
    online = (Phrase("payment.way.online", {"url": rules.pay_url}),) if rules.pay_url else ()
    return online + tuple(Phrase(f"payment.way.{way}") for way in rules.ways)


def _buttons(*names: str) -> tuple[Button, ...]:
    """Buttons that name a payment wish; the label says which."""
    return tuple(Button("wish:payment", Phrase(f"payment.button.{name}")) for name in names)
