"""Step 2 of a turn: files that lie at a platform are fetched, an unsure reading is looked at again (design.md 11).

Outside of any transaction. What is found is stored with the row, so that another try asks nobody twice.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from bot.channels.base import Receipt
from bot.channels.http import Http
from bot.channels.media import Lost
from bot.clock import Clock
from bot.pictures import Gallery, Kept, Kind, Refused, is_stored
from bot.pipeline import NotYet
from bot.priority import EMERGENCY
from bot.store import Store
from nlp.meaning import Meaning
from storage.message import Inbound, InboxRow
from storage.model import Json
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("guanjia.enrich")

#: Attempts of a row after which it goes on without its file (the row itself has five, INV-9).
MEDIA_ATTEMPTS = 4
#: All files of a turn, seconds: well inside the lane's lease, and next to nothing where somebody is in danger.
ALL_S, URGENT_S = 30.0, 2.0
#: Files fetched at a time for one turn.
AT_ONCE = 4
#: While files are awaited, whether somebody in this lane is in danger is looked for this often, seconds.
LOOK_S = 0.5
_KINDS = ("image", "voice", "video")


class Fetches(Protocol):
    """The files of one channel account."""

    async def fetch(self, media_id: str) -> bytes | Lost | Receipt:
        """The bytes of a file; a receipt means perhaps later."""
        ...


class Advises(Protocol):
    """Looks again at a reading that the model is not sure of."""

    async def second(self, row: InboxRow, inbound: Inbound, meaning: Meaning) -> Meaning:
        """The better reading, or the same; never raises for what the network does."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What may be asked outside: the shared client, and the files of each channel account that has some."""

    http: Http
    media: Mapping[str, Fetches]


@dataclass(frozen=True, slots=True)
class Nobody:
    """No second reading."""

    async def second(self, row: InboxRow, inbound: Inbound, meaning: Meaning) -> Meaning:  # noqa: ARG002 - the port
        """The same reading."""
        return meaning


class Enricher:
    """Fetches files and asks for second readings."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        gallery: Gallery,
        sources: Mapping[str, Fetches],
        adviser: Advises | None = None,
    ) -> None:
        """`sources` by channel account; a channel without one has nothing to fetch."""
        self._store = store
        self._clock = clock
        self._gallery = gallery
        self._sources = sources
        self._adviser = adviser or Nobody()

    def awaits(self, row: InboxRow) -> bool:
        """Whether files of the row still lie at its platform."""
        return row.inbound.channel in self._sources and any(_is_away(item) for item in row.inbound.media)

    async def media(self, rows: Sequence[InboxRow], *, hurry: bool) -> tuple[InboxRow, ...] | NotYet:
        """The rows with their files at hand; `later` when one of them should be tried again after a while.

        After a row's attempts it goes on without the file, and `data.lost` says why (`too_large`, `unsupported`,
        `gone`). `urgent` when somebody calls for help in the same lane meanwhile: nobody in danger waits for a picture.
        """
        if not any(self.awaits(row) for row in rows):
            return tuple(rows)
        finding = asyncio.ensure_future(self._found(rows, hurry=hurry))
        try:
            while not (await asyncio.wait({finding}, timeout=LOOK_S))[0]:
                if not hurry and await self._is_urgent(rows[0].lane):
                    return "urgent"
            return finding.result()
        finally:
            finding.cancel()
            await asyncio.gather(finding, return_exceptions=True)

    async def _is_urgent(self, lane: str) -> bool:
        return await self._store.read(lambda uow: uow.inbox.priority(lane)) >= EMERGENCY

    async def _found(self, rows: Sequence[InboxRow], *, hurry: bool) -> tuple[InboxRow, ...] | NotYet:
        room, within_s = asyncio.Semaphore(AT_ONCE), URGENT_S if hurry else ALL_S
        found = await asyncio.gather(*(self._in_time(row, room, within_s) for row in rows))
        if None in found and not hurry and rows[0].attempts < MEDIA_ATTEMPTS:
            return "later"
        return tuple([done or await self._without(row) for row, done in zip(rows, found, strict=True)])

    async def second(self, row: InboxRow, inbound: Inbound, meaning: Meaning) -> Meaning:
        """The reading, looked at again where the model is not sure."""
        return await self._adviser.second(row, inbound, meaning)

    async def _in_time(self, row: InboxRow, room: asyncio.Semaphore, within_s: float) -> InboxRow | None:
        try:
            return await asyncio.wait_for(self._row(row, room), within_s)
        except TimeoutError:
            log.warning("media.late", extra={"row_id": row.id, "seconds": within_s})
            return None

    async def _row(self, row: InboxRow, room: asyncio.Semaphore) -> InboxRow | None:
        """The row with its files; None when the platform has none to give at present."""
        if not self.awaits(row):
            return row
        source, media, lost = self._sources[row.inbound.channel], list[Json](), ""
        kept: list[Kept] = []
        for item in row.inbound.media:
            if not _is_away(item) or (item["kind"] == "voice" and row.inbound.text):
                media.append(item)
                continue
            async with room:
                got = await self._one(source, item)
            if got is None:
                for file in kept:
                    self._gallery.drop(file.name)
                return None
            if isinstance(got, Lost):
                media.extend(_heard(item))
                lost = got.reason
                continue
            kept.append(got)
            media.append({**item, "id": got.name})
        return await self._store_row(row, media, lost, kept)

    async def _one(self, source: Fetches, item: Json) -> Kept | Lost | None:
        got = await source.fetch(str(item["id"]))
        if isinstance(got, Receipt):
            log.warning("media.later", extra={"kind": item["kind"], "outcome": got.outcome, "code": got.code})
            return None
        if isinstance(got, Lost):
            log.warning("media.lost", extra={"kind": item["kind"], "reason": got.reason})
            return got
        try:
            return await self._gallery.keep(got, cast(Kind, item["kind"]))
        except Refused as refused:
            log.warning("media.refused", extra={"kind": item["kind"], "reason": str(refused)})
            return Lost("too_large" if str(refused) == "too_large" else "unsupported")

    async def _without(self, row: InboxRow) -> InboxRow:
        """The row goes on with what can be had."""
        log.warning("media.given_up", extra={"row_id": row.id, "attempt": row.attempts})
        media = [each for item in row.inbound.media for each in (_heard(item) if _is_away(item) else (item,))]
        return await self._store_row(row, media, "gone", [])

    async def _store_row(self, row: InboxRow, media: Sequence[Json], lost: str, kept: Sequence[Kept]) -> InboxRow:
        data: Mapping[str, Any] = {**row.inbound.data, **({"lost": lost} if lost else {})}
        now = self._clock.now()

        def write(uow: UnitOfWork) -> None:
            for file in kept:
                uow.media.add(file.record(row.lane, now))
            uow.inbox.enriched(row.id, media, data)

        await self._store.run(write)
        return replace(row, inbound=replace(row.inbound, media=tuple(media), data=data))


def _is_away(item: Json) -> bool:
    """Whether a reference is a platform's id of a file, and not the name of a stored one."""
    return item.get("kind") in _KINDS and bool(item.get("id")) and not is_stored(str(item["id"]))


def _heard(item: Json) -> tuple[Json, ...]:
    """What stays of a file that is lost: of a voice that somebody spoke, so that he is asked for words."""
    return ({"kind": "voice"},) if item.get("kind") == "voice" else ()
