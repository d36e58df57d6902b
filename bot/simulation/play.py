"""Plays a scenario: everything due before a line happens first, then the line, then whatever follows from it."""

import itertools
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from bot.assembly import Parts, assemble
from bot.clock import SystemClock, VirtualClock
from bot.config import Config
from bot.importing import load_file
from bot.pipeline import Understands
from bot.simulation.printer import Printer
from bot.simulation.scenario import Line, ScenarioError
from storage.database import Database
from storage.errors import Sealed
from storage.message import Inbound
from storage.model import Address
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork

#: A burst is gathered at most this long at the end of the input.
DRAIN_S = 30


#: Rehearsals have no secrets: their own database can be played on again.
_KEY = b"guanjia simulate: not a secret.."


class Stage:
    """One running product under a virtual clock, with everything that leaves it captured."""

    def __init__(self, parts: Parts, clock: VirtualClock) -> None:
        """`parts` was assembled with this clock."""
        self.parts = parts
        self.clock = clock
        self._run = secrets.token_hex(4)
        self._ids = itertools.count(1)
        self._last: tuple[str, str] | None = None

    async def advance(self, to: datetime) -> None:
        """Let time pass until `to`; everything due on the way happens at its own moment."""
        await self.parts.spine.settle()
        while (due := await self.parts.spine.next_due()) is not None and due <= to:
            self.clock.move(due)
            await self.parts.spine.settle()
        self.clock.move(to)

    async def drain(self) -> None:
        """Let open gather windows end."""
        limit = self.clock.now() + timedelta(seconds=DRAIN_S)
        await self.parts.spine.settle()
        while (ready := await self.parts.store.run(lambda uow: uow.inbox.next_ready())) is not None:
            if ready > limit:
                return
            await self.advance(max(ready, self.clock.now()))
            await self.parts.spine.settle()

    async def play(self, line: Line) -> None:
        """Play one line. A line without `at` from somebody else waits for an open burst to end first."""
        if line.at is not None:
            await self.advance(line.at)
        if line.action is None:
            return
        speaker = (line.who or "", line.user_id)
        if line.at is None and self._last is not None and self._last != speaker:
            await self.drain()
        self._last = speaker
        await self._act(line)
        await self.parts.spine.settle()

    async def _act(self, line: Line) -> None:
        channel = self._channel(line)
        inbound, lane = await self._inbound(line, channel)
        await self.parts.accept(inbound, lane=lane)

    def _channel(self, line: Line) -> str:
        if line.who == "staff" and line.channel is None:
            return "console"
        try:
            return self.parts.channel_named(line.channel or "webchat")
        except KeyError as error:
            raise ScenarioError(f"第 {line.number} 行：没有渠道 {line.channel}") from error

    async def _inbound(self, line: Line, channel: str) -> tuple[Inbound, str | None]:
        key = f"simulate:{self._run}:{next(self._ids)}"
        lane = await self.parts.store.run(lambda uow: _lane(uow, line, channel))
        where: dict[str, Any] = {"channel": channel, "user_id": line.user_id, "key": key, "group": line.group}
        where["sent_at"] = self.clock.now()
        match line.action:
            case "text":
                return Inbound(kind="message", text=line.value, **where), lane
            case "voice":
                media = ({"kind": "voice", "id": key},)
                return Inbound(kind="message", text=line.value, media=media, **where), lane
            case "image":
                return Inbound(kind="message", media=({"kind": "image", "id": line.value},), **where), lane
            case "location":
                return Inbound(kind="message", data={"location": line.value}, **where), lane
            case "event":
                name, _, rest = line.value.partition(":")
                return Inbound(kind="event", data={"event": name, "key": rest}, **where), lane
            case "tap":
                return await self._tap(line, channel, where), lane
            case _:
                return Inbound(kind="pay", data=line.value, **where), lane

    async def _tap(self, line: Line, channel: str, where: Mapping[str, Any]) -> Inbound:
        kind = "group" if line.group else "staff" if line.who == "staff" else "resident"
        address = Address(kind, channel, line.group or line.user_id)  # type: ignore[arg-type]
        found = await self.parts.store.run(lambda uow: uow.outbox.last_with_button(address, line.value))
        if found is None:
            raise ScenarioError(f"第 {line.number} 行：没有给 {line.raw.get('from')} 看过按钮“{line.value}”")
        key, label = found
        return Inbound(kind="tap", text=label, data={"key": key}, **where)


def _lane(uow: UnitOfWork, line: Line, channel: str) -> str | None:
    """The speaker's lane where the channel id does not say it: staff, and the payer of a bill."""
    if line.who == "staff":
        staff = uow.identities.staff_by(channel, line.user_id)
        return f"staff:{staff.id}" if staff else f"user:{channel}:{line.user_id}"
    if line.action == "pay" and not line.user_id:
        return payer_lane(uow, str(line.value["bill"]))
    return None


def payer_lane(uow: UnitOfWork, bill_number: str) -> str:
    """The lane of the home's owner who is bound somewhere, else the estate's."""
    found = uow.bills.by_number(bill_number)
    if found is None:
        return "estate"
    for person, residency in uow.people.of_home(found[0].home_id, found[0].due_on):
        lane = uow.identities.lane_of_person(person.id) if residency.tenure == "owner" else None
        if lane:
            return lane
    return "estate"


def _check_ours(database: Database) -> None:
    """A database that rehearsals made may be played on again; an estate's own is not touched."""
    try:
        with database.reading() as uow:
            uow.staff.all()
            uow.people.get(1)
    except Sealed:
        raise ScenarioError("--db 是正在使用的数据库，演练不动它，请另给一个空的") from None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a scenario is played on.

    Attributes:
        config: validated configuration.
        loads: (kind, file) pairs, e.g. ("homes", homes.csv).
        db: database URL; the default is a fresh one in memory.
        keys: also print text keys.
        understander: one that is loaded already (tests play hundreds of scenarios).
    """

    config: Config
    loads: Sequence[tuple[str, Path]] = ()
    db: str = "sqlite://"
    keys: bool = False
    understander: Understands | None = None


async def perform(lines: Sequence[Line], setup: Setup, out: TextIO) -> None:
    """Play parsed lines and print what leaves.

    Raises:
        ScenarioError: a line cannot be played.
    """
    config = setup.config
    start = next((line.at for line in lines if line.at is not None), None)
    clock = VirtualClock(start or SystemClock().now())
    community, estate = next(iter(config.estates().items()))
    database = Database(setup.db, Cipher(_KEY), community_id=community)
    database.migrate()
    _check_ours(database)
    for kind, path in setup.loads:
        load_file(database, kind, path, clock.now())
    printer = Printer(out, estate.timezone, clock, keys=setup.keys)
    parts = assemble(config, clock, database, capture=printer.message, understander=setup.understander)
    parts.pipeline.listen(printer.changes)
    stage = Stage(parts, clock)
    try:
        await parts.begin()
        for line in lines:
            await stage.play(line)
        await stage.drain()
    finally:
        await parts.close()
