"""Builds the product without its web face, for serve and simulate alike: storage, understanding, pipeline, spine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.advice import Adviser
from bot.channels.base import Channel
from bot.channels.local import LocalChannel
from bot.clock import Clock
from bot.config import Config
from bot.delivery import Delivery
from bot.enrich import Enricher, Outside
from bot.housekeeping import Housekeeping
from bot.llm import Endpoint, LanguageModel
from bot.pictures import Gallery
from bot.pipeline import Pipeline, Understands
from bot.priority import EMERGENCY, ORDINARY, TAP
from bot.schedule import seed
from bot.spine import Spine
from bot.store import Store
from bot.undelivered import CONSOLE, MANAGERS, Undelivered
from handlers.load import Knowledge, Setting
from handlers.outgoing import Directory
from handlers.texts import Texts
from nlp import faq, understand
from storage.database import Database
from storage.inbox import Added
from storage.message import Inbound, OutboxRow
from storage.unit_of_work import UnitOfWork

#: A passive reply is ready within this many seconds or goes by customer-service message (design.md 10).
PASSIVE_S = 3.0


@dataclass(slots=True)
class Parts:
    """Everything that runs, built once."""

    config: Config
    clock: Clock
    store: Store
    pipeline: Pipeline
    delivery: Delivery
    spine: Spine
    channels: Mapping[str, Channel]
    texts: Texts
    setting: Setting

    def channel_named(self, name: str) -> str:
        """The account name for `webchat`, `wechat`, `wechat.main` or `main`.

        Raises:
            KeyError: no such channel.
        """
        names = [*self.config.channels.accounts(), CONSOLE]
        for candidate in (name, f"{name}.main"):
            if candidate in names:
                return candidate
        for candidate in names:
            kind, _, account = candidate.partition(".")
            if name in (kind, account):
                return candidate
        raise KeyError(name)

    async def accept(self, inbound: Inbound, *, lane: str | None = None) -> Added:
        """Store what happened; emergencies are recognised before anything is analysed (INV-37)."""
        return await self.spine.accept(inbound, priority=priority_of(inbound), lane=lane)

    async def begin(self) -> None:
        """Take up what a killed process left (SQLite has one process), and seed the recurring jobs; restart-safe."""
        now = self.clock.now()
        alone = self.store.database.single_writer

        def start(uow: UnitOfWork) -> None:
            if alone:
                uow.leases.drop_all()
            seed(uow, self.setting, now)

        await self.store.run(start)

    async def close(self) -> None:
        """Stop the spine and the storage threads."""
        await self.spine.stop()
        self.store.close()
        self.store.database.close()


def priority_of(inbound: Inbound) -> int:
    """How urgent a lane becomes by this row."""
    if inbound.kind == "message" and inbound.text and understand.emergency_words(inbound.text):
        return EMERGENCY
    return TAP if inbound.kind == "tap" else ORDINARY


def assemble(
    config: Config,
    clock: Clock,
    database: Database,
    *,
    channels: Mapping[str, Channel] | None = None,
    capture: Callable[[OutboxRow], None] | None = None,
    show_live: Callable[[OutboxRow], None] = lambda _: None,
    understander: Understands | None = None,
    outside: Outside | None = None,
) -> Parts:
    """Build the parts.

    Args:
        config: validated configuration.
        clock: real or virtual.
        database: migrated.
        channels: network channels by account name; local ones are added.
        capture: instead of channels, hand every message to this function (simulate).
        show_live: shows messages of the built-in pages to whoever has them open.
        understander: one that is loaded already.
        outside: where files and second readings come from (serve).
    """
    texts = Texts.load([config.var / "texts"])
    community = next(iter(config.estates()))
    setting = Setting(config.estate_facts(community), config.rules, Knowledge(faq.Ranker))
    directory = _directory(config) if capture is None else Directory()
    understander = understander or understand.load(_model_dir(config))
    store = Store(database)
    enricher = _enricher(config, clock, store, setting, outside) if outside else None
    pipeline = Pipeline(store, clock, understander, setting, texts, directory, enricher)
    pipeline.listen(Housekeeping(Gallery(config.var / "media")).committed)
    show = capture or show_live
    local = {name: LocalChannel(name, show) for name in _local_names(config, everything=capture is not None)}
    every = {**local, **(channels or {})}
    people = Undelivered(texts, setting.estate, directory.groups.get(MANAGERS, CONSOLE))
    delivery = Delivery(store, clock, every, people)
    spine = Spine(store, clock, pipeline, delivery, gather_s=setting.rules.reception.gather_s)
    return Parts(config, clock, store, pipeline, delivery, spine, every, texts, setting)


def _enricher(config: Config, clock: Clock, store: Store, setting: Setting, outside: Outside) -> Enricher:
    """Files by media id, and the language model where one is configured."""
    llm, adviser = config.llm, None
    if llm.enabled and llm.base_url:
        endpoint = Endpoint(llm.base_url, llm.model, llm.api_key, llm.timeout_s)
        adviser = Adviser(store, clock, setting, LanguageModel(outside.http, endpoint, clock), llm.daily_calls)
    return Enricher(store, clock, Gallery(config.var / "media"), outside.media, adviser)


def _directory(config: Config) -> Directory:
    """Groups with a robot speak through it, the others on the console."""
    robots = {name: f"robot.{robot}" for name, robot in config.groups.robots().items()}
    windows = {name: PASSIVE_S for name in config.channels.accounts() if name.startswith("wechat.")}
    return Directory(groups=robots, staff=CONSOLE, reply_window_s=windows)


def _local_names(config: Config, *, everything: bool) -> list[str]:
    names = config.channels.accounts()
    return [*(n for n in names if everything or n.startswith("webchat.")), CONSOLE]


def _model_dir(config: Config) -> Path | None:
    own = config.var / "model"
    return own if own.exists() else None
