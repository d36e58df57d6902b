"""Tickets 工单: opened once for each source, changed by compare-and-set, with their whole history (INV-7)."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from storage import tickets_sql as q
from storage.columns import clean
from storage.errors import Conflict
from storage.homes import Homes
from storage.homes import record as home_record
from storage.model import ENDED, Address, AddressKind, NewTicket, Ticket, TicketEvent, TicketStatus, TicketType
from storage.repository import Repository, Scope
from storage.statement import Params, Row, Statement

#: What phones of reporters are sealed for.
PHONE = "tickets.contact_phone"
#: A resident's turn knows every open ticket, and those that ended in the last days (handlers.facts).
KNOWN_DAYS = 30
_LANE_LIMIT, _LIST_LIMIT = 50, 200
_FULL = re.compile(r"[A-Za-z]\d{6}-\d{3,}", re.ASCII)
_TAIL = re.compile(r"(?:.*-)?0*(\d{1,6})", re.ASCII)
_WIDTH = len(q.COLUMNS)
#: Fields that a new ticket shares with the ticket it becomes.
_SAME = tuple({field.name for field in fields(NewTicket)} & {field.name for field in fields(Ticket)})


class Tickets(Repository):
    """Tickets."""

    __slots__ = ("_homes",)

    def __init__(self, scope: Scope, homes: Homes) -> None:
        super().__init__(scope)
        self._homes = homes

    def open(self, new: NewTicket, now: datetime) -> Ticket:
        """Open a ticket with the next number of its kind and day; a known source gives the ticket it opened before.

        Raises:
            Conflict: another transaction opens a ticket for this source right now.
        """
        before = self._connection.value(q.BY_SOURCE, self._mine(source_key=new.source_key))
        if before is not None:
            return self._known(before)
        day = f"{new.type.letter}{new.day:%y%m%d}"
        serial = int(self._connection.value(q.NEXT_SERIAL, self._mine(name=f"ticket:{day}")))
        number = f"{day}-{serial:03}"
        id_ = self._connection.insert(q.ADD, self._opened(new, now, number, serial))
        if id_ is None:
            raise Conflict
        event = TicketEvent(id_, now, new.actor, "open", None, new.status.value, new.reason, new.channel, new.event)
        self._remember(event)
        return self._new(new, id_, number, now)

    def _new(self, new: NewTicket, id_: int, number: str, now: datetime) -> Ticket:
        """The ticket as it was just written; reading it again would cost more than its whole history line."""
        same = {name: getattr(new, name) for name in _SAME}
        home = self._homes.get(new.home_id) if new.home_id is not None else None
        return Ticket(id=id_, community_id=self._scope.community_id, number=number, home=home, created_at=now, **same)

    def _opened(self, new: NewTicket, now: datetime, number: str, serial: int) -> Params:
        reporter = new.reporter
        return self._mine(
            number=number,
            day=new.day,
            serial=serial,
            type=new.type.value,
            category=new.category,
            status=new.status.value,
            urgency=new.urgency,
            summary=clean(new.summary),
            level=new.level,
            home_id=new.home_id,
            building=new.building,
            unit=new.unit,
            place=new.place,
            public_area=new.public_area,
            object=new.object,
            wanted_start=new.wanted_start,
            wanted_end=new.wanted_end,
            reporter_lane=new.reporter_lane,
            reporter_kind=reporter.kind if reporter else None,
            reporter_channel=reporter.channel if reporter else None,
            reporter_user_id=reporter.user_id if reporter else None,
            person_id=new.person_id,
            contact_phone=self._cipher.seal_optional(new.contact_phone, PHONE),
            group_name=new.group,
            assignee_id=new.assignee_id,
            created_at=now,
            respond_due=new.respond_due,
            finish_due=new.finish_due,
            merged_into=new.merged_into,
            rework_of=new.rework_of,
            source_key=new.source_key,
            extra=new.extra,
        )

    def change(
        self,
        id_: int,
        changes: Mapping[str, Any],
        extra: Mapping[str, Any] | None = None,
        version: int | None = None,
        event: TicketEvent | None = None,
    ) -> Ticket:
        """Change fields of a ticket and write one line of its history.

        Args:
            id_: the ticket.
            changes: by field name of `Ticket`; `home` is a Home or None.
            extra: merged into the stored extra, key by key.
            version: the version that was read; None takes whatever is stored.
            event: the line of history; statuses that it leaves out are filled in.

        Raises:
            Conflict: the ticket has another version now.
            ValueError: a field that cannot be changed.
        """
        row = self._connection.row(q.LOCK, self._mine(id=id_))
        if row is None:
            raise Conflict(f"no ticket {id_}")
        before = self._record(row)
        if version is not None and version != before.version:
            raise Conflict
        columns = self._columns(changes, before, event.at if event else None)
        if extra:
            columns["extra"] = {**before.extra, **extra}
        params = self._mine(id=id_, read=before.version, **{f"new_{name}": value for name, value in columns.items()})
        if not self._connection.run(q.change(frozenset(columns)), params):
            raise Conflict
        after = self._known(id_)
        if event is not None:
            self._remember(_complete(event, before, after))
        return after

    def _columns(self, changes: Mapping[str, Any], before: Ticket, at: datetime | None) -> dict[str, Any]:
        """Field names to columns. `ended_at` follows the status, so that open tickets stay cheap to find."""
        columns: dict[str, Any] = {}
        for name, value in changes.items():
            if name == "home":
                columns["home_id"] = value.id if value is not None else None
            elif name == "group":
                columns["group_name"] = value
            elif name == "contact_phone":
                columns[name] = self._cipher.seal_optional(value, PHONE)
            elif name in ("status", "type", "suspended_from"):
                columns[name] = None if value is None else str(value)
            else:
                columns[name] = value
        unknown = columns.keys() - q.CHANGEABLE
        if unknown:
            raise ValueError(f"a ticket's {', '.join(sorted(unknown))} cannot be changed")
        if "status" in columns:
            ended = TicketStatus(columns["status"]) in ENDED
            columns["ended_at"] = (at or before.created_at) if ended else None
        return columns

    def _remember(self, event: TicketEvent) -> None:
        self._connection.run(
            q.EVENT,
            self._mine(
                ticket_id=event.ticket_id,
                at=event.at,
                actor=event.actor,
                move=event.move,
                from_status=event.from_status,
                to_status=event.to_status,
                reason=event.reason,
                channel=event.channel,
                data=event.data,
            ),
        )

    def get(self, id_: int) -> Ticket | None:
        """One ticket."""
        return self._one(q.GET, id=id_)

    def by_number(self, text: str, today: date) -> tuple[Ticket, ...]:
        """Tickets by full number, or by a short tail (`003`, `3`): open ones, today's first, at most ten.

        When no open ticket has that tail, those of the last 30 days that ended.
        """
        text = text.strip()
        if _FULL.fullmatch(text):
            found = self._one(q.BY_NUMBER, number=text.upper())
            return () if found is None else (found,)
        tail = _TAIL.fullmatch(text)
        if tail is None:
            return ()
        serial = int(tail[1])
        rows = self._connection.rows(q.OPEN_BY_SERIAL, self._mine(serial=serial, today=today))
        if not rows:
            days = [f"{today - timedelta(days=n):%y%m%d}" for n in range(KNOWN_DAYS)]
            numbers = [f"{kind.letter}{day}-{serial:03}" for day in days for kind in TicketType]
            rows = self._connection.rows(q.BY_NUMBERS, self._mine(numbers=numbers))
        return tuple(self._record(row) for row in rows)

    def of_lane(self, lane: str, now: datetime) -> tuple[Ticket, ...]:
        """A resident's open tickets and those that ended in the last 30 days, newest first, followed ones included."""
        params = self._mine(lane=lane, since=now - timedelta(days=KNOWN_DAYS), count=2 * _LANE_LIMIT)
        rows = [row for each in (q.OF_LANE, q.FOLLOWED) for row in self._connection.rows(each, params)]
        merged = {row[0]: self._record(row) for row in rows}
        return tuple(sorted(merged.values(), key=lambda ticket: ticket.id, reverse=True))

    def of_staff(self, staff_id: int) -> tuple[Ticket, ...]:
        """Open tickets assigned to a member of staff, oldest first."""
        return self._some(q.OF_STAFF, staff_id=staff_id)

    def of_group(self, group: str) -> tuple[Ticket, ...]:
        """Open tickets of a group, oldest first, at most 200."""
        return self._some(q.OF_GROUP, group=group)

    def repairs_of_home(self, home_id: int, limit: int = 10) -> tuple[Ticket, ...]:
        """Repairs of a home, newest first (S-REPAIR-22)."""
        return self._some(q.REPAIRS_OF_HOME, limit, home_id=home_id)

    def search(self, words: str, *, open_only: bool, limit: int) -> tuple[Ticket, ...]:
        """Tickets whose number, content, building or place holds `words` (all when empty), newest first."""
        if not words:
            return self._some(q.LATEST_OPEN if open_only else q.LATEST, limit)
        escaped = re.sub(r"([\\%_])", r"\\\1", words)
        return self._some(q.SEARCH_OPEN if open_only else q.SEARCH, limit, words=f"%{escaped}%")

    def similar(
        self, type_: str, category: str, building: str | None, home_id: int | None = None
    ) -> tuple[Ticket, ...]:
        """Open tickets of a type with this category: of one home, one building or the whole estate, oldest first."""
        if building is None:
            return self._some(q.SIMILAR, type=type_, category=category)
        if home_id is not None:
            return self._some(q.SIMILAR_IN, type=type_, category=category, building=building, home_id=home_id)
        return self._some(q.SIMILAR_AT, type=type_, category=category, building=building)

    def loads(self) -> Mapping[int, int]:
        """Work still to be done, as number of tickets by staff id; counted up to 200 each."""
        return {row[0]: row[1] for row in self._connection.rows(q.LOADS, self._mine(count=_LIST_LIMIT)) if row[1]}

    def history(self, id_: int) -> tuple[TicketEvent, ...]:
        """A ticket's history, oldest first."""
        return tuple(TicketEvent(*row) for row in self._connection.rows(q.HISTORY, self._mine(id=id_)))

    def subscribe(self, id_: int, lane: str) -> None:
        """Let a lane hear the ticket's progress; doing it again changes nothing."""
        self._connection.run(q.SUBSCRIBE, self._mine(id=id_, lane=lane))

    def subscribers(self, id_: int) -> tuple[str, ...]:
        """Lanes that follow a ticket besides its reporter."""
        return tuple(row[0] for row in self._connection.rows(q.SUBSCRIBERS, self._mine(id=id_)))

    def move_lane(self, old: str, new: str, person_id: int | None) -> None:
        """Tickets and subscriptions go to another lane (an identity was bound)."""
        self._connection.run(q.MOVE_LANE, self._mine(old=old, new=new, person_id=person_id))
        self._connection.run(q.MOVE_FOLLOWED, self._mine(old=old, new=new))

    def _known(self, id_: int) -> Ticket:
        found = self.get(id_)
        if found is None:
            raise AssertionError("a ticket that was just written must exist")
        return found

    def _one(self, statement: Statement, **params: Any) -> Ticket | None:
        row = self._connection.row(statement, self._mine(**params))
        return None if row is None else self._record(row)

    def _some(self, statement: Statement, limit: int = _LIST_LIMIT, **params: Any) -> tuple[Ticket, ...]:
        rows = self._connection.rows(statement, self._mine(count=limit, **params))
        return tuple(self._record(row) for row in rows)

    def _record(self, row: Row) -> Ticket:
        suspended_from, phone, kind, channel, user_id = row[_WIDTH - 5 : _WIDTH]
        values = [
            *row[:3],
            TicketType(row[3]),
            row[4],
            TicketStatus(row[5]),
            *row[6:9],
            home_record(row[_WIDTH:]) if row[_WIDTH] is not None else None,
            *row[9:17],
            Address(cast(AddressKind, kind), channel, user_id) if kind else None,
            row[17],
            self._cipher.open_optional(phone, PHONE),
            *row[18:28],
            TicketStatus(suspended_from) if suspended_from else None,
            *row[28 : _WIDTH - 5],
        ]
        return Ticket(*values)


def _complete(event: TicketEvent, before: Ticket, after: Ticket) -> TicketEvent:
    return replace(
        event,
        ticket_id=before.id,
        from_status=event.from_status or before.status.value,
        to_status=event.to_status or after.status.value,
    )
