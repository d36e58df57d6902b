"""What an imported list says, line by line, before it meets the tables (design.md 4). Money is integer fen."""

from dataclasses import dataclass, field
from datetime import date

from storage.model import Json, Role, Tenure


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
