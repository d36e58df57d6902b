"""Requests that wait for their own answer (design.md 11, Passive reply)."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import VirtualClock
from bot.passive import REMEMBERED, Answer, PassiveReplies
from bot.pipeline import Committed
from bot.web.passive import Answers, Past, Taken, handing
from storage.errors import Busy
from storage.message import Inbound, OutboxRow
from storage.model import Address
from tests.fakes.bench import WHO, Understanding, bench, configured


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


async def test_a_reply_is_handed_to_the_request_that_waits() -> None:
    passive = PassiveReplies()
    now = datetime(2026, 11, 24, tzinfo=UTC)
    to = Address("resident", "wechat.main", "o1")
    answer = Answer(OutboxRow(1, "main", to, "reply", "k", "x", (), None, now, now, None, 3, 1, "sending", ""), "owner")
    assert passive.waiter(1) is None
    assert passive.hand(1, answer) is False
    waiting = asyncio.ensure_future(passive.wait(1, 5))
    await asyncio.sleep(0)
    assert passive.waiter(1) != passive.waiter(1)
    assert passive.hand(1, answer) is True
    passive.notify([1])
    assert await waiting is True
    assert [passive.pop(1), passive.pop(1)] == [answer, None]


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


class BusyStore:
    """A database that takes nothing now."""

    async def run(self, work: object, *, urgent: bool = False) -> None:
        raise Busy


async def test_a_busy_database_leaves_the_answer_to_delivery() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    answers = Answers(BusyStore(), VirtualClock(now))
    assert await answers.take(1) is None
    assert await answers.past(1) == Past(None, ended=True)
    to = Address("resident", "wechat.main", "o1")
    row = OutboxRow(1, "main", to, "reply", "k", "x", (), None, now, now, None, 3, 1, "sending", "")
    await answers.sent(Taken(row, "owner", "x", ""))
    await answers.lost(Taken(row, "owner", "x", ""))


async def test_a_burst_is_acknowledged_in_the_first_request(tmp_path: Path) -> None:
    """The first reply comes within three seconds; what follows the gathered words goes by message (design.md 10)."""
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    one = bench(configured(tmp_path, "http://127.0.0.1:9"), now, Understanding("repair", "water"))
    passive, answers = PassiveReplies(), Answers(one.parts.store, one.clock)
    one.parts.pipeline.answer_to(passive.waiter)
    one.parts.pipeline.listen(handing(passive, answers))
    push = Inbound("wechat.main", WHO, "k1", "message", text="厨房水管漏水了", data={"passive": True}, sent_at=now)
    id_ = (await one.parts.accept(push)).id
    waiting = asyncio.ensure_future(passive.wait(id_, 5))
    await asyncio.sleep(0)
    await one.parts.spine.turns()
    assert await waiting
    handed = passive.pop(id_)
    assert handed is not None
    assert "好的" in handed.row.body
    assert (await one.row(id_)).status == "heard"
    await answers.sent(answers.handed(handed))
    await one.settle(5)
    first, *later = await one.said()
    assert first.body == handed.row.body
    assert later
    await one.close()


async def test_a_burst_that_is_gathered_in_silence_keeps_its_request_waiting(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    one = bench(configured(tmp_path, "http://127.0.0.1:9"), now, Understanding("repair", "water"))
    told: list[Committed] = []
    one.parts.pipeline.listen(told.append)
    first = await one.hear("厨房水管漏水了")
    await one.parts.spine.turns()
    second = await one.hear("3栋2单元501")
    await one.settle(1)
    assert [done.answered for done in told if not done.messages] == []
    await one.settle(5)
    assert told[0].answered == (first,)
    assert told[0].rows == ()
    assert told[-1].answered == told[-1].rows == (first, second)
    await one.close()
