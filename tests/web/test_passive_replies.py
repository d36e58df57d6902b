"""Requests that wait for their own answer (design.md 11, Passive reply)."""

import asyncio

from bot.passive import REMEMBERED, PassiveReplies


async def test_a_turn_wakes_its_request() -> None:
    passive = PassiveReplies()
    waiting = asyncio.ensure_future(passive.wait(1, 5))
    await asyncio.sleep(0)
    passive.notify([2, 1])
    assert await waiting is True


async def test_a_turn_may_end_before_its_request_waits() -> None:
    passive = PassiveReplies()
    passive.notify([1])
    assert [await passive.wait(1, 0) for _ in range(2)] == [True, True]


async def test_time_runs_out() -> None:
    passive = PassiveReplies()
    assert await passive.wait(1, 0.01) is False
    assert await passive.wait(1, 0) is False
    assert not passive._waiting


async def test_a_cancelled_request_is_forgotten() -> None:
    passive = PassiveReplies()
    waiting = asyncio.ensure_future(passive.wait(1, 5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    passive.notify([1])
    assert not passive._waiting


async def test_what_is_remembered_is_bounded() -> None:
    passive = PassiveReplies()
    passive.notify(range(REMEMBERED + 100))
    assert await passive.wait(0, 0) is False
    assert await passive.wait(REMEMBERED + 99, 0) is True
