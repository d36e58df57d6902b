"""The running product for the tests of its pages, and a callback desk for those of its channels."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient

from bot.channels.wechat.account import WechatAccount
from bot.channels.wechat.callback import WechatCallback
from nlp import understand
from tests.fakes.callback_desk import NOW, CallbackDesk, Opens, account
from tests.fakes.front import Front, opened, settle
from tests.fakes.wechat_push import Pusher

#: A Tuesday morning, in desk hours.
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def reader() -> understand.Understander:
    """The real understanding, loaded once."""
    return understand.load()


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that each test gets a copy of."""
    folder = tmp_path_factory.mktemp("settled") / "var"
    settle(folder, MORNING)
    return folder


@pytest.fixture
async def front(settled: Path, tmp_path: Path, reader: understand.Understander) -> AsyncIterator[Front]:
    """The product on a small estate."""
    async with opened(settled, tmp_path, MORNING, reader) as running:
        yield running


@pytest.fixture(name="opened")
async def callback_opened(aiohttp_client: Callable[..., Awaitable[TestClient]]) -> AsyncIterator[Opens]:
    """Opens callback desks for Official Accounts; they are closed after the test."""
    desks: list[CallbackDesk] = []

    async def open_desk(given: WechatAccount | None = None, **options: object) -> tuple[CallbackDesk, Pusher]:
        door = WechatCallback("wechat.main", given or account())
        desk = CallbackDesk(datetime.fromtimestamp(NOW, UTC), [door], **options)
        desks.append(desk)
        return desk, Pusher(await aiohttp_client(desk.app()), NOW)

    yield open_desk
    for desk in desks:
        desk.close()
