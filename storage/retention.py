"""What is kept no longer than its purpose needs (reliability.md 6), deleted in bites that hold the writer briefly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Delete, Table, TextClause, bindparam, delete, select, text
from sqlalchemy import Integer as Int

from storage.columns import Moment
from storage.repository import Repository
from storage.statement import Statement
from storage.tables import (
    conversations,
    inbox,
    outbox,
    records,
    sessions,
    subscriptions,
    ticket_events,
    tickets,
    timers,
    visitors,
)

#: Rows that one bite looks at, oldest first, and deletes at most.
LOOKS_AT, BITE = 2_000, 500


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days each kind of row is kept.

    Attributes:
        messages_days: what was said, in and out, after it was dealt with; above 30, or a replay acts twice (INV-3).
        dead_letters_days: rows that could not be handled.
        conversations_days: state of talks that nobody touched.
        tickets_days: tickets after their end, with their history.
        logins_days: staff log-ins after their expiry, visitors after their last visit.
        records_days: audit lines; access and audit logs at least half a year.
        timers_days: timers after they fired or were dropped; longer than messages, because keys go on counting.
    """

    messages_days: int = 180
    dead_letters_days: int = 90
    conversations_days: int = 30
    tickets_days: int = 3 * 366
    logins_days: int = 30
    records_days: int = 3 * 366
    timers_days: int = 400


def _bite(table: Table, age: Column[datetime], condition: ColumnElement[bool] | TextClause | None = None) -> Statement:
    """Delete rows older than `:before` among the oldest ones. Later rows are not looked at: they are younger."""
    oldest = select(table.c.id, age.label("age")).where(table.c.community_id == bindparam("community"))
    if condition is not None:
        oldest = oldest.where(condition)
    looked = oldest.order_by(table.c.id).limit(bindparam("looks_at", type_=Int)).subquery("oldest")
    old = (
        select(looked.c.id)
        .where(looked.c.age < bindparam("before", type_=Moment()))
        .limit(bindparam("bite", type_=Int))
    )
    return Statement(delete(table).where(table.c.id.in_(old)))


def _plain(table: Table, age: Column[datetime]) -> Delete:
    mine = table.c.community_id == bindparam("community")
    return delete(table).where(mine, age < bindparam("before", type_=Moment()))


_old_tickets = (
    select(tickets.c.id)
    .where(tickets.c.community_id == bindparam("community"), tickets.c.ended_at < bindparam("before", type_=Moment()))
    .order_by(tickets.c.id)
    .limit(bindparam("bite", type_=Int))
)
_TICKETS = (
    Statement(delete(ticket_events).where(ticket_events.c.ticket_id.in_(_old_tickets))),
    Statement(delete(subscriptions).where(subscriptions.c.ticket_id.in_(_old_tickets))),
    Statement(delete(tickets).where(tickets.c.id.in_(_old_tickets))),
)
_MESSAGES = _bite(inbox, inbox.c.done_at, text("inbox.status <> 'dead'"))
_DEAD = _bite(inbox, inbox.c.done_at, text("inbox.status = 'dead'"))
_SENT = _bite(outbox, outbox.c.ended_at)
_TIMERS = _bite(timers, timers.c.touched_at, timers.c.due_at.is_(None))
_RECORDS = _bite(records, records.c.at)
_CONVERSATIONS = Statement(_plain(conversations, conversations.c.touched_at))
_SESSIONS = Statement(_plain(sessions, sessions.c.expires_at))
_VISITORS = Statement(_plain(visitors, visitors.c.seen_at))


class Retention(Repository):
    """The daily deletion."""

    __slots__ = ()

    def purge(self, now: datetime, keep: Keep) -> Mapping[str, int]:
        """Delete one bite of everything that is too old; rows by kind. Call again until nothing is left (all 0)."""
        plan = {
            "messages": (_MESSAGES, keep.messages_days),
            "dead_letters": (_DEAD, keep.dead_letters_days),
            "sent": (_SENT, keep.messages_days),
            "timers": (_TIMERS, keep.timers_days),
            "records": (_RECORDS, keep.records_days),
            "conversations": (_CONVERSATIONS, keep.conversations_days),
            "sessions": (_SESSIONS, keep.logins_days),
            "visitors": (_VISITORS, keep.logins_days),
        }
        counts = {name: self._delete(statement, now, days) for name, (statement, days) in plan.items()}
        counts["tickets"] = [self._delete(statement, now, keep.tickets_days) for statement in _TICKETS][-1]
        return counts

    def _delete(self, statement: Statement, now: datetime, days: int) -> int:
        before = now - timedelta(days=days)
        return self._connection.run(statement, self._mine(before=before, looks_at=LOOKS_AT, bite=BITE))
