"""The assembled product under a virtual clock, with platforms on loopback and an understanding that a test says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.assembly import Parts, assemble
from bot.channels.connect import Connected, connect
from bot.clock import VirtualClock
from bot.config import Config
from bot.shared import MemoryShared
from nlp.meaning import Act, Meaning, Reading
from storage.database import Database
from storage.message import Inbound, InboxRow, OutboxRow
from storage.model import Address
from storage.secrecy import Cipher

WHO = "oWho0000000000000000000000001"
_SECRETS = {"TOKEN": "tokentokentoken", "AES_KEY": "a" * 43, "SECRET": "the-secret-of-wx1-0123456789abcdef"}


class Understanding:
    """Reads every text as the same."""

    def __init__(self, intent: str = "greeting", category: str = "chat", confidence: float = 0.95) -> None:
        self.act = (intent, category, confidence)
        self.read = 0

    def understand(self, text: str, now: datetime) -> Meaning:
        """The one reading."""
        self.read += 1
        intent, category, confidence = self.act
        act = Act(intent, category, confidence, text)  # type: ignore[arg-type]  # a test's own words
        other = Reading("inquiry", "other", 0.1)
        return Meaning(text, (act,), choices=(Reading(act.intent, category, confidence), other))


def configured(var: Path, platform: str, more: Mapping[str, str] | None = None) -> Config:
    """One Official Account whose API is at `platform` (a loopback URL), everything else as by default."""
    wechat = {"APP_ID": "wx1", "ORIGINAL_ID": "gh_1", "API_BASE": platform, **_SECRETS}
    environ = {f"GUANJIA__CHANNELS__WECHAT__MAIN__{name}": value for name, value in wechat.items()}
    given = {"GUANJIA__EGRESS__ALLOW": '["127.0.0.1"]', "GUANJIA__VAR": str(var), **environ, **(more or {})}
    return Config.load(None, given)


@dataclass(slots=True)
class Bench:
    """One replica."""

    parts: Parts
    clock: VirtualClock
    connected: Connected
    _sent: int = 0

    async def hear(
        self, text: str = "", *, media: tuple[Mapping[str, str], ...] = (), kind: str = "wechat.main"
    ) -> int:
        """Something that the resident sends; returns its inbox id."""
        self._sent += 1
        now = self.clock.now()
        inbound = Inbound(kind, WHO, f"k{self._sent}", "message", text=text, media=media, sent_at=now)
        return (await self.parts.accept(inbound)).id

    async def settle(self, seconds: float = 0.0) -> None:
        """Let time pass, everything due at its moment."""
        end = self.clock.now() + timedelta(seconds=seconds)
        await self.parts.spine.settle()
        while (due := await self.parts.spine.next_due()) is not None and due <= end:
            self.clock.move(due)
            await self.parts.spine.settle()
        self.clock.move(end)

    async def row(self, id_: int) -> InboxRow:
        """A stored row."""
        row = await self.parts.store.run(lambda uow: uow.inbox.get(id_))
        assert row is not None
        return row

    async def said(self) -> list[OutboxRow]:
        """What the resident was told, oldest first."""
        address = Address("resident", "wechat.main", WHO)
        found = await self.parts.store.run(lambda uow: uow.outbox.history(address, 50))
        return sorted(found, key=lambda row: row.id)

    async def keys(self) -> list[str]:
        """The text keys of it."""
        return [key for row in await self.said() for key in row.data.get("keys", (row.text_key,))]

    async def close(self) -> None:
        """Stop everything."""
        await self.connected.http.close()
        await self.parts.close()


def bench(
    config: Config, now: datetime, understanding: Understanding | None = None, database: Database | None = None
) -> Bench:
    """Assemble a replica on a fresh database in memory, or on one that is given."""
    clock, shared = VirtualClock(now), MemoryShared()
    if database is None:
        database = Database("sqlite://", Cipher(bytes(32)))
        database.migrate()
    connected = connect(config, shared, clock, lambda _: "https://wy.example.com/console")
    parts = assemble(
        config,
        clock,
        database,
        channels=connected.channels,
        understander=understanding or Understanding(),
        outside=connected.outside,
    )
    parts.delivery.count_with(shared)
    return Bench(parts, clock, connected)
