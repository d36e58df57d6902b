"""A channel that says what a test wants, on the assembled product with a virtual clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.assembly import Parts, assemble
from bot.channels.base import Receipt
from bot.clock import VirtualClock
from bot.config import Config
from bot.shared import Shared
from storage.database import Database
from storage.errors import Busy
from storage.message import NewMessage, OutboxRow
from storage.model import Address, Task
from storage.secrecy import test_cipher
from storage.unit_of_work import UnitOfWork
from tests.fakes.bench import Understanding

REPAIR = Address("group", "robot.repair", "repair")
SENT = Receipt("sent")


@dataclass(slots=True)
class Speaker:
    """A channel. `answers` are the outcomes of the next calls; when they are used up, calls succeed."""

    name: str = "robot.repair"
    answers: list[Receipt | BaseException] = field(default_factory=list)
    heard: list[OutboxRow] = field(default_factory=list)
    also: Callable[[], None] = lambda: None

    async def send(self, row: OutboxRow) -> Receipt:
        """The next outcome."""
        self.heard.append(row)
        self.also()
        answer = self.answers.pop(0) if self.answers else SENT
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def bodies(self) -> list[str]:
        """What was said, first lines."""
        return [row.body.splitlines()[0] for row in self.heard]


class BusyStore:
    """A store that is busy for its next `failures` jobs."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store
        self.failures = 0

    async def run(self, work: Callable[[UnitOfWork], object], **how: bool) -> object:
        """Busy, or the real thing."""
        if self.failures:
            self.failures -= 1
            raise Busy
        return await self._store.run(work, **how)


@dataclass(slots=True)
class Post:
    """The outbox of a product, its clock and its speaker."""

    parts: Parts
    clock: VirtualClock
    speaker: Speaker
    shown: list[OutboxRow] = field(default_factory=list)
    held: list[OutboxRow] = field(default_factory=list)

    async def put(self, *bodies: str, to: Address = REPAIR, **fields: object) -> None:
        """Messages that are due now."""
        messages = [NewMessage(to, body, kind="alert", **{"text_key": "x", **fields}) for body in bodies]  # type: ignore[arg-type]
        await self.parts.store.run(lambda uow: uow.outbox.add(messages, self.clock.now()))

    async def deliver(self) -> None:
        """Send all that is due."""
        while await self.parts.delivery.step("test"):
            pass

    async def after(self, seconds: float) -> None:
        """Let time pass, then send all that is due."""
        self.clock.move(self.clock.now() + timedelta(seconds=seconds))
        await self.deliver()

    async def states(self, to: Address = REPAIR) -> list[str]:
        """How the messages to an address stand, oldest first."""
        found = await self.parts.store.run(lambda uow: uow.outbox.history(to, 100))
        return [row.status for row in found]

    async def tasks(self, kind: str) -> list[Task]:
        """Open tasks of a kind."""
        return [each for each in await self.parts.store.run(lambda uow: uow.tasks.open()) if each.kind == kind]


@cache
def _migrated() -> bytes:
    database = Database("sqlite://", test_cipher())
    database.migrate()
    driver: Any = database.engine.raw_connection().driver_connection
    return bytes(driver.serialize())


def memory() -> Database:
    """A fresh database."""
    database = Database("sqlite://", test_cipher())
    driver: Any = database.engine.raw_connection().driver_connection
    driver.deserialize(_migrated())
    return database


def post(
    now: datetime,
    database: Database | None = None,
    *,
    speakers: Iterable[Speaker] = (),
    config: Config | None = None,
    shared: Shared | None = None,
) -> Post:
    """A product whose only network channels are these speakers; by default one robot."""
    clock, several = VirtualClock(now), tuple(speakers) or (Speaker(),)
    parts = assemble(
        config or Config.load(None, {}),
        clock,
        database or memory(),
        channels={each.name: each for each in several},
        understander=Understanding(),
    )
    if shared is not None:
        parts.delivery.count_with(shared)
    made = Post(parts, clock, several[0])
    parts.delivery.watch(made.shown.append)
    parts.delivery.watch_held(made.held.append)
    return made
