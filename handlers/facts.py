"""What a turn may know: a small, person-scoped snapshot, and questions for more.

A decision is a pure function of `Facts`. What the snapshot does not hold is asked by `facts.ask(query)`: each query has
one answer for the whole turn, read at the first question in the turn's transaction (docs/decisions/0003). So every
form, command and timer says what it needs at the place where it needs it, and a test supplies the answers as a plain
dict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from handlers.rules import Rules
from nlp.meaning import Meaning, Room
from storage.message import Conversation, Inbound
from storage.model import Address, Bill, Faq, Home, Person, Residency, Staff, Task, Ticket, TicketEvent, Timer

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Query(Generic[R_co]):
    """A question to storage; subclasses are frozen dataclasses, so they are hashable."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class TicketById(Query[Ticket | None]):
    """One ticket."""

    id: int


@dataclass(frozen=True, slots=True)
class TicketsByNumber(Query[tuple[Ticket, ...]]):
    """Tickets whose number is `text` or ends in it (`003`); open ones first, today's first, at most ten."""

    text: str


@dataclass(frozen=True, slots=True)
class TicketsOfLane(Query[tuple[Ticket, ...]]):
    """A resident's open tickets and those of the last 30 days, newest first, subscribed ones included."""

    lane: str


@dataclass(frozen=True, slots=True)
class TicketsOfStaff(Query[tuple[Ticket, ...]]):
    """Open tickets assigned to a member of staff, oldest first."""

    staff_id: int


@dataclass(frozen=True, slots=True)
class TicketsOfGroup(Query[tuple[Ticket, ...]]):
    """Open tickets of a group, oldest first, at most 200."""

    group: str


@dataclass(frozen=True, slots=True)
class RepairsOfHome(Query[tuple[Ticket, ...]]):
    """Repairs of a home, whoever reported them, newest first, at most ten."""

    home_id: int


@dataclass(frozen=True, slots=True)
class SimilarTickets(Query[tuple[Ticket, ...]]):
    """Open tickets of a type at one building with this category (mass incident); building None is the whole estate.

    With a home: only those of that home.
    """

    type: str
    category: str
    building: str | None
    home_id: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryOf(Query[tuple[TicketEvent, ...]]):
    """A ticket's history, oldest first."""

    ticket_id: int


@dataclass(frozen=True, slots=True)
class SubscribersOf(Query[tuple[str, ...]]):
    """Lanes that follow a ticket besides its reporter."""

    ticket_id: int


@dataclass(frozen=True, slots=True)
class HomesLike(Query[tuple[Home, ...]]):
    """Homes of the house table that fit what was said; parts not said match all. At most 20."""

    room: Room


@dataclass(frozen=True, slots=True)
class ResidentsOf(Query[tuple[tuple[Person, Residency], ...]]):
    """The people of a home on `day`."""

    home_id: int
    day: date


@dataclass(frozen=True, slots=True)
class LaneOfPerson(Query[str | None]):
    """The lane of a person who is bound to some channel, else None."""

    person_id: int


@dataclass(frozen=True, slots=True)
class PersonOfLane(Query[Person | None]):
    """The resident behind a lane."""

    lane: str


@dataclass(frozen=True, slots=True)
class ConversationOf(Query[Conversation]):
    """Another lane's conversation (read only)."""

    lane: str


@dataclass(frozen=True, slots=True)
class StaffById(Query[Staff | None]):
    """One member of staff."""

    id: int


@dataclass(frozen=True, slots=True)
class AllStaff(Query[tuple[Staff, ...]]):
    """The whole roster, in roster order (tens of people)."""


@dataclass(frozen=True, slots=True)
class StaffLoads(Query[Mapping[int, int]]):
    """Number of open tickets by staff id."""


@dataclass(frozen=True, slots=True)
class BillsOf(Query[tuple[Bill, ...]]):
    """All bills of a home, newest period first."""

    home_id: int


@dataclass(frozen=True, slots=True)
class BillByNumber(Query[tuple[Bill, Home] | None]):
    """A bill by its number, with its home."""

    number: str


@dataclass(frozen=True, slots=True)
class BillById(Query[tuple[Bill, Home] | None]):
    """A bill by id, with its home."""

    id: int


@dataclass(frozen=True, slots=True)
class RemindableBills(Query[tuple[tuple[Bill, Home], ...]]):
    """Unpaid, undisputed bills due by `until` whose id is above `after`, lowest id first, at most `limit`."""

    until: date
    after: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class PaymentBooked(Query[bool]):
    """Whether a provider's transaction was booked before."""

    transaction: str


@dataclass(frozen=True, slots=True)
class FaqMatches(Query[tuple[tuple[Faq, float], ...]]):
    """Answers of the knowledge base valid on `day`, best first, scores in 0..1, at most three."""

    text: str
    day: date


@dataclass(frozen=True, slots=True)
class TimerOf(Query[Timer | None]):
    """A pending timer."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Recorded(Query[tuple[Mapping[str, Any], ...]]):
    """Data of `Record`s of a kind about a subject, oldest first."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class RecordedBetween(Query[tuple[Mapping[str, Any], ...]]):
    """Data of `Record`s of a kind in [start, end), both aware, oldest first."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class OpenTasks(Query[tuple[Task, ...]]):
    """Open tasks of a kind, oldest first, at most 100."""

    kind: str


@dataclass(frozen=True, slots=True)
class Estate:
    """What texts and rules know of the estate. `phones` by purpose: service, fire, police ..."""

    id: str
    name: str
    city: str
    zone: ZoneInfo
    phones: Mapping[str, str] = field(default_factory=dict)
    households: int = 0


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose turn it is. A timer's speaker is the owner of its lane."""

    lane: str
    address: Address | None
    person: Person | None = None
    homes: tuple[Residency, ...] = ()
    staff: Staff | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The snapshot of one turn.

    Attributes:
        now: aware UTC.
        inbound: what happened; gathered messages are joined into one (`texts` keeps the parts).
        meaning: the reading of `inbound.text`; None where there is no text.
        tickets: open tickets of the speaker (resident), newest first, and those of the last 30 days.
        known: answers to queries: a plain dict, or `handlers.load.Answers`, which reads them when they are asked.
    """

    now: datetime
    estate: Estate
    rules: Rules
    speaker: Speaker
    inbound: Inbound
    conversation: Conversation = field(default_factory=Conversation)
    meaning: Meaning | None = None
    texts: tuple[str, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    known: Mapping[Query[Any], Any] = field(default_factory=dict)

    def ask(self, query: Query[R]) -> R:
        """The answer to `query`.

        Raises:
            KeyError: a plain dict of answers has none to it.
        """
        return cast(R, self.known[query])

    @property
    def local(self) -> datetime:
        """Now in the estate's zone."""
        return self.now.astimezone(self.estate.zone)

    @property
    def today(self) -> date:
        """The estate's date."""
        return self.local.date()
