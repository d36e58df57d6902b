"""The daily deletion as a recurring job, with files and counts (reliability.md 6)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.rules.retention import RetentionRules
from storage.media import MediaFile
from tests.fakes.bench import Bench, bench, configured

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
DAY = timedelta(days=1)
FILE = f"{'a' * 24}.jpg"


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Bench]:
    more = {"GUANJIA__RULES__RECEPTION__GATHER_S": "0", "GUANJIA__RULES__RETENTION__MESSAGES_DAYS": "40"}
    made = bench(configured(tmp_path, "http://127.0.0.1:9", more), NOW)
    await made.parts.begin()
    yield made
    await made.close()


async def test_old_words_go_at_the_daily_hour_and_the_counts_are_kept(product: Bench) -> None:
    store, estate = product.parts.store, product.parts.setting.estate.id
    id_ = await product.hear("您好", kind="webchat.main")
    await product.settle(3)
    first = await store.run(lambda uow: uow.timers.get("retention", estate))
    assert first is not None
    assert first.due_at == datetime(2026, 11, 24, 19, 40, tzinfo=UTC)  # 03:40 in the estate's zone
    product.clock.move(NOW + 39 * DAY)
    await product.settle(60)
    assert (await product.row(id_)).inbound.text == "您好"
    product.clock.move(NOW + 42 * DAY)
    await product.settle(60)
    assert await store.run(lambda uow: uow.inbox.get(id_)) is None
    recorded = await store.run(lambda uow: uow.records.of("retention", estate))
    assert sum(line.get("messages", 0) for line in recorded) >= 1
    again = await store.run(lambda uow: uow.timers.get("retention", estate))
    assert again is not None
    assert again.due_at > product.clock.now()


async def test_files_of_no_open_ticket_are_deleted_with_their_lines(product: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / FILE).write_bytes(b"x")
    file = MediaFile(FILE, "image", "image/jpeg", 1, "0", None, None, NOW)
    await product.parts.store.run(lambda uow: uow.media.add(file))
    product.clock.move(NOW + 179 * DAY)
    await product.settle(60)
    assert (folder / FILE).exists()
    product.clock.move(NOW + 182 * DAY)
    await product.settle(60)
    assert not (folder / FILE).exists()
    assert await product.parts.store.run(lambda uow: uow.media.get(FILE)) is None


async def test_more_than_a_bite_is_deleted_bite_by_bite(product: Bench) -> None:
    store = product.parts.store
    files = [MediaFile(f"{number:024d}.jpg", "image", "image/jpeg", 1, "0", None, None, NOW) for number in range(450)]
    await store.run(lambda uow: [uow.media.add(file) for file in files])
    product.clock.move(NOW + 182 * DAY)
    await product.settle(60)
    assert await store.run(lambda uow: uow.media.bytes()) == 0
    lines = await store.run(lambda uow: uow.records.of("retention", product.parts.setting.estate.id))
    assert [line["media"] for line in lines if "media" in line] == [450]


def test_periods_that_would_break_a_promise_are_refused() -> None:
    with pytest.raises(ValueError, match="31"):
        RetentionRules(messages_days=30)
    with pytest.raises(ValueError, match="183"):
        RetentionRules(records_days=30)
