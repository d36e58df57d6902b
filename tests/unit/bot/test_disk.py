"""A disk that fills up: told before it is full (INV-32)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.disk import FULL, LOW, Disk
from storage.model import Address
from tests.fakes.bench import Bench, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    made = bench(configured(tmp_path, "http://127.0.0.1:9"), NOW)
    yield made
    await made.close()


def with_free(*sizes: int) -> Disk:
    left = list(sizes)
    return Disk(Path(), lambda _: left.pop(0) if len(left) > 1 else left[0])


@pytest.mark.parametrize(("free", "state"), [(FULL - 1, "full"), (FULL, "low"), (LOW - 1, "low"), (LOW, "ok")])
def test_the_states(free: int, state: str) -> None:
    assert with_free(free).state() == state


def test_a_folder_that_cannot_be_measured_is_left_to_the_database(tmp_path: Path) -> None:
    assert Disk(tmp_path / "nowhere").state() == "ok"


async def alerts(product: Bench) -> list[str]:
    await product.settle()
    group = Address("group", "console", "manager")
    rows = await product.parts.store.run(lambda uow: uow.outbox.history(group, 10))
    return [row.text_key for row in rows]


async def test_people_are_told_once_a_day_while_there_is_little_room(product: Bench) -> None:
    disk = with_free(LOW, LOW - 1, LOW - 1, LOW - 1)
    await disk.look(product.parts)
    assert await alerts(product) == []
    await disk.look(product.parts)
    await disk.look(product.parts)
    assert await alerts(product) == ["disk.low.alert"]
    tasks = await product.parts.store.run(lambda uow: uow.tasks.open("cs_manager"))
    assert [task.kind for task in tasks] == ["disk_low"]
    product.clock.move(NOW + timedelta(days=1))
    await disk.look(product.parts)
    assert await alerts(product) == ["disk.low.alert"] * 2
