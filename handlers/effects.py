"""What a turn wants done, as frozen values. `apply.py` turns each into writes; nothing here acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from nlp.meaning import TimeWindow
from storage.model import BillStatus, Home, Tenure, TicketStatus, TicketType

#: What a text may be filled with. Times are shown in the estate's zone, `*_fen` as 元, phrases rendered inside.
Param = "str | int | float | datetime | date | TimeWindow | Phrase | tuple[Phrase, ...] | None"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text key of `texts/*.yaml` with what fills it. A tuple of phrases is joined by line breaks."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Button:
    """A button beyond those of the text itself: what a tap sends (`key`) and what it shows (`label`).

    `{ticket}` in a key stands for the id of the message's ticket (`accept:{ticket}`).
    """

    key: str
    label: str | Phrase


@dataclass(frozen=True, slots=True)
class ToSpeaker:
    """The one whose turn this is, where he spoke."""


@dataclass(frozen=True, slots=True)
class ToLane:
    """The resident of another lane, where he was heard last (dropped with a task when he never was)."""

    lane: str


@dataclass(frozen=True, slots=True)
class ToStaff:
    """A member of staff in private."""

    staff_id: int


@dataclass(frozen=True, slots=True)
class ToGroup:
    """A staff group (`repair`, `service`, `order`, `clean`, `manager`, `finance`)."""

    name: str


Recipient = ToSpeaker | ToLane | ToStaff | ToGroup
#: A ticket by id, or by the `ref` of an OpenTicket in the same turn.
TicketRef = int | str
Kind = Literal["reply", "push", "alert"]


@dataclass(frozen=True, slots=True)
class Say:
    """Send a text. Replies answer the speaker; pushes and alerts go where `to` says.

    Attributes:
        dedupe: when given, the same key is sent once only, ever (INV-7): `callback:12:1`.
        not_before: later than now for pushes moved into allowed hours.
        expires_at: latest useful time; beyond it the row becomes `expired` in front of staff (INV-12).
        urgent: ignores quiet hours, digests and pace limits of lower classes.
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    to: Recipient = field(default_factory=ToSpeaker)
    kind: Kind = "reply"
    ticket: TicketRef | None = None
    buttons: tuple[Button, ...] = ()
    dedupe: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    urgent: bool = False
    media: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket; `apply` gives it number and id, resolvable through `ref` in this turn's other effects.

    `source_index` distinguishes tickets of one inbox row: the unique source key is row id + index (INV-7).
    `on_behalf_of` is the resident's lane when staff or a timer opens it; else the speaker is the reporter.
    """

    ref: str
    type: TicketType
    category: str
    summary: str
    urgency: str = "normal"
    level: str | None = None
    home: Home | None = None
    building: str | None = None
    unit: str | None = None
    place: str | None = None
    public_area: bool = False
    object: str | None = None
    wanted: TimeWindow | None = None
    contact_phone: str | None = None
    group: str | None = None
    assignee_id: int | None = None
    status: TicketStatus = TicketStatus.NEW
    respond_due: datetime | None = None
    finish_due: datetime | None = None
    rework_of: int | None = None
    merged_into: int | None = None
    source_index: int = 0
    on_behalf_of: str | None = None
    media: tuple[Mapping[str, Any], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeTicket:
    """Change a ticket's fields (names of storage.model.Ticket) with one line of history.

    `move` names what happened (`accept`, `arrive`, `finish`, `reopen`, `correct` ...); a status change goes here too,
    after `rules.ticket.allowed` has been asked. `extra` is merged into the stored extra, key by key.
    `version` is the version read: on another one the turn is taken again from fresh facts.
    """

    ticket: TicketRef
    move: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Set (or move) the timer `kind` of `subject`; it fires once in `lane` (default: this turn's).

    A subject may hold `{ticket}` replaced by the id of `ticket` when that is a ref of this turn.
    """

    kind: str
    subject: str
    due_at: datetime
    lane: str | None = None
    ticket: TicketRef | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Drop timers: of one kind, or of every kind when `kind` is None."""

    subject: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """An event for another lane's conversation (design.md 11, Lanes): handled as `told` in that lane's own turn."""

    lane: str
    event: str
    data: Mapping[str, Any] = field(default_factory=dict)
    ticket: TicketRef | None = None


@dataclass(frozen=True, slots=True)
class Bind:
    """Bind the speaker's channel id to a person of the roster; the lane becomes that person's."""

    person_id: int
    home_id: int
    tenure: Tenure
    notice_version: str


@dataclass(frozen=True, slots=True)
class Unbind:
    """Forget who the speaker is on this channel (withdrawn consent)."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The speaker unfollowed this channel: his data there is deleted, and no push goes there until he comes back."""


@dataclass(frozen=True, slots=True)
class ComeBack:
    """The speaker follows this channel again."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Let another lane hear a ticket's progress (public fault reported by several, mass incident)."""

    ticket: TicketRef
    lane: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeBill:
    """Change a bill's state."""

    bill_id: int
    status: BillStatus | None = None
    paid_fen: int | None = None
    paid_at: datetime | None = None
    reminded: int | None = None
    first_reminded_at: datetime | None = None
    hold_until: date | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookPayment:
    """Book a payment once: the provider's transaction id is unique (P5)."""

    bill_id: int
    transaction: str
    amount_fen: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class AddTask:
    """Something a person must do that is no ticket; shown on the console of `role`, once per `kind` and `subject`."""

    kind: str
    subject: str
    title: Phrase
    role: str
    due_at: datetime | None = None
    ticket: TicketRef | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CloseTask:
    """A task is done."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Record:
    """An audit line that is neither ticket nor message: `visit`, `letter`, `callback`, `correction`, `handover` ..."""

    kind: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)
    ticket: TicketRef | None = None


@dataclass(frozen=True, slots=True)
class Purge:
    """Delete one bite of what is too old; `counts` is what this day's earlier bites deleted, by kind."""

    subject: str
    counts: Mapping[str, int]


Effect = (
    Say
    | OpenTicket
    | ChangeTicket
    | SetTimer
    | CancelTimer
    | Tell
    | Bind
    | Unbind
    | Leave
    | ComeBack
    | Subscribe
    | ChangeBill
    | BookPayment
    | AddTask
    | CloseTask
    | Record
    | Purge
)
