"""The shared vocabulary: frozen records and enums, no SQL. All datetimes are aware UTC, money is integer fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

Json = Mapping[str, Any]


class Role(StrEnum):
    """Staff roles of domain.md 1.2."""

    FRONT_DESK = "front_desk"
    BUTLER = "butler"
    CS_ASSISTANT = "cs_assistant"
    CS_LEAD = "cs_lead"
    CS_MANAGER = "cs_manager"
    DISPATCHER = "dispatcher"
    REPAIR_SUPERVISOR = "repair_supervisor"
    REPAIRER = "repairer"
    SECURITY = "security"
    CLEANING = "cleaning"
    FINANCE = "finance"
    DIRECTOR = "director"
    COMPANY_LEADER = "company_leader"
    GENERAL_AFFAIRS = "general_affairs"
    DUTY = "duty"


class Tenure(StrEnum):
    """How a person holds a home."""

    OWNER = "owner"
    TENANT = "tenant"
    FAMILY = "family"


class TicketType(StrEnum):
    """Kinds of ticket; `letter` begins the speakable number (design.md 4)."""

    REPAIR = "repair"
    COMPLAINT = "complaint"
    INQUIRY = "inquiry"
    PAYMENT = "payment"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    SERVICE = "service"
    EMERGENCY = "emergency"

    @property
    def letter(self) -> str:
        """The first letter of the ticket number."""
        return {
            "repair": "R",
            "complaint": "C",
            "inquiry": "Q",
            "payment": "P",
            "suggestion": "S",
            "praise": "T",
            "service": "V",
            "emergency": "E",
        }[self.value]


class TicketStatus(StrEnum):
    """Statuses of design.md 7 and 11."""

    NEW = "new"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    DONE = "done"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    MERGED = "merged"


#: Nothing more happens to these.
ENDED = frozenset({TicketStatus.CLOSED, TicketStatus.CANCELLED, TicketStatus.MERGED})
#: The work itself is still to be done.
WORKING = frozenset(
    {
        TicketStatus.NEW,
        TicketStatus.ASSIGNED,
        TicketStatus.ACCEPTED,
        TicketStatus.ARRIVED,
        TicketStatus.SUSPENDED,
        TicketStatus.REOPENED,
    }
)


class BillStatus(StrEnum):
    """Statuses of a bill (design.md 10)."""

    DUE = "due"
    OVERDUE = "overdue"
    PARTIAL = "partial"
    PAID = "paid"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Home:
    """A dwelling or shop of the house table."""

    id: int
    community_id: str
    area: str | None
    building: str
    unit: str | None
    room: str
    floor_area_m2: float | None = None
    tenure_kind: str | None = None
    state: str | None = None
    notes: Json = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The full address, for its residents and its assignee: 3栋2单元501."""
        return self.block + self.room

    @property
    def block(self) -> str:
        """Building and unit, the part that groups may see: 3栋2单元."""
        area = f"{self.area}" if self.area else ""
        unit = f"{self.unit}单元" if self.unit else ""
        return f"{area}{self.building}栋{unit}"


@dataclass(frozen=True, slots=True)
class Person:
    """A resident of the roster. Name and phone are plain here, encrypted in the table (INV-29)."""

    id: int
    community_id: str
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Residency:
    """A person's hold on a home; `until` is the last valid day; a `payer` is a tenant whom the lease names so."""

    person_id: int
    home: Home
    tenure: Tenure
    since: date | None = None
    until: date | None = None
    payer: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. `account` is the channel user id, when known."""

    id: int
    community_id: str
    number: str
    name: str
    phone: str | None
    post: str
    team: str
    skills: tuple[str, ...]
    buildings: tuple[str, ...]
    account: str | None
    role: Role


AddressKind = Literal["resident", "staff", "group"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a channel account (`webchat.main`, `console`, `robot.repair`) and an id in it."""

    kind: AddressKind
    channel: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who stands behind a channel user id. Unbound: person and staff are None. `lane` orders its rows."""

    channel: str
    user_id: str
    lane: str
    person_id: int | None = None
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket 工单. `extra` holds records of its type (quote, verdict, accused, leak test ...), JSON-safe."""

    id: int
    community_id: str
    number: str
    type: TicketType
    category: str
    status: TicketStatus
    urgency: str
    summary: str
    level: str | None = None
    home: Home | None = None
    building: str | None = None
    unit: str | None = None
    place: str | None = None
    public_area: bool = False
    object: str | None = None
    wanted_start: datetime | None = None
    wanted_end: datetime | None = None
    reporter_lane: str | None = None
    reporter: Address | None = None
    person_id: int | None = None
    contact_phone: str | None = None
    group: str | None = None
    assignee_id: int | None = None
    created_at: datetime | None = None
    respond_due: datetime | None = None
    finish_due: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    finished_at: datetime | None = None
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    suspended_from: TicketStatus | None = None
    suspended_at: datetime | None = None
    suspend_until: datetime | None = None
    paused_s: int = 0
    reopened: int = 0
    contacts: int = 1
    merged_into: int | None = None
    rework_of: int | None = None
    source_key: str = ""
    extra: Json = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One line of a ticket's history: who, when, what, why, by which channel."""

    ticket_id: int
    at: datetime
    actor: str
    move: str
    from_status: str | None
    to_status: str | None
    reason: str | None = None
    channel: str | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill of a home."""

    id: int
    community_id: str
    number: str
    home_id: int
    fee: str
    period: str
    amount_fen: int
    paid_fen: int
    due_on: date
    status: BillStatus
    paid_at: datetime | None = None
    reminded: int = 0
    first_reminded_at: datetime | None = None
    hold_until: date | None = None
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Faq:
    """A question of the knowledge base with its other wordings and its answer."""

    id: int
    community_id: str
    question: str
    variants: tuple[str, ...]
    answer: str
    since: date | None = None
    until: date | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must do that is no ticket: a call list entry, a dead letter, an approval."""

    id: int
    community_id: str
    kind: str
    subject: str
    title: str
    assignee_role: str | None
    status: str
    created_at: datetime
    due_at: datetime | None = None
    ticket_id: int | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A form in progress. Only JSON-safe values (style.md 5)."""

    form: str
    version: int
    answers: Json
    asked: str | None = None
    misses: int = 0
    touched_at: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state of one lane's talk; saved as JSON in the turn's transaction.

    Attributes:
        frames: forms in progress, the innermost last.
        waiting: wishes (as JSON) that were heard and wait for the form's end.
        misunderstood: misunderstandings in a row; two bring a person.
        held_by: staff id while a person holds the chat; the bot is silent.
        greeted_on: local date (ISO) of the last greeting.
        said: what the bot last asked outside of forms, e.g. {"kind": "anything_else"}.
        address: where this lane was heard last; pushes go there.
    """

    frames: tuple[Frame, ...] = ()
    waiting: tuple[Json, ...] = ()
    misunderstood: int = 0
    held_by: int | None = None
    greeted_on: str | None = None
    said: Json = field(default_factory=dict)
    address: Address | None = None
    touched_at: datetime | None = None
    version: int = 0


InboundKind = Literal["message", "tap", "event", "pay", "timer", "told"]


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that happened, as a channel parsed it; stored whole in the inbox row.

    Attributes:
        channel: channel account, `kind.account`.
        user_id: the sender's id on that channel.
        key: the dedupe key of INV-3, unique with the channel.
        kind: message (text, voice, picture, location), tap (a button), event, pay, timer, told (from another lane).
        text: words, also those recognised from voice.
        media: references (`kind`, `id` or stored name) of pictures, voice, video.
        group: the staff group it was said in.
        data: what else the kind needs (button key, event name, location, payment, timer payload).
        sent_at: the sender's clock; ordering only.
    """

    channel: str
    user_id: str
    key: str
    kind: InboundKind
    text: str = ""
    media: tuple[Json, ...] = ()
    group: str | None = None
    data: Json = field(default_factory=dict)
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A stored inbound with its place in the work. `reason` is why its last attempt did not end, or why it is dead."""

    id: int
    community_id: str
    lane: str
    inbound: Inbound
    received_at: datetime
    status: str
    attempts: int
    priority: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message to deliver. `buttons` are (key, label) pairs; `kind` is reply, push or alert."""

    id: int
    community_id: str
    to: Address
    kind: str
    text_key: str
    body: str
    buttons: tuple[tuple[str, str], ...]
    ticket_id: int | None
    created_at: datetime
    not_before: datetime
    expires_at: datetime | None
    priority: int
    attempts: int
    status: str
    dedupe: str | None
    reserved_for: int | None = None
    reserved_until: datetime | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline. Unique on (kind, subject); setting it again raises the generation."""

    id: int
    community_id: str
    kind: str
    subject: str
    lane: str
    due_at: datetime
    generation: int
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HomeKey:
    """How a list names a home: parts as in the house table (`A`, `3`, `2`, `501`); None where there is none."""

    area: str | None
    building: str
    unit: str | None
    room: str


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A line of an imported house list. The same key again is a change of the same home."""

    key: HomeKey
    floor_area_m2: float | None = None
    tenure_kind: str | None = None
    state: str | None = None
    notes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """A line of an imported roster. `until` is the last valid day; an `account` (channel user id) is bound at once."""

    home: HomeKey
    name: str
    phone: str | None
    tenure: Tenure
    since: date | None = None
    until: date | None = None
    account: str | None = None
    notes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A line of an imported staff list; `number` (工号) is its identity."""

    number: str
    name: str
    phone: str | None
    post: str
    team: str
    skills: tuple[str, ...]
    buildings: tuple[str, ...]
    account: str | None
    role: Role
    notes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BillRow:
    """A line of an imported bill list; `number` (单号) is its identity. `paid` is in full, on `paid_on` when known."""

    home: HomeKey
    fee: str
    period: str
    amount_fen: int
    due_on: date
    number: str
    paid: bool = False
    paid_on: date | None = None
    notes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaqRow:
    """A line of an imported knowledge base; the question is its identity. `until` is the last valid day."""

    question: str
    variants: tuple[str, ...]
    answer: str
    since: date | None = None
    until: date | None = None
    scope: str | None = None
    notes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did, in lines."""

    added: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to put into the outbox.

    Attributes:
        dedupe: when not empty, sent once only, ever.
        not_before: earliest time; None means at once.
        reserved_for: inbox row whose waiting request may take it as passive reply until `reserved_until`.
        taken_by: who holds its lease from the start: the request that waits for it in this very process.
    """

    to: Address
    body: str
    kind: str = "reply"
    text_key: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    ticket_id: int | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    priority: int = 2
    dedupe: str | None = None
    reserved_for: int | None = None
    reserved_until: datetime | None = None
    taken_by: str | None = None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to open. `day` is the estate's local date, part of the number; `source_key` makes a repeat harmless.

    `actor` and `channel` go into the first line of the history, `reason` too. `event` is that line's data.
    """

    type: TicketType
    category: str
    summary: str
    day: date
    source_key: str
    urgency: str = "normal"
    status: TicketStatus = TicketStatus.NEW
    level: str | None = None
    home_id: int | None = None
    building: str | None = None
    unit: str | None = None
    place: str | None = None
    public_area: bool = False
    object: str | None = None
    wanted_start: datetime | None = None
    wanted_end: datetime | None = None
    reporter_lane: str | None = None
    reporter: Address | None = None
    person_id: int | None = None
    contact_phone: str | None = None
    group: str | None = None
    assignee_id: int | None = None
    respond_due: datetime | None = None
    finish_due: datetime | None = None
    merged_into: int | None = None
    rework_of: int | None = None
    extra: Json = field(default_factory=dict)
    actor: str = "resident"
    channel: str | None = None
    reason: str | None = None
    event: Json = field(default_factory=dict)
