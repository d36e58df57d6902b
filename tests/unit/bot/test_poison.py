"""Messages that kill the process or fail again and again (INV-9)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.pipeline import ATTEMPTS, DEATHS, DIED
from nlp.meaning import Meaning
from storage.message import InboxRow
from storage.unit_of_work import UnitOfWork
from tests.fakes.bench import Bench, Understanding, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


class Stumbling(Understanding):
    """Raises at some texts."""

    def understand(self, text: str, now: datetime) -> Meaning:
        """The one reading, unless the text is poison."""
        if "毒" in text:
            raise ValueError(text)
        return super().understand(text, now)


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    made = bench(configured(tmp_path, "http://127.0.0.1:9"), NOW, Stumbling())
    yield made
    await made.close()


async def dead(product: Bench) -> tuple[InboxRow, ...]:
    return await product.parts.store.run(lambda uow: uow.inbox.dead())


async def killed(product: Bench, times: int) -> None:
    """The process takes the lane up and is gone before the turn ends."""

    def claim(uow: UnitOfWork) -> None:
        assert uow.inbox.claim("killed", product.clock.now(), 9, lease_s=-1)

    for _ in range(times):
        await product.parts.store.run(claim)


async def test_a_message_with_which_the_process_died_three_times_is_a_dead_letter(product: Bench) -> None:
    id_ = await product.hear("您好")
    await killed(product, DEATHS)
    await product.settle(5)
    (row,) = await dead(product)
    assert (row.id, row.reason) == (id_, DIED)
    assert any(key.startswith("human.") for key in await product.keys())
    await product.hear("请问有人吗")
    await product.settle(5)
    assert len(await dead(product)) == 1


async def test_a_message_with_which_the_process_died_twice_is_handled(product: Bench) -> None:
    id_ = await product.hear("您好")
    await killed(product, DEATHS - 1)
    await product.settle(5)
    assert (await product.row(id_)).status == "done"


async def test_a_message_that_fails_has_five_attempts(product: Bench) -> None:
    id_ = await product.hear("毒")
    attempts = []
    for _ in range(ATTEMPTS + 2):
        await product.settle()
        attempts.append((await product.row(id_)).attempts)
        product.clock.move(product.clock.now() + timedelta(seconds=20))
    assert max(attempts) == ATTEMPTS
    (row,) = await dead(product)
    assert row.reason == "ValueError"


async def test_failures_before_a_death_do_not_make_it_the_third(product: Bench) -> None:
    """A row that failed is not one with which the process died."""
    id_ = await product.hear("毒")
    for _ in range(DEATHS):
        await product.settle()
        product.clock.move(product.clock.now() + timedelta(seconds=20))
    row = await product.row(id_)
    assert (row.status, row.attempts, row.reason) == ("pending", DEATHS, "ValueError")
    await product.settle()
    assert (await product.row(id_)).attempts == DEATHS + 1


@pytest.mark.parametrize("texts", [("您好", "毒"), ("毒", "您好")])
async def test_a_bad_message_takes_no_other_of_its_burst_along(product: Bench, texts: tuple[str, str]) -> None:
    ids = {text: await product.hear(text) for text in texts}
    for _ in range(2 * ATTEMPTS + 2):
        await product.settle(20)
    assert (await product.row(ids["您好"])).status == "done"
    assert (await product.row(ids["毒"])).status == "dead"


@pytest.mark.parametrize("end", ["fails", "is put back"])
async def test_a_burst_whose_turn_did_not_end_is_not_gathered_again(tmp_path: Path, end: str) -> None:
    one = bench(configured(tmp_path, "http://127.0.0.1:9"), NOW, Understanding("repair", "water"))
    id_ = await one.hear("厨房水管漏水了")
    await one.settle()
    one.clock.move(NOW + timedelta(seconds=3))

    def broken_off(uow: UnitOfWork) -> None:
        (claim,) = uow.inbox.claim("me", one.clock.now(), 9)
        if end == "fails":
            uow.inbox.fail(claim, [id_], one.clock.now(), "KeyError", one.clock.now())
        else:
            uow.inbox.put_back(claim, one.clock.now())

    await one.parts.store.run(broken_off)
    await one.parts.spine.settle()
    assert (await one.row(id_)).status == "done"
    await one.close()
