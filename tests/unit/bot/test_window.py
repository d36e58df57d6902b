"""The customer-service window of 公众号, counted before the call (protocol.md 10.1, INV-13)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.channels.base import Receipt, Window
from bot.window import shut
from storage.message import NewMessage, OutboxRow
from storage.model import Address
from storage.reach import Spent
from tests.fakes.bench import WHO, Bench, bench, configured
from tests.fakes.wechat_platform import WechatPlatform

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(5)
TO = Address("resident", "wechat.main", WHO)


def row(kind: str = "push", created_at: datetime = NOW) -> OutboxRow:
    return OutboxRow(1, "main", TO, kind, "k", "x", (), None, created_at, NOW, None, 1, 1, "sending", "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "told", "kind", "age", "code"),
    [
        (HOUR, 0, "push", HOUR, None),
        (HOUR, 4, "push", HOUR, None),
        (HOUR, 5, "push", HOUR, "quota_used"),
        (49 * HOUR, 0, "push", HOUR, "window_closed"),
        (None, 0, "push", HOUR, "window_closed"),
        (None, 0, "reply", HOUR / 120, None),  # an answer to a subscription
        (HOUR, 5, "reply", HOUR / 120, None),  # an answer to a menu tap
        (HOUR / 120, 5, "reply", HOUR / 120, "quota_used"),
        (None, 0, "reply", HOUR, "window_closed"),
    ],
)
def test_what_the_platform_must_refuse(
    said: timedelta | None, told: int, kind: str, age: timedelta, code: str | None
) -> None:
    spent = Spent(None if said is None else NOW - said, (("x", 0),) * told)
    expected = None if code is None else Receipt("window", code=code)
    assert shut(row(kind, NOW - age), WINDOW, spent, NOW) == expected


def test_long_texts_and_pictures_count_as_what_they_are_sent_as() -> None:
    spent = Spent(NOW - HOUR, (("水" * 1_500, 0), ("x", 1)))  # three texts, a text and a picture
    assert shut(row(), WINDOW, spent, NOW) == Receipt("window", code="quota_used")


class TestSending:
    @pytest.fixture
    async def platform(self) -> AsyncIterator[WechatPlatform]:
        found = WechatPlatform("wx1", "the-secret-of-wx1-0123456789abcdef")
        self.server = TestServer(found.app())
        await self.server.start_server()
        yield found
        await self.server.close()

    @pytest.fixture
    async def product(self, platform: WechatPlatform, tmp_path: Path) -> AsyncIterator[Bench]:
        assert platform
        more = {"GUANJIA__RULES__RECEPTION__GATHER_S": "0"}
        made = bench(configured(tmp_path, str(self.server.make_url("/")).rstrip("/"), more), NOW)
        yield made
        await made.close()

    async def _push(self, product: Bench, body: str, *, priority: int = 1) -> None:
        message = NewMessage(TO, body, kind="push", priority=priority)
        await product.parts.store.run(lambda uow: uow.outbox.add([message], product.clock.now()))
        await product.settle()

    async def test_the_sixth_message_is_a_task_and_not_a_call(self, product: Bench, platform: WechatPlatform) -> None:
        await product.hear("您好")
        await product.settle()
        for number in range(7):
            await self._push(product, f"第{number}条")
        assert len(platform.sent) == 5
        tasks = await product.parts.store.run(lambda uow: uow.tasks.open("front_desk"))
        assert len([task for task in tasks if task.kind == "undelivered"]) == 3  # with the greeting there were eight

    async def test_a_new_word_opens_it_again(self, product: Bench, platform: WechatPlatform) -> None:
        await product.hear("您好")
        await product.settle()
        product.clock.move(NOW + 50 * HOUR)
        await self._push(product, "太晚了")
        before = len(platform.sent)
        await product.hear("在吗")
        await product.settle()
        await self._push(product, "到了")
        assert platform.texts[-1] == "到了"
        assert "太晚了" not in platform.texts
        assert len(platform.sent) == before + 2

    async def test_danger_is_told_whatever_was_counted(self, product: Bench, platform: WechatPlatform) -> None:
        await self._push(product, "请立即离开", priority=3)
        assert platform.texts == ["请立即离开"]

    async def test_whoever_cannot_be_reached_is_left_alone(self, product: Bench, platform: WechatPlatform) -> None:
        await product.hear("您好")
        await product.settle()
        platform.sending.codes(43004)
        await self._push(product, "到了")
        assert await product.parts.store.run(lambda uow: uow.reach.is_gone(TO))
