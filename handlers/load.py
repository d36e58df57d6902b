"""Answers the queries of `facts.py` from storage: the reading counterpart of `apply.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from handlers import facts as f
from handlers.rules import Rules
from nlp.meaning import Meaning
from storage.message import Conversation, Inbound
from storage.model import Address, Faq
from storage.unit_of_work import UnitOfWork


class Ranking(Protocol):
    """The part of nlp.faq.Ranker that is needed here."""

    def rank(self, text: str, limit: int = 3) -> list[tuple[int, float]]:
        """Ids of the best entries with scores in 0..1."""
        ...


RankerMaker = Callable[[list[tuple[int, str, tuple[str, ...]]]], Ranking]


class Knowledge:
    """The estate's questions and answers, ranked; built anew when the stored version changes."""

    def __init__(self, make: RankerMaker) -> None:
        """`make` builds a ranking from (id, question, variants)."""
        self._make = make
        self._version: object = None
        self._faqs: dict[int, Faq] = {}
        self._ranker: Ranking | None = None

    def matches(self, uow: UnitOfWork, text: str, day: date) -> tuple[tuple[Faq, float], ...]:
        """The best answers valid on `day`, best first, at most three."""
        version = uow.faq.version()
        if self._ranker is None or version != self._version:
            self._faqs = {faq.id: faq for faq in uow.faq.all()}
            self._ranker = self._make([(q.id, q.question, q.variants) for q in self._faqs.values()])
            self._version = version
        ranked = self._ranker.rank(text, limit=10)
        valid = [(self._faqs[id_], score) for id_, score in ranked if _valid(self._faqs[id_], day)]
        return tuple(valid[:3])


def _valid(faq: Faq, day: date) -> bool:
    return (faq.since is None or faq.since <= day) and (faq.until is None or day <= faq.until)


@dataclass(frozen=True, slots=True)
class Setting:
    """What every turn of one estate shares."""

    estate: f.Estate
    rules: Rules
    knowledge: Knowledge


class Answers(dict[f.Query[Any], Any]):
    """Answers of one turn, each read when it is asked first."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[f.Query[Any]], Any]) -> None:
        """`read` asks storage, inside the turn's transaction."""
        super().__init__()
        self._read = read

    def __missing__(self, query: f.Query[Any]) -> Any:
        """Read and keep it."""
        self[query] = found = self._read(query)
        return found


class Loader:
    """Loads the snapshot of one turn and answers what it asks beyond it, inside one transaction."""

    def __init__(self, uow: UnitOfWork, setting: Setting, now: datetime) -> None:
        """`now` is aware UTC."""
        self._uow = uow
        self._setting = setting
        self._now = now

    def facts(
        self,
        lane: str,
        inbound: Inbound,
        *,
        meaning: Meaning | None,
        texts: tuple[str, ...],
    ) -> f.Facts:
        """The snapshot: who speaks, the conversation, his tickets."""
        conversation = self._uow.conversations.load(lane)
        speaker = self._speaker(lane, inbound, conversation)
        resident = lane.startswith(("person:", "user:"))
        return f.Facts(
            now=self._now,
            estate=self._setting.estate,
            rules=self._setting.rules,
            speaker=speaker,
            inbound=inbound,
            conversation=conversation,
            meaning=meaning,
            texts=texts,
            tickets=self._uow.tickets.of_lane(lane, self._now) if resident else (),
            known=Answers(self.answer),
        )

    def _speaker(self, lane: str, inbound: Inbound, conversation: Conversation) -> f.Speaker:
        kind, _, rest = lane.partition(":")
        outside = inbound.kind in ("message", "tap", "event")
        if kind == "staff":
            staff = self._uow.staff.get(int(rest))
            account = staff.account if staff and staff.account else f"staff-{rest}"
            channel = inbound.channel if outside else "console"
            address = Address("group", channel, inbound.group) if inbound.group else Address("staff", channel, account)
            return f.Speaker(lane, address, staff=staff, group=inbound.group)
        address_now = Address("resident", inbound.channel, inbound.user_id) if outside else conversation.address
        if kind == "person":
            person = self._uow.people.get(int(rest))
            homes = self._uow.people.residencies(int(rest), self._today())
            if address_now is None:
                address_now = self._uow.identities.address_of(lane)
            return f.Speaker(lane, address_now, person=person, homes=homes)
        return f.Speaker(lane, address_now)

    def _today(self) -> date:
        zone: ZoneInfo = self._setting.estate.zone
        return self._now.astimezone(zone).date()

    def answer(self, query: f.Query[Any]) -> Any:
        """The answer to one query.

        Raises:
            NotImplementedError: a query class without a line here; `test_completeness` finds it first.
        """
        try:
            return _ANSWERS[type(query)](self, query)
        except KeyError:
            raise NotImplementedError(type(query).__name__) from None

    def _faq(self, query: f.FaqMatches) -> tuple[tuple[Faq, float], ...]:
        return self._setting.knowledge.matches(self._uow, query.text, query.day)

    @property
    def uow(self) -> UnitOfWork:
        """The open transaction."""
        return self._uow

    @property
    def now(self) -> datetime:
        """Aware UTC."""
        return self._now


_ANSWERS: Mapping[type[Any], Callable[[Loader, Any], Any]] = {
    f.TicketById: lambda s, q: s.uow.tickets.get(q.id),
    f.TicketsByNumber: lambda s, q: s.uow.tickets.by_number(q.text, s._today()),
    f.TicketsOfLane: lambda s, q: s.uow.tickets.of_lane(q.lane, s.now),
    f.TicketsOfStaff: lambda s, q: s.uow.tickets.of_staff(q.staff_id),
    f.TicketsOfGroup: lambda s, q: s.uow.tickets.of_group(q.group),
    f.RepairsOfHome: lambda s, q: s.uow.tickets.repairs_of_home(q.home_id),
    f.SimilarTickets: lambda s, q: s.uow.tickets.similar(q.type, q.category, q.building, q.home_id),
    f.HistoryOf: lambda s, q: s.uow.tickets.history(q.ticket_id),
    f.SubscribersOf: lambda s, q: s.uow.tickets.subscribers(q.ticket_id),
    f.HomesLike: lambda s, q: s.uow.homes.like(q.room, limit=20),
    f.ResidentsOf: lambda s, q: s.uow.people.of_home(q.home_id, q.day),
    f.LaneOfPerson: lambda s, q: s.uow.identities.lane_of_person(q.person_id),
    f.PersonOfLane: lambda s, q: s.uow.identities.person_of_lane(q.lane),
    f.ConversationOf: lambda s, q: s.uow.conversations.load(q.lane),
    f.StaffById: lambda s, q: s.uow.staff.get(q.id),
    f.AllStaff: lambda s, _: s.uow.staff.all(),
    f.StaffLoads: lambda s, _: s.uow.tickets.loads(),
    f.BillsOf: lambda s, q: s.uow.bills.of_home(q.home_id),
    f.BillByNumber: lambda s, q: s.uow.bills.by_number(q.number),
    f.BillById: lambda s, q: s.uow.bills.get(q.id),
    f.RemindableBills: lambda s, q: s.uow.bills.remindable(q.until, q.after, q.limit),
    f.PaymentBooked: lambda s, q: s.uow.bills.booked(q.transaction),
    f.FaqMatches: lambda s, q: s._faq(q),
    f.OpenTasks: lambda s, q: tuple(task for task in s.uow.tasks.open() if task.kind == q.kind),
    f.TimerOf: lambda s, q: s.uow.timers.get(q.kind, q.subject),
    f.RecordedBetween: lambda s, q: tuple(line[2] for line in s.uow.records.between(q.kind, q.start, q.end)),
    f.Recorded: lambda s, q: s.uow.records.of(q.kind, q.subject),
}
