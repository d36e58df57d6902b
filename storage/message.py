"""What comes in and goes out, and what a lane keeps between the two. All datetimes are aware UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.model import Address, Json

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
