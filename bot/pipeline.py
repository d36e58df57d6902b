"""A lane's waiting rows to one turn, one committed transaction (design.md 11, Steps of a turn)."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from bot.channels.text import pressed
from bot.clock import Clock
from bot.passive import Answer
from bot.patience import REST_S, patiently
from bot.priority import EMERGENCY
from bot.store import Store
from handlers.apply import Applied, Applier
from handlers.changes import Change
from handlers.dialog.turn import take_turn
from handlers.load import Loader, Setting
from handlers.outgoing import Directory, Outgoing
from handlers.texts import Texts
from nlp.meaning import Meaning
from storage.errors import Busy, Stale
from storage.inbox import UNDER_WAY, Claim
from storage.message import Inbound, InboxRow
from storage.model import Address, Json
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.pipeline")

#: Reads up to this many characters inline; beyond it understanding goes to a thread (INV-36).
INLINE_CHARS = 2_000
#: Attempts at a turn, and at one with which the process died (INV-9).
ATTEMPTS, DEATHS = 5, 3
#: Attempts at a burst as a whole.
TOGETHER = 2
#: The reason of a row whose files could not be had yet.
AWAY = "media"
#: The reason of a dead letter with which the process died.
DIED = "the process died with it"
#: Channels that show buttons as numbered lines, and the longest label that may be typed instead.
NUMBERED, LONGEST_LABEL = frozenset({"wechat", "kf"}), 20


#: Key and label of each, and by lane.
Buttons = tuple[tuple[str, str], ...]
Shown = Mapping[str, Buttons]


class PoisonError(Exception):
    """The process died each time it took this up."""


class Understands(Protocol):
    """The part of nlp.understand.Understander that is needed here."""

    def understand(self, text: str, now: datetime) -> Meaning:
        """The reading of a text; `now` in the estate's zone."""
        ...


#: Files are not at hand: try again `later`, or at once because an `urgent` message came into the lane.
NotYet = Literal["later", "urgent"]


class Enriches(Protocol):
    """Step 2 of a turn, outside of any transaction: what is found is stored with the row (bot/enrich.py)."""

    def awaits(self, row: InboxRow) -> bool:
        """Whether files of the row are not at hand yet."""
        ...

    async def media(self, rows: Sequence[InboxRow], *, hurry: bool) -> tuple[InboxRow, ...] | NotYet:
        """The rows with the files that they name; with next to no waiting when somebody who is in danger hurries."""
        ...

    async def second(self, row: InboxRow, inbound: Inbound, meaning: Meaning) -> Meaning:
        """The reading of `inbound`, looked at again where it is unsure."""
        ...


@dataclass(frozen=True, slots=True)
class Committed:
    """What a committed turn released: `messages` for delivery, `answer` for the request that waits for it.

    `rows` are done. `answered` are those whose requests need not wait any longer: done, or acknowledged while a burst
    is gathered, so that the first reply comes in three seconds (design.md 10).
    """

    rows: tuple[int, ...]
    changes: tuple[Change, ...]
    messages: int
    answer: Answer | None = None
    answered: tuple[int, ...] = ()


#: Told after COMMIT only: wakes delivery and waiting requests, prints in `simulate`, feeds the live console.
Listener = Callable[[Committed], None]


class Pipeline:
    """Takes turns."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        understander: Understands,
        setting: Setting,
        texts: Texts,
        directory: Directory,
        enricher: Enriches | None = None,
        *,
        rest_s: float = REST_S,
    ) -> None:
        """Everything a turn needs; built once by `app.py`. Without an enricher rows are taken as they are."""
        self._store = store
        self._clock = clock
        self._understander = understander
        self._setting = setting
        self._texts = texts
        self._directory = directory
        self._enricher = enricher
        self._rest_s = rest_s
        self._listeners: list[Listener] = []
        self._waiter: Callable[[int], str | None] = lambda _: None

    def answer_to(self, waiter: Callable[[int], str | None]) -> None:
        """Ask `waiter` who holds the lease of the reply to a row, because its request waits in this process."""
        self._waiter = waiter

    def listen(self, listener: Listener) -> None:
        """Call `listener` after each committed turn."""
        self._listeners.append(listener)

    def shown(self, uow: UnitOfWork, claims: Sequence[Claim]) -> Shown:
        """The buttons of our last message where the words of a claim may mean one; read together with the claim."""
        return {
            claim.lane: last[0].buttons
            for claim in claims
            if _may_press(claim.rows[0].inbound)
            if (last := uow.outbox.history(_writer(claim.rows[0].inbound), 1))
        }

    async def take(self, claim: Claim, buttons: Buttons = ()) -> None:
        """Take one turn of a claimed lane: its oldest row, with the messages of the same burst.

        `buttons` are those of our last message, as `shown`.
        """
        rows = self._first(claim.rows)
        try:
            if rows[0].attempts > (DEATHS if rows[0].reason == UNDER_WAY else ATTEMPTS):
                raise PoisonError  # noqa: TRY301 - the process died with it again and again
            enriched = await self._media(claim, rows)
            if enriched is None:
                return
            gathered = claim.gathering or any(row.status == "heard" for row in enriched)
            inbound = _pressed(joined(enriched, gathered=gathered), buttons)
            meaning = await self._understand(inbound)
            if self._enricher and meaning is not None:
                meaning = await self._enricher.second(enriched[-1], inbound, meaning)
            await self._turn(claim, enriched, inbound, meaning)
        except Stale:
            log.warning("turn.stale", extra={"row_id": rows[0].id})
        except Busy:
            log.warning("turn.busy", extra={"row_id": rows[0].id})
            await self._put_back(claim, rows)
        except Exception as error:  # noqa: BLE001 - one of the three loops (style.md 8): counted, logged, told
            await self._failed(claim, rows, error)

    def _first(self, rows: Sequence[InboxRow]) -> tuple[InboxRow, ...]:
        """The rows of the next turn. A call for help goes before a message whose files are away (design.md 11).

        What failed twice in company is tried alone, so that one bad message takes no other along (P7).
        """
        oldest = (rows[0],) if rows[0].attempts > TOGETHER and rows[0].reason != AWAY else batch(rows)
        if self._enricher is None or not any(self._enricher.awaits(row) for row in oldest):
            return oldest
        urgent = [row for row in rows if row.priority >= EMERGENCY and not self._enricher.awaits(row)]
        return batch(urgent) if urgent else oldest

    async def _media(self, claim: Claim, rows: Sequence[InboxRow]) -> Sequence[InboxRow] | None:
        """The rows with their files; None when the lane was given back."""
        if self._enricher is None:
            return rows
        found = await self._enricher.media(rows, hurry=any(row.priority >= EMERGENCY for row in claim.rows))
        if found == "urgent":
            await self._put_back(claim, rows)
            return None
        if found == "later":
            await self._again(claim, rows, AWAY, dead=False)
            return None
        return found

    async def _understand(self, inbound: Inbound) -> Meaning | None:
        if not inbound.text:
            return None
        local = self._clock.now().astimezone(self._setting.estate.zone)
        if len(inbound.text) <= INLINE_CHARS:
            return self._understander.understand(inbound.text, local)
        return await asyncio.to_thread(self._understander.understand, inbound.text, local)

    async def _turn(self, claim: Claim, rows: Sequence[InboxRow], inbound: Inbound, meaning: Meaning | None) -> None:
        alone = rows[0].attempts > 1
        done = await self._store.run(lambda uow: self._commit(uow, claim, rows, inbound, meaning), alone=alone)
        for listener in self._listeners:
            listener(done)

    def _commit(
        self, uow: UnitOfWork, claim: Claim, rows: Sequence[InboxRow], inbound: Inbound, meaning: Meaning | None
    ) -> Committed:
        now = self._clock.now()
        ids = [row.id for row in rows]
        if uow.rejoin(claim, now):
            return Committed((), (), 0)
        if _is_void(uow, inbound):
            uow.inbox.finish(claim, ids, now)
            return Committed(tuple(ids), (), 0, answered=tuple(ids))
        loader = Loader(uow, self._setting, now)
        texts = tuple(row.inbound.text for row in rows if row.inbound.text)
        facts = loader.facts(claim.lane, inbound, meaning=meaning, texts=texts)
        turn = take_turn(facts)
        gathering = turn.heard == "gather"
        waiter = self._waiter(rows[-1].id)
        outgoing = Outgoing(uow, self._texts, self._directory, facts, rows[-1], waiter=waiter)
        applier = Applier(uow, self._texts, facts, rows[-1], outgoing)
        applied = applier.apply(turn.effects, turn.conversation)
        if gathering:
            ready = now + timedelta(seconds=self._setting.rules.reception.gather_s)
            uow.inbox.hold(claim, ids, now, ready)
        else:
            uow.inbox.finish(claim, ids, now)
        answer = Answer(applied.answer, waiter) if applied.answer and waiter else None
        return committed(ids, applied, answer, gathering=gathering)

    async def _put_back(self, claim: Claim, rows: Sequence[InboxRow]) -> None:
        """A busy database is nobody's fault: no attempt counts, and the lane need not wait for its lease to end."""

        def put_back(uow: UnitOfWork) -> None:
            uow.inbox.put_back(claim, self._clock.now())

        try:
            await patiently(lambda: self._store.run(put_back), rest_s=self._rest_s)
        except (Stale, Busy):
            log.warning("turn.lost", extra={"row_id": rows[0].id})

    async def _failed(self, claim: Claim, rows: Sequence[InboxRow], error: Exception) -> None:
        """Count, back off, at last tell people: silence is a bug (INV-9)."""
        attempts = rows[0].attempts
        dead = attempts >= ATTEMPTS or isinstance(error, PoisonError)
        log.error(
            "turn.failed",
            extra={"row_id": rows[0].id, "attempt": attempts, "error": type(error).__name__, "dead": dead},
            exc_info=error,
        )
        reason = DIED if isinstance(error, PoisonError) else type(error).__name__
        await self._again(claim, rows, reason, dead=dead)

    async def _again(self, claim: Claim, rows: Sequence[InboxRow], reason: str, *, dead: bool) -> None:
        """Another try after a while, or none."""
        now = self._clock.now()
        retry_at = None if dead else now + timedelta(seconds=2 ** (rows[0].attempts - 1))
        ids = [row.id for row in rows]
        try:
            await self._store.run(lambda uow: self._give_up(uow, claim, ids, now, reason, retry_at))
        except (Stale, Busy):
            log.warning("turn.lost", extra={"row_id": rows[0].id})

    def _give_up(
        self, uow: UnitOfWork, claim: Claim, ids: list[int], now: datetime, reason: str, retry_at: datetime | None
    ) -> None:
        uow.inbox.fail(claim, ids, now, reason, retry_at)
        if retry_at is None:
            self._tell_people(uow, claim, next(row for row in claim.rows if row.id == ids[0]), now)

    def _tell_people(self, uow: UnitOfWork, claim: Claim, row: InboxRow, now: datetime) -> None:
        """A dead letter: a resident's message brings him a person, inner work is put before the managers."""
        heard = row.inbound.kind in ("message", "tap") and not claim.lane.startswith("staff:")
        lane = claim.lane if heard else "estate"
        data = {"reason": "failed", "row": row.id, "kind": str(row.inbound.data.get("timer") or row.inbound.kind)}
        event = {"event": "need_person" if heard else "dead_letter", "data": data, "ticket": None}
        words = row.inbound.text if heard else ""
        dead = Inbound("told", lane, f"dead:{row.id}", "told", words, data=event, sent_at=now)
        if heard:
            _keep_address(uow, lane, row.inbound, now)
        if row.inbound.data.get("event") != "dead_letter":
            uow.inbox.add(dead, now=now, lane=lane)


def _may_press(inbound: Inbound) -> bool:
    kind = inbound.channel.partition(".")[0]
    return kind in NUMBERED and inbound.kind == "message" and 0 < len(inbound.text) <= LONGEST_LABEL


def _writer(inbound: Inbound) -> Address:
    return Address("resident", inbound.channel, inbound.user_id)


def _pressed(inbound: Inbound, buttons: Buttons) -> Inbound:
    """A typed "1" or label means the button of our last message where buttons are shown as numbered lines."""
    button = pressed(inbound.text, buttons) if buttons and _may_press(inbound) else None
    if button is None:
        return inbound
    return replace(inbound, kind="tap", text=button[1], data={**inbound.data, "key": button[0]})


def _keep_address(uow: UnitOfWork, lane: str, inbound: Inbound, now: datetime) -> None:
    """Whoever's very first message failed is still told so: no turn of his has stored where he writes from."""
    conversation = uow.conversations.load(lane)
    if conversation.address is None:
        address = _writer(inbound)
        uow.conversations.save(lane, replace(conversation, address=address), now)


def _is_void(uow: UnitOfWork, inbound: Inbound) -> bool:
    """Whether a fired timer was cancelled or set again before its turn came (P4)."""
    if inbound.kind != "timer":
        return False
    data = inbound.data
    return not uow.timers.is_current(data["timer"], data["subject"], data["generation"])


def batch(rows: Sequence[InboxRow]) -> tuple[InboxRow, ...]:
    """The rows of one turn: the oldest, and the plain messages of the same speaker that follow it without a break."""
    first = rows[0]
    if not _plain(first):
        return (first,)
    taken = [first]
    for row in rows[1:]:
        same = (row.inbound.channel, row.inbound.user_id) == (first.inbound.channel, first.inbound.user_id)
        if not (_plain(row) and same):
            break
        taken.append(row)
    return tuple(taken)


def _plain(row: InboxRow) -> bool:
    return row.inbound.kind == "message" and row.inbound.group is None and not row.lane.startswith("staff:")


def joined(rows: Sequence[InboxRow], *, gathered: bool) -> Inbound:
    """One inbound of a burst: words on lines of their own, all pictures, the last message's place."""
    first, last = rows[0].inbound, rows[-1].inbound
    data: dict[str, Any] = {}
    for row in rows:
        data |= row.inbound.data
    if gathered or len(rows) > 1:
        data["gathered"] = True
    media = tuple(item for row in rows for item in _shown(row.inbound))
    if len(rows) == 1:
        return replace(first, media=media, data=data)
    text = "\n".join(row.inbound.text for row in rows if row.inbound.text)
    return replace(last, text=text, media=media, data=data)


def _shown(inbound: Inbound) -> tuple[Json, ...]:
    """What came with the words; speech that was recognised is words itself."""
    return tuple(item for item in inbound.media if not (inbound.text and item.get("kind") == "voice"))


def committed(ids: Sequence[int], applied: Applied, answer: Answer | None, *, gathering: bool) -> Committed:
    """The released part of a turn; one that gathers in silence answers no request yet."""
    rows = () if gathering else tuple(ids)
    answered = tuple(ids) if applied.messages else rows
    mail = applied.messages - (answer is not None)
    return Committed(rows, tuple(applied.changes), mail, answer, answered)
