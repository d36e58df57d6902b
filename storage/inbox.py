"""The inbox: whatever happened, once each, in lanes that are worked one at a time (INV-3, INV-5, INV-8, INV-9).

A row is `pending`, `heard` (part of a burst that is still gathered), `done` or `dead`. A lane exists while it has
waiting rows; `ready_at` says when it may be claimed, its lease who holds it. Leases use the database's clock.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import inbox_sql as q
from storage.columns import clean, from_json, moment
from storage.errors import Stale
from storage.identities import Identities
from storage.message import Inbound, InboxRow
from storage.model import Json
from storage.repository import Repository, Scope
from storage.statement import Params, Row, Statement

UNDER_WAY = q.UNDER_WAY
#: Rows of one lane that one claim hands over.
ROWS_PER_CLAIM = 50
#: Rows of all lanes together that one claim reads in one go, beyond one for each lane.
ROWS_AT_ONCE = 500
#: A burst is never gathered longer than this, seconds.
LONGEST_GATHER_S = 8.0
#: Characters of a text that are kept (reliability.md 7).
TEXT_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an inbound: its row, its lane, and whether it is new (INV-3)."""

    id: int
    lane: str
    new: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased lane with its waiting rows, oldest first. `owner` is the token of this very claim (INV-8)."""

    lane: str
    owner: str
    rows: tuple[InboxRow, ...]
    gathering: bool = False


class Inbox(Repository):
    """The queue of what happened."""

    __slots__ = ("_identities",)

    def __init__(self, scope: Scope, identities: Identities) -> None:
        super().__init__(scope)
        self._identities = identities

    def add(
        self, inbound: Inbound, *, now: datetime, priority: int = 0, gather_s: float = 0.0, lane: str | None = None
    ) -> Added:
        """Store what happened and open its lane. A repeat changes nothing and gives the first row.

        Args:
            inbound: what the channel parsed; its text is kept up to 10,000 characters.
            now: aware UTC.
            priority: above 0 (emergency words, taps) the lane is ready at once and goes first.
            gather_s: while the lane gathers a burst, the pause that each message restarts, seconds.
            lane: when it is not the lane of the sender.
        """
        lane = lane or self._identities.ensure(inbound.channel, inbound.user_id).lane
        id_ = self._connection.insert(q.ADD, self._row(inbound, lane, priority, now))
        if id_ is None:
            first = self._connection.row(q.FIRST, self._mine(channel=inbound.channel, key=inbound.key))
            if first is None:
                raise AssertionError("a conflicting row must exist")
            return Added(first[0], first[1], new=False)
        self._open(lane, now, priority, gather_s)
        return Added(id_, lane, new=True)

    def _row(self, inbound: Inbound, lane: str, priority: int, now: datetime) -> Params:
        return self._mine(
            channel=inbound.channel,
            user_id=inbound.user_id,
            key=inbound.key,
            kind=inbound.kind,
            text=clean(inbound.text)[:TEXT_KEPT],
            media=inbound.media,
            group_name=inbound.group,
            data=inbound.data,
            sent_at=inbound.sent_at,
            received_at=now,
            lane=lane,
            priority=priority,
        )

    def _open(self, lane: str, now: datetime, priority: int, gather_s: float) -> None:
        pause = timedelta(seconds=gather_s)
        self._connection.run(
            q.OPEN_LANE,
            self._mine(
                lane=lane,
                now=now,
                priority=priority,
                gathers=int(gather_s > 0 and priority <= 0),
                pause_end=now + pause,
                longest_us=int(LONGEST_GATHER_S * 1_000_000),
            ),
        )

    def claim(self, owner: str, now: datetime, limit: int, lease_s: float = 60.0) -> list[Claim]:
        """Lease ready lanes, most urgent and longest waiting first, and hand over their rows; attempts + 1.

        Args:
            owner: who works; the token adds a random part, made for this claim.
            now: aware UTC, against `ready_at`. Leases use the database's clock.
            limit: lanes at most.
            lease_s: after this the lane is free again without anybody's help.
        """
        lanes = self._connection.rows(q.READY, self._mine(now=now, count=limit))
        if not lanes:
            return []
        token = f"{owner}:{secrets.token_hex(8)}"
        names = [lane[0] for lane in lanes]
        self._connection.run(q.LEASE, self._mine(lanes=names, owner=token, lease_us=int(lease_s * 1_000_000)))
        waiting: dict[str, list[InboxRow]] = {name: [] for name in names}
        for record in self._attempted(names):
            waiting[record.lane].append(record)
        claims = []
        for name, gather_started_at in lanes:
            rows = waiting[name]
            if not rows:
                self._connection.run(q.DROP_LANE, self._mine(lane=name, owner=token))
                continue
            if len(rows) > 1:
                rows.sort(key=_order)
            claims.append(Claim(name, token, tuple(rows), gather_started_at is not None))
        return claims

    def _attempted(self, lanes: Sequence[str]) -> list[InboxRow]:
        """The waiting rows of these lanes, at most 50 each, one more attempt counted."""
        most = ROWS_AT_ONCE + len(lanes)
        rows = self._connection.rows(q.WAITING, self._mine(lanes=lanes, count=most))
        if len(rows) == most:
            each = [self._mine(lane=lane, count=ROWS_PER_CLAIM) for lane in lanes]
            rows = [row for params in each for row in self._connection.rows(q.WAITING_IN, params)]
        self._connection.run(q.ATTEMPT, self._mine(ids=[row[0] for row in rows]))
        return [_record(row, 1) for row in rows]

    def hold(self, claim: Claim, row_ids: Sequence[int], now: datetime, ready_at: datetime) -> None:
        """The rows were heard; the lane opens again at `ready_at` unless more is said (gather pause).

        Raises:
            Stale: the lease was lost.
        """
        self._locked(claim)
        self._each(q.HEARD, row_ids)
        self._give_back(claim, row_ids)
        self._connection.run(q.HOLD_LANE, self._mine(lane=claim.lane, now=now, ready_at=ready_at))

    def finish(self, claim: Claim, row_ids: Sequence[int], now: datetime) -> None:
        """The rows are done, the lease is free. Rows that wait still open the lane again at once.

        Raises:
            Stale: the lease was lost.
        """
        self._locked(claim)
        self._each(q.END, row_ids, now=now, status="done", reason=None)
        self._give_back(claim, row_ids)
        self._release(claim.lane, now)

    def fail(self, claim: Claim, row_ids: Sequence[int], now: datetime, reason: str, retry_at: datetime | None) -> None:
        """The turn failed: again at `retry_at`, or never (None: dead letter, kept with its reason).

        Raises:
            Stale: the lease was lost.
        """
        self._locked(claim)
        self._give_back(claim, row_ids)
        if retry_at is None:
            self._each(q.END, row_ids, now=now, status="dead", reason=reason)
            self._release(claim.lane, now)
        else:
            self._each(q.AGAIN, row_ids, reason=reason)
            self._connection.run(q.FREE_LANE, self._mine(lane=claim.lane, ready_at=retry_at))

    def put_back(self, claim: Claim, now: datetime) -> None:
        """Nothing was done, through no fault of the rows: no attempt counts, the lane is free again at once.

        Raises:
            Stale: the lease was lost.
        """
        self._locked(claim)
        self._give_back(claim, ())
        self._release(claim.lane, now)

    def _locked(self, claim: Claim) -> None:
        """Lock the lane's row first: what is committed later is then seen, or waits until the lane is gone."""
        if self._connection.value(q.LOCK_LANE, self._mine(lane=claim.lane)) != claim.owner:
            raise Stale

    def _give_back(self, claim: Claim, row_ids: Sequence[int]) -> None:
        """Rows of the claim that this turn did not touch have not been attempted."""
        if len(row_ids) < len(claim.rows):
            self._each(q.GIVE_BACK, [row.id for row in claim.rows if row.id not in row_ids])

    def _each(self, statement: Statement, row_ids: Sequence[int], **params: object) -> None:
        if len(row_ids) == 1:
            self._connection.run(statement, self._mine(id=row_ids[0], **params))
        elif row_ids:
            self._connection.many(statement, [self._mine(id=id_, **params) for id_ in row_ids])

    def _release(self, lane: str, now: datetime) -> None:
        if not self._connection.run(q.CLOSE_LANE, self._mine(lane=lane)):
            self._connection.run(q.FREE_LANE, self._mine(lane=lane, ready_at=now))

    def move(self, from_lane: str, to_lane: str, now: datetime | None = None) -> int:
        """Waiting rows go to another lane (an identity was bound); returns how many.

        A lease on the old lane stays with its holder. `now` is when the new lane opens; None means as the old one.
        """
        params = self._mine(from_lane=from_lane, to_lane=to_lane)
        moved = self._connection.run(q.MOVE_ROWS, params)
        if moved:
            self._connection.run(q.MOVE_LANE, params)
            if now is not None:
                self._open(to_lane, now, 0, 0.0)
        return moved

    def enriched(self, id_: int, media: Sequence[Json], data: Json) -> bool:
        """Keep what enriching a waiting row found, so that another try need not ask again; False when it is done."""
        return self._connection.run(q.ENRICHED, self._mine(id=id_, media=media, data=data)) > 0

    def get(self, id_: int) -> InboxRow | None:
        """One row."""
        row = self._connection.row(q.GET, self._mine(id=id_))
        return None if row is None else _record(row)

    def said(self, channel: str, user_id: str, limit: int) -> tuple[InboxRow, ...]:
        """The latest messages and taps of a channel user, oldest first."""
        rows = self._connection.rows(q.SAID, self._mine(channel=channel, user_id=user_id, count=limit))
        return tuple(_record(row) for row in reversed(rows))

    def said_at(self, channel: str, user_id: str, limit: int) -> tuple[datetime, ...]:
        """When the latest messages and taps of a channel user came, latest first."""
        params = self._mine(channel=channel, user_id=user_id, count=limit)
        return tuple(row[0] for row in self._connection.rows(q.SAID_AT, params))

    def waiting_in(self, lane: str) -> int:
        """Rows of one lane that wait."""
        return int(self._connection.value(q.WAITING_COUNT, self._mine(lane=lane)))

    def said_in(self, channel: str, group: str, limit: int) -> tuple[InboxRow, ...]:
        """What was said in a staff group, oldest first."""
        rows = self._connection.rows(q.SAID_IN, self._mine(channel=channel, group=group, count=limit))
        return tuple(_record(row) for row in reversed(rows))

    def priority(self, lane: str) -> int:
        """How urgent what waits in a lane is, whoever holds it."""
        return int(self._connection.value(q.PRIORITY, self._mine(lane=lane)) or 0)

    def next_ready(self) -> datetime | None:
        """When the next lane that nobody holds is ready; None when there is none."""
        found: datetime | None = self._connection.value(q.NEXT_READY, self._mine())
        return found

    def pending(self) -> int:
        """Rows that wait."""
        return int(self._connection.value(q.PENDING, self._mine()))

    def dead(self, limit: int = 100) -> tuple[InboxRow, ...]:
        """Dead letters, latest first."""
        return tuple(_record(row) for row in self._connection.rows(q.DEAD, self._mine(count=limit)))

    def replay(self, id_: int, now: datetime) -> bool:
        """Give a dead letter another five attempts; False when it is none."""
        lane = self._connection.value(q.REPLAY, self._mine(id=id_))
        if lane is None:
            return False
        self._open(lane, now, 0, 0.0)
        return True


def _order(row: InboxRow) -> tuple[datetime, int]:
    return (row.inbound.sent_at or row.received_at, row.id)


def _record(row: Row, attempt: int = 0) -> InboxRow:
    """The record of a stored row; `attempt` is 1 when the row read is about to be counted up."""
    id_, community_id, lane, channel, user_id, key, kind, text, media, group, data, sent_at, received_at, *rest = row
    status, attempts, priority, reason = rest
    inbound = Inbound(
        channel,
        user_id,
        key,
        kind,
        text,
        () if media == "[]" else tuple(from_json(media)),
        group,
        from_json(data),
        None if sent_at is None else moment(sent_at),
    )
    return InboxRow(id_, community_id, lane, inbound, moment(received_at), status, attempts + attempt, priority, reason)
