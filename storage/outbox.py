"""The outbox: everything that is said goes through here, in order per recipient (INV-10 to INV-13).

A row is `pending`, `sending` (leased), and ends as `sent`, `dead` or `expired`. An outcome that is unknown makes it
pending again. Leases use the database's clock; business times are given.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from storage import outbox_sql as q
from storage.columns import clean
from storage.errors import Stale
from storage.message import NewMessage, OutboxRow
from storage.model import Address, AddressKind
from storage.repository import Repository
from storage.statement import Params, Row, Statement

EMERGENCY = q.EMERGENCY
#: How long whoever claimed a message may take to send it, seconds.
LEASE_S = 60.0


class Outbox(Repository):
    """The queue of what is to be said."""

    __slots__ = ()

    def add(self, messages: Sequence[NewMessage], now: datetime) -> list[int | None]:
        """Put messages in, in order. The id of each; None where its dedupe key is known (INV-7)."""
        return [self._connection.insert(q.ADD, self._row(message, now)) for message in messages]

    def taken(self, message: NewMessage, id_: int, now: datetime) -> OutboxRow:
        """The stored row of a message that was put in as `taken_by` somebody, without reading it again."""
        return OutboxRow(
            id=id_,
            community_id=self._scope.community_id,
            to=message.to,
            kind=message.kind,
            text_key=message.text_key,
            body=clean(message.body),
            buttons=message.buttons,
            ticket_id=message.ticket_id,
            created_at=now,
            not_before=message.not_before or now,
            expires_at=message.expires_at,
            priority=message.priority,
            attempts=1,
            status="sending",
            dedupe=message.dedupe or None,
            reserved_for=message.reserved_for,
            data=message.data,
        )

    def _row(self, message: NewMessage, now: datetime) -> Params:
        taken = message.taken_by is not None
        return self._mine(
            attempts=int(taken),
            status="sending" if taken else "pending",
            lease_owner=message.taken_by,
            lease_us=int(LEASE_S * 1_000_000) if taken else None,
            code="passive" if taken else None,
            to_kind=message.to.kind,
            channel=message.to.channel,
            user_id=message.to.user_id,
            recipient=_recipient(message.to),
            kind=message.kind,
            text_key=message.text_key,
            body=clean(message.body),
            buttons=message.buttons,
            ticket_id=message.ticket_id,
            created_at=now,
            not_before=message.not_before or now,
            expires_at=message.expires_at,
            priority=min(max(message.priority, q.PRIORITIES[-1]), q.EMERGENCY),
            dedupe=message.dedupe or None,
            reserved_for=message.reserved_for,
            reserved_until=message.reserved_until if message.reserved_for is not None and not taken else None,
            data=message.data,
        )

    def claim(self, owner: str, now: datetime, limit: int, lease_s: float = LEASE_S) -> list[OutboxRow]:
        """Lease the oldest unsent row of each recipient that is due and not reserved; attempts + 1.

        Emergencies go before older rows of lower priority. Most urgent first, then longest due.
        """
        claimed: list[OutboxRow] = []
        for priority in q.PRIORITIES:
            left = limit - len(claimed)
            if left <= 0:
                break
            heads = self._connection.rows(q.HEADS, self._mine(now=now, count=left, priority=priority))
            if heads:
                claimed += self._leased([row[0] for row in heads], owner, lease_s)
        return claimed

    def _leased(self, ids: list[int], owner: str, lease_s: float) -> list[OutboxRow]:
        params = self._mine(ids=ids, owner=owner, lease_us=int(lease_s * 1_000_000))
        rows = [_record(row) for row in self._connection.rows(q.CLAIM, params)]
        return sorted(rows, key=lambda row: (row.not_before, row.id))

    def take_reserved(self, inbox_id: int, owner: str, now: datetime, lease_s: float = LEASE_S) -> list[OutboxRow]:
        """The passive reply of an inbox row: its first reserved row, leased. Further ones are free for delivery.

        Empty when there is none yet, or when delivery was first.
        """
        params = self._mine(inbox_id=inbox_id, now=now, owner=owner, lease_us=int(lease_s * 1_000_000))
        taken = [_record(row) for row in self._connection.rows(q.TAKE, params)]
        if taken:
            self._connection.run(q.RELEASE, self._mine(inbox_id=inbox_id))
        return taken

    def answered(self, inbox_id: int) -> OutboxRow | None:
        """What the request of an inbox row was answered with, for the platform's repeats."""
        row = self._connection.row(q.ANSWERED, self._mine(inbox_id=inbox_id))
        return None if row is None else _record(row)

    def sent(self, id_: int, owner: str, now: datetime, message_id: str | None = None) -> None:
        """A definite success (INV-11).

        Raises:
            Stale: the lease was lost.
        """
        self._held(q.SENT, id_, owner, now=now, message_id=message_id)

    def retry(self, id_: int, owner: str, at: datetime, code: str | None) -> None:
        """Unknown or passing: again at `at`.

        Raises:
            Stale: the lease was lost.
        """
        self._held(q.RETRY, id_, owner, at=at, code=code)

    def postpone(self, id_: int, owner: str, at: datetime) -> None:
        """Nothing was tried: again at `at`, the attempt does not count. `data.postponed` is set.

        Raises:
            Stale: the lease was lost.
        """
        data = self._connection.value(q.DATA, self._mine(id=id_, owner=owner)) or {}
        self._held(q.POSTPONE, id_, owner, at=at, data={**data, "postponed": True})

    def put_off(self, id_: int, address: Address, now: datetime, at: datetime) -> None:
        """The other due rows to this recipient below emergency wait as well, behind the postponed row `id_`."""
        params = self._mine(id=id_, recipient=_recipient(address), now=now, at=at)
        self._connection.run(q.PUT_OFF, params)

    def dead(self, id_: int, owner: str, now: datetime, code: str | None) -> None:
        """It will never be delivered.

        Raises:
            Stale: the lease was lost.
        """
        self._held(q.END, id_, owner, now=now, code=code, status="dead")

    def _held(self, statement: Statement, id_: int, owner: str, **params: object) -> None:
        if not self._connection.run(statement, self._mine(id=id_, owner=owner, **params)):
            raise Stale

    def expire(self, now: datetime) -> list[OutboxRow]:
        """End what is past its latest useful time (INV-12); returns the rows, so that people can be told (P3)."""
        return [_record(row) for row in self._connection.rows(q.EXPIRE, self._mine(now=now))]

    def absorb(
        self, id_: int, address: Address, owner: str, now: datetime, lease_s: float = LEASE_S
    ) -> list[OutboxRow]:
        """Lease the other due rows to this recipient below emergency to the digest that row `id_` carries.

        Oldest first. They stay unsent until `absorbed_sent`; a digest that fails gives them back by `absorbed_free`,
        one that is never heard of again loses its lease (INV-11).

        Raises:
            Stale: the lease of the row that carries the digest was lost.
        """
        if self._connection.value(q.DATA, self._mine(id=id_, owner=owner)) is None:
            raise Stale
        params = self._digest(id_, address, owner, id=id_, now=now, lease_us=int(lease_s * 1_000_000))
        return sorted((_record(row) for row in self._connection.rows(q.ABSORB, params)), key=lambda row: row.id)

    def absorbed_sent(self, id_: int, address: Address, owner: str, now: datetime) -> int:
        """The digest of row `id_` arrived: what it said is sent as well; returns how many rows."""
        return self._connection.run(q.ABSORBED_SENT, self._digest(id_, address, owner, now=now))

    def absorbed_free(self, id_: int, address: Address, owner: str) -> int:
        """The digest of row `id_` did not arrive: what it said waits again; returns how many rows."""
        return self._connection.run(q.ABSORBED_FREE, self._digest(id_, address, owner))

    def _digest(self, id_: int, address: Address, owner: str, **params: object) -> Params:
        return self._mine(recipient=_recipient(address), digest=f"digest:{id_}:{owner}", **params)

    def next_due(self, now: datetime) -> datetime | None:
        """When the next row may be claimed; None when nothing waits. What `now` is past its useful time never may."""
        moments = [self._connection.value(q.NEXT_PLANNED, self._mine(priority=each, now=now)) for each in q.PRIORITIES]
        moments.append(self._connection.value(q.NEXT_RESERVED, self._mine(now=now)))
        return min((moment for moment in moments if moment is not None), default=None)

    def sent_lately(self, address: Address, since: datetime, limit: int) -> list[datetime]:
        """When messages below emergency went to an address after `since`, at most the last `limit`, oldest first."""
        params = self._mine(recipient=_recipient(address), since=since, count=limit)
        return sorted(row[0] for row in self._connection.rows(q.LATELY, params))

    def backlog(self) -> int:
        """Rows that are not sent yet."""
        return int(self._connection.value(q.BACKLOG, self._mine()))

    def history(self, address: Address, limit: int) -> tuple[OutboxRow, ...]:
        """The latest messages to an address, oldest first."""
        rows = self._connection.rows(q.HISTORY, self._mine(recipient=_recipient(address), count=limit))
        return tuple(_record(row) for row in reversed(rows))

    def last_with_button(self, address: Address, key_or_label: str) -> tuple[str, str] | None:
        """Key and label of the button that an address was shown last under this key or label."""
        for row in reversed(self.history(address, 200)):
            for key, label in row.buttons:
                if key_or_label in (key, label):
                    return key, label
        return None

    def get(self, id_: int) -> OutboxRow | None:
        """One row."""
        row = self._connection.row(q.GET, self._mine(id=id_))
        return None if row is None else _record(row)

    def of_ticket(self, ticket_id: int) -> tuple[OutboxRow, ...]:
        """Everything that was said about a ticket, oldest first."""
        return tuple(_record(row) for row in self._connection.rows(q.OF_TICKET, self._mine(ticket_id=ticket_id)))

    def reopen(self, id_: int, now: datetime) -> bool:
        """Give a dead message another twelve attempts, whatever its time was; False when it is none (INV-9)."""
        return self._connection.run(q.REOPEN, self._mine(id=id_, now=now)) > 0

    def ended(self, status: str, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Rows that ended as `dead` or `expired`, latest first, for the console."""
        return tuple(_record(row) for row in self._connection.rows(q.ENDED, self._mine(status=status, count=limit)))


def _recipient(address: Address) -> str:
    return f"{address.kind}:{address.channel}:{address.user_id}"


def _record(row: Row) -> OutboxRow:
    id_, community_id, to_kind, channel, user_id, kind, text_key, body, buttons, *rest = row
    address = Address(cast(AddressKind, to_kind), channel, user_id)
    return OutboxRow(id_, community_id, address, kind, text_key, body, tuple((k, v) for k, v in buttons), *rest)
