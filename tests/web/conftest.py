"""The running product for the tests of its pages."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nlp import understand
from tests.fakes.front import Front, opened, settle

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
