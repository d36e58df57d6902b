"""Sending: a platform that hangs holds up nobody else (P7)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.base import Receipt
from bot.delivery import AT_ONCE, Delivery
from bot.undelivered import Undelivered
from storage.message import NewMessage, OutboxRow
from storage.model import Address
from tests.fakes.bench import Bench, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    made = bench(configured(tmp_path, "http://127.0.0.1:9"), NOW)
    yield made
    await made.close()


class Hanging:
    """A channel whose platform answers only when released."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0
        self.released = asyncio.Event()

    async def send(self, row: OutboxRow) -> Receipt:
        self.calls += 1
        await self.released.wait()
        return Receipt("sent")


class Prompt:
    """A channel that takes everything at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[str] = []

    async def send(self, row: OutboxRow) -> Receipt:
        self.sent.append(row.body)
        return Receipt("sent")


def delivery(product: Bench, *channels: Hanging | Prompt) -> Delivery:
    parts = product.parts
    people = Undelivered(parts.texts, parts.setting.estate)
    return Delivery(parts.store, parts.clock, {each.name: each for each in channels}, people)


async def put(product: Bench, channel: str, user_id: str, body: str) -> None:
    message = NewMessage(Address("resident", channel, user_id), body)
    await product.parts.store.run(lambda uow: uow.outbox.add([message], NOW))


async def test_a_call_that_hangs_holds_up_nobody_else(product: Bench) -> None:
    hanging, prompt, ended = Hanging("wechat.main"), Prompt("webchat.main"), asyncio.Event()
    sender = delivery(product, hanging, prompt)
    await put(product, "wechat.main", "one", "hangs")
    assert await sender.begin("me", ended.set) == 1
    await put(product, "webchat.main", "other", "goes")
    await put(product, "wechat.main", "one", "waits for its turn")
    assert await sender.begin("me", ended.set) == 1
    await asyncio.wait_for(ended.wait(), 5)
    assert prompt.sent == ["goes"]
    assert hanging.calls == 1
    hanging.released.set()
    await sender.finish(5)
    assert await sender.begin("me", ended.set) == 1
    await sender.finish(5)
    assert hanging.calls == 2


async def test_messages_under_way_are_bounded(product: Bench) -> None:
    hanging = Hanging("wechat.main")
    sender = delivery(product, hanging)
    for number in range(AT_ONCE + 3):
        await put(product, "wechat.main", f"u{number}", "hangs")
    assert await sender.begin("me", lambda: None) == AT_ONCE
    assert await sender.begin("me", lambda: None) == 0
    hanging.released.set()
    await sender.finish(5)
    assert await sender.begin("me", lambda: None) == 3
    await sender.finish(5)
