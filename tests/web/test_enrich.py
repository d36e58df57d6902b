"""Pictures by media id on the whole way: fetched before the turn, once, and never in its way (design.md 11)."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from bot.pictures import is_stored
from storage.errors import Conflict
from tests.fakes.behaviour import Behaviour
from tests.fakes.bench import Bench, Understanding, bench, configured
from tests.fakes.wechat_platform import WechatPlatform

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SECRET = "the-secret-of-wx1-0123456789abcdef"

Serve = Callable[[web.Application], Awaitable[TestServer]]


def jpeg(side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "blue").save(out, "JPEG")
    return out.getvalue()


def image(id_: str) -> tuple[dict[str, str], ...]:
    return ({"kind": "image", "id": id_},)


@pytest.fixture
async def platform() -> AsyncIterator[WechatPlatform]:
    made = WechatPlatform("wx1", SECRET)
    yield made
    made.fetching.released.set()


@pytest.fixture
async def one(platform: WechatPlatform, aiohttp_server: Serve, tmp_path: Path) -> AsyncIterator[Bench]:
    server = await aiohttp_server(platform.app())
    made = bench(configured(tmp_path, str(server.make_url(""))), NOW)
    yield made
    platform.fetching.released.set()
    await made.close()


async def test_a_picture_is_stored_and_named_in_the_row(one: Bench, platform: WechatPlatform, tmp_path: Path) -> None:
    platform.media["m1"] = jpeg()
    id_ = await one.hear(media=image("m1"))
    await one.settle(5)
    (item,) = (await one.row(id_)).inbound.media
    assert is_stored(item["id"])
    assert (tmp_path / "media" / item["id"]).read_bytes() == jpeg()
    stored = await one.parts.store.run(lambda uow: uow.media.get(item["id"]))
    assert stored is not None
    assert (stored.mime, stored.size, stored.lane) == ("image/jpeg", len(jpeg()), (await one.row(id_)).lane)
    assert "common.photo_what" in await one.keys()


async def test_a_retried_turn_fetches_nothing_again(
    one: Bench, platform: WechatPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.media["m1"] = jpeg()
    failures = iter([Conflict(), Conflict()])
    commit = one.parts.pipeline._commit

    def failing(*args: object) -> object:
        for failure in failures:
            raise failure
        return commit(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(one.parts.pipeline, "_commit", failing)
    id_ = await one.hear(media=image("m1"))
    await one.settle(10)
    assert platform.fetched == ["m1"]
    assert (await one.row(id_)).status == "done"


async def test_words_beside_a_picture_that_is_gone_are_heard(one: Bench) -> None:
    await one.hear("您好")
    await one.hear(media=image("expired"))
    await one.settle(5)
    assert await one.keys() == ["greeting.hello", "common.media_lost"]


async def test_a_platform_that_is_away_is_asked_again_until_it_is_back(one: Bench, platform: WechatPlatform) -> None:
    platform.media["m1"] = jpeg()
    platform.fetching.then(Behaviour("status", 502), Behaviour("reset"))
    id_ = await one.hear(media=image("m1"))
    await one.settle(10)
    assert platform.fetched == ["m1"] * 3
    assert is_stored((await one.row(id_)).inbound.media[0]["id"])
    assert "common.media_lost" not in await one.keys()


async def test_after_its_attempts_a_row_goes_on_without_the_picture(one: Bench, platform: WechatPlatform) -> None:
    platform.fetching.then(*[Behaviour("status", 502)] * 9)
    id_ = await one.hear(media=image("m1"))
    await one.settle(60)
    assert await one.keys() == ["common.media_lost"]
    row = await one.row(id_)
    assert (row.status, row.inbound.media) == ("done", ())
    assert len(platform.fetched) == 4


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (jpeg() + bytes(11 * 1024 * 1024), "common.too_large"),
        (b"MZ\x90\x00 not a picture", "common.unsupported"),
        (bytes(21 * 1024 * 1024), "common.too_large"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_answered_at_once(
    one: Bench, platform: WechatPlatform, content: bytes, key: str
) -> None:
    platform.media["m1"] = content
    await one.hear(media=image("m1"))
    await one.settle(1)
    assert await one.keys() == [key]
    assert platform.fetched == ["m1"]


async def test_a_voice_without_words_is_asked_for_words(one: Bench, platform: WechatPlatform) -> None:
    platform.media["v1"] = b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100
    id_ = await one.hear(media=({"kind": "voice", "id": "v1", "format": "amr"},))
    await one.settle(1)
    assert await one.keys() == ["common.voice_unclear"]
    assert (await one.row(id_)).inbound.media[0]["id"].endswith(".amr")


async def test_a_voice_that_is_lost_is_asked_for_words_too(one: Bench) -> None:
    await one.hear(media=({"kind": "voice", "id": "expired"},))
    await one.settle(1)
    assert (await one.keys())[0] == "common.voice_unclear"


async def test_a_recognised_voice_is_words_and_is_not_fetched(one: Bench, platform: WechatPlatform) -> None:
    await one.hear("你好", media=({"kind": "voice", "id": "v1"},))
    await one.settle(1)
    assert platform.fetched == []
    assert "common.voice_unclear" not in await one.keys()


async def test_a_picture_in_web_chat_is_not_looked_for_elsewhere(one: Bench, platform: WechatPlatform) -> None:
    await one.hear(media=image("x" * 24 + ".jpg"), kind="webchat.main")
    await one.settle(5)
    assert platform.fetched == []


@pytest.fixture
async def burning(platform: WechatPlatform, aiohttp_server: Serve, tmp_path: Path) -> AsyncIterator[Bench]:
    """A product that understands a fire, and a platform whose next picture hangs."""
    server = await aiohttp_server(platform.app())
    made = bench(configured(tmp_path, str(server.make_url(""))), NOW, Understanding("emergency", "fire"))
    platform.media["m1"] = jpeg()
    platform.fetching.then(Behaviour("stall"))
    yield made
    platform.fetching.released.set()
    await made.close()


async def calls_for_help(one: Bench) -> bool:
    return any(key.startswith("emergency.") for key in await one.keys())


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await reached():  # noqa: ASYNC110 - what is awaited is the state of the code under test
            await asyncio.sleep(0.01)


async def test_danger_does_not_wait_for_a_picture(burning: Bench, platform: WechatPlatform) -> None:
    picture = await burning.hear(media=image("m1"))
    await burning.hear("着火了，快来人")
    settling = asyncio.ensure_future(burning.settle())
    await until(lambda: calls_for_help(burning))
    assert not settling.done()
    platform.fetching.released.set()
    await settling
    row = await burning.row(picture)
    assert row.status == "done"
    assert row.attempts == 1


async def test_danger_breaks_off_the_picture_that_its_lane_waits_for(
    burning: Bench, platform: WechatPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.enrich.LOOK_S", 0.01)
    picture = await burning.hear(media=image("m1"))
    settling = asyncio.ensure_future(burning.settle())

    async def asked() -> bool:
        return bool(platform.fetched)

    await until(asked)
    await burning.hear("着火了，快来人")
    await until(lambda: calls_for_help(burning))
    await settling
    assert is_stored((await burning.row(picture)).inbound.media[0]["id"])
    assert platform.fetched == ["m1", "m1"]


async def test_a_picture_of_somebody_in_danger_is_not_waited_for_long(
    burning: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.enrich.URGENT_S", 0.05)
    await burning.hear("着火了，快来人", media=image("m1"))
    async with asyncio.timeout(10):
        await burning.settle()
    assert await calls_for_help(burning)
