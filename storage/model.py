"""The shared vocabulary: frozen records and enums, no SQL.

Messages are in `message`, lines of imported lists in `import_row`. All datetimes are aware UTC, money is integer fen.
"""

import re
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


def named_building(building: str) -> str:
    """A building as people say it: 3栋, A座 as 3栋, A栋; a row of shops has a name of its own (商铺)."""
    return building if re.search(r"[\u4e00-\u9fff]$", building) else f"{building}栋"


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
        return f"{area}{named_building(self.building)}{unit}"


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
