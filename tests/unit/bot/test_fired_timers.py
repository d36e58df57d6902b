"""A timer that fired but was not handled yet: void when cancelled or set again, kept by a restart (P4, INV-15)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.bench import WHO, Bench, bench, configured

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LANE = f"user:wechat.main:{WHO}"


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    made = bench(configured(tmp_path, "http://127.0.0.1:9", {"GUANJIA__RULES__RECEPTION__GATHER_S": "0"}), NOW)
    yield made
    await made.close()


async def _waiting_for_a_person(product: Bench) -> None:
    """The resident asked for a person; nobody came, and the alarm of that has just fired."""
    product.parts.pipeline._understander.act = ("human", "human", 0.95)  # type: ignore[attr-defined]
    await product.hear("转人工")
    await product.settle()
    timer = await product.parts.store.run(lambda uow: uow.timers.get("hand_over_wait", LANE))
    assert timer is not None
    product.clock.move(timer.due_at)
    assert await product.parts.store.run(lambda uow: uow.timers.fire(product.clock.now(), 10)) >= 1


async def test_a_fired_timer_speaks(product: Bench) -> None:
    await _waiting_for_a_person(product)
    before = len(await product.said())
    await product.settle()
    assert len(await product.said()) == before + 1


async def test_a_timer_cancelled_after_it_fired_does_nothing(product: Bench) -> None:
    await _waiting_for_a_person(product)
    before = len(await product.said())
    await product.parts.store.run(lambda uow: uow.timers.cancel(LANE, "hand_over_wait"))
    await product.settle()
    assert len(await product.said()) == before
    assert await product.parts.store.run(lambda uow: uow.inbox.pending()) == 0


async def test_a_restart_between_firing_and_work_keeps_the_days_job(product: Bench) -> None:
    await product.parts.begin()
    store, estate = product.parts.store, product.parts.setting.estate.id
    first = await store.run(lambda uow: uow.timers.get("fee_scan", estate))
    assert first is not None
    product.clock.move(first.due_at)
    await store.run(lambda uow: uow.timers.fire(product.clock.now(), 10))
    await product.parts.begin()
    await product.settle()
    following = await store.run(lambda uow: uow.timers.get("fee_scan", estate))
    assert following is not None
    assert following.due_at - first.due_at == timedelta(days=1)
    assert following.generation == first.generation + 1
