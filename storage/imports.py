"""Lists of the office into tables: each row is new, changed or the same as before; nothing is deleted.

The caller cuts a long list into chunks, one transaction each, so that the writer is never held for long (design.md 11).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, TypeVar

from storage import imports_sql as q
from storage.faq import VERSION as FAQ
from storage.identities import Identities
from storage.import_row import BillRow, Counts, FaqRow, HomeKey, HomeRow, ResidentRow, StaffRow
from storage.model import BillStatus
from storage.people import NAME, PHONE
from storage.repository import Repository, Scope
from storage.sessions import Sessions
from storage.staff import VERSION as STAFF

R = TypeVar("R")
#: Where accounts of the roster are reached, unless the importer names another channel.
DEFAULT_CHANNEL = "webchat.main"
#: A column of the residents' list that names a tenant as the payer of his lease, and the words that say so.
PAYER = "缴费人"
_YES = frozenset({"是", "y", "yes", "1", "true"})
ADDED, CHANGED, SAME = "added", "changed", "same"


@dataclass(frozen=True, slots=True)
class _Put:
    """What became of one row, and what stood there before."""

    id: int
    outcome: str
    before: Mapping[str, Any] = field(default_factory=dict)


class Imports(Repository):
    """Writers of imported lists."""

    __slots__ = ("_identities", "_sessions")

    def __init__(self, scope: Scope, identities: Identities, sessions: Sessions) -> None:
        super().__init__(scope)
        self._identities = identities
        self._sessions = sessions

    def homes(self, rows: Sequence[HomeRow], now: datetime) -> Counts:  # noqa: ARG002 - all five read alike
        """Homes by area, building, unit and room."""
        return _counted(rows, self._home)

    def residents(self, rows: Sequence[ResidentRow], now: datetime, channel: str = DEFAULT_CHANNEL) -> Counts:
        """Residents by name and phone, their holds on homes, their accounts bound on `channel`.

        Raises:
            KeyError: a home is not in the house table; ask `missing` first.
        """
        return _counted(rows, lambda row: self._resident(row, now, channel))

    def staff(self, rows: Sequence[StaffRow], now: datetime) -> Counts:  # noqa: ARG002
        """Staff by number (工号); a new role begins with a new log-in (INV-27)."""
        counts = _counted(rows, self._member)
        if counts.added or counts.changed:
            self._changed(STAFF)
        return counts

    def bills(self, rows: Sequence[BillRow], now: datetime) -> Counts:
        """Bills by number (单号). What was booked or disputed here is not undone by an older list.

        Raises:
            KeyError: a home is not in the house table; ask `missing` first.
        """
        return _counted(rows, lambda row: self._bill(row, now))

    def faq(self, rows: Sequence[FaqRow], now: datetime) -> Counts:  # noqa: ARG002
        """The knowledge base by question."""
        counts = _counted(rows, self._question)
        if counts.added or counts.changed:
            self._changed(FAQ)
        return counts

    def missing(self, keys: Iterable[HomeKey]) -> set[HomeKey]:
        """Those homes that the house table does not have."""
        return {key for key in set(keys) if self._home_id(key) is None}

    def _home_id(self, key: HomeKey) -> int | None:
        found: int | None = self._connection.value(q.HOME_ID, self._mine(**_key(key)))
        return found

    def _held(self, key: HomeKey) -> int:
        home_id = self._home_id(key)
        if home_id is None:
            raise KeyError(key)
        return home_id

    def _put(self, kind: q.Kind, key: Mapping[str, Any], new: Mapping[str, Any], once: Mapping[str, Any]) -> _Put:
        """Insert, update or leave alone the row of `key`; sealed columns are compared as plain text."""
        row = self._connection.row(kind.find, self._mine(**key))
        if row is None:
            id_ = self._connection.insert(kind.add, self._mine(**key, **self._seal(kind, new), **once))
            return _Put(id_ or 0, ADDED)
        before = dict(zip(kind.values, row[1:], strict=True))
        for name, purpose in kind.sealed.items():
            before[name] = self._cipher.open_optional(before[name], purpose)
        if before == new:
            return _Put(row[0], SAME, before)
        changed = {f"new_{name}": value for name, value in self._seal(kind, new).items()}
        self._connection.run(kind.change, self._mine(id=row[0], **changed))
        return _Put(row[0], CHANGED, before)

    def _seal(self, kind: q.Kind, new: Mapping[str, Any]) -> dict[str, Any]:
        sealed = {name: self._cipher.seal_optional(new[name], purpose) for name, purpose in kind.sealed.items()}
        return {**new, **sealed}

    def _home(self, row: HomeRow) -> str:
        new = {
            "floor_area_m2": row.floor_area_m2,
            "tenure_kind": row.tenure_kind,
            "state": row.state,
            "notes": dict(row.notes),
        }
        return self._put(q.HOME, _key(row.key), new, {}).outcome

    def _resident(self, row: ResidentRow, now: datetime, channel: str) -> str:
        home_id = self._held(row.home)
        phone = row.phone or None
        once = {
            "name": self._cipher.seal(row.name, NAME),
            "phone": self._cipher.seal_optional(phone, PHONE),
            "phone_hash": self._cipher.digest("phone", phone) if phone else None,
        }
        key = {"identity_hash": self._cipher.digest("person", row.name, phone or _home_text(row.home))}
        person = self._put(q.PERSON, key, {"account": row.account, "notes": dict(row.notes)}, once)
        hold = {"person_id": person.id, "home_id": home_id, "tenure": row.tenure.value}
        payer = str(row.notes.get(PAYER, "")).strip().lower() in _YES
        held = self._put(q.RESIDENCY, hold, {"since": row.since, "until": row.until, "payer": payer}, {})
        self._account(person, row.account, now, channel)
        return held.outcome if person.outcome == SAME or held.outcome == ADDED else person.outcome

    def _account(self, person: _Put, account: str | None, now: datetime, channel: str) -> None:
        """Bind the account that the roster names from the start; let go of the one that it named before."""
        former = person.before.get("account")
        if former and former != account:
            self._connection.run(q.LOST_ACCOUNT, self._mine(person_id=person.id, user_id=former))
        if account and former != account:
            params = self._mine(channel=channel, user_id=account, lane=f"person:{person.id}", person_id=person.id)
            self._connection.run(q.ACCOUNT, {**params, "now": now})
            self._identities.adopt(account, person_id=person.id)

    def _member(self, row: StaffRow) -> str:
        new = {
            "name": row.name,
            "phone": row.phone,
            "post": row.post,
            "team": row.team,
            "skills": list(row.skills),
            "buildings": list(row.buildings),
            "account": row.account,
            "role": row.role.value,
            "notes": dict(row.notes),
        }
        put = self._put(q.MEMBER, {"number": row.number}, new, {})
        if row.account and put.before.get("account") != row.account:
            self._identities.adopt(row.account, staff_id=put.id)
        if put.before.get("role", row.role.value) != row.role.value:
            self._sessions.end_all(put.id)
        return put.outcome

    def _bill(self, row: BillRow, now: datetime) -> str:
        paid_at = datetime.combine(row.paid_on, time(), UTC) if row.paid_on else now
        new: dict[str, Any] = {
            "home_id": self._held(row.home),
            "fee": row.fee,
            "period": row.period,
            "amount_fen": row.amount_fen,
            "due_on": row.due_on,
            "paid_fen": row.amount_fen if row.paid else 0,
            "status": (BillStatus.PAID if row.paid else BillStatus.DUE).value,
            "paid_at": paid_at if row.paid else None,
            "extra": dict(row.notes),
        }
        stored = self._connection.row(q.BILL.find, self._mine(number=row.number))
        if stored is not None:
            new |= _kept(dict(zip(q.BILL.values, stored[1:], strict=True)), new)
        return self._put(q.BILL, {"number": row.number}, new, {}).outcome

    def _question(self, row: FaqRow) -> str:
        new = {
            "variants": list(row.variants),
            "answer": row.answer,
            "since": row.since,
            "until": row.until,
            "scope": row.scope,
            "notes": dict(row.notes),
        }
        return self._put(q.QUESTION, {"question": row.question}, new, {}).outcome


def _kept(before: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What a list does not take back: payments, disputes and notes that the product made itself."""
    kept: dict[str, Any] = {"extra": {**before["extra"], **new["extra"]}}
    if new["status"] == before["status"] or new["status"] != BillStatus.PAID:
        kept |= {name: before[name] for name in ("paid_fen", "status", "paid_at")}
    return kept


def _key(key: HomeKey) -> dict[str, Any]:
    return {"area": key.area or "", "building": key.building, "unit": key.unit or "", "room": key.room}


def _home_text(key: HomeKey) -> str:
    """Stands in for a missing phone: two people of one name in different homes are two people."""
    return "/".join(("", key.area or "", key.building, key.unit or "", key.room))


def _counted(rows: Sequence[R], put: Callable[[R], str]) -> Counts:
    outcomes = [put(row) for row in rows]
    return Counts(outcomes.count(ADDED), outcomes.count(CHANGED), outcomes.count(SAME))
