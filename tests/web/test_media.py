"""Files at a platform: fetched by id, uploaded, shown with messages (protocol.md 10.4, 12; INV-22)."""

import base64
import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from bot.channels.base import Receipt
from bot.channels.corp import corp_api
from bot.channels.http import Guard, Http
from bot.channels.media import Lost, MediaStore
from bot.channels.robot import RobotAccount, RobotChannel
from bot.channels.wechat.account import WechatAccount
from bot.channels.wechat.channel import WechatChannel
from bot.channels.wecom import WecomAccount
from bot.clock import VirtualClock
from bot.pictures import Gallery
from bot.secrets import Secret
from bot.shared import MemoryShared
from storage.message import OutboxRow
from storage.model import Address
from tests.fakes.behaviour import Behaviour
from tests.fakes.wechat_platform import WechatPlatform

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WHO = "oWho0000000000000000000000001"

Serve = Callable[[web.Application], Awaitable[TestServer]]


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "JPEG")
    return out.getvalue()


def row(*names: str, body: str = "修好了。", id_: int = 1, to: str = "resident") -> OutboxRow:
    media = [{"kind": "image", "id": name} for name in names]
    address = Address(to, "wechat.main", WHO)  # type: ignore[arg-type]  # a test's own kind
    return OutboxRow(
        id_, "main", address, "push", "k", body, (), None, NOW, NOW, None, 2, 1, "sending", "", data={"media": media}
    )


class Bench:
    def __init__(self, platform: WechatPlatform, base: str, folder: Path) -> None:
        self.platform = platform
        self.base = base
        self.http = Http(Guard(lambda *_: True, inside=True), total_s=0.5)
        self.gallery = Gallery(folder)
        self.clock, self.shared = VirtualClock(NOW), MemoryShared()
        account = WechatAccount("wx1", "gh_1", Secret("token"), Secret("the-secret"), api_base=base)
        self.channel = WechatChannel("wechat.main", account, self.http, self.shared, self.clock, gallery=self.gallery)

    @property
    def media(self) -> MediaStore:
        return self.channel.media


@pytest.fixture
async def bench(aiohttp_server: Serve, tmp_path: Path) -> AsyncIterator[Bench]:
    platform = WechatPlatform("wx1", "the-secret")
    server = await aiohttp_server(platform.app())
    made = Bench(platform, str(server.make_url("")), tmp_path / "media")
    yield made
    platform.fetching.released.set()
    await made.http.close()


class TestFetching:
    async def test_the_bytes_of_a_file(self, bench: Bench) -> None:
        bench.platform.media["m1"] = jpeg()
        assert await bench.media.fetch("m1") == jpeg()

    async def test_a_refused_token_is_renewed_once(self, bench: Bench) -> None:
        bench.platform.media["m1"] = jpeg()
        await bench.media.fetch("m1")
        bench.platform.expire()
        assert await bench.media.fetch("m1") == jpeg()
        assert bench.platform.fetched == ["m1", "m1", "m1"]

    async def test_an_expired_file_is_gone(self, bench: Bench) -> None:
        assert await bench.media.fetch("m9") == Lost("gone")

    async def test_a_file_larger_than_any_is_not_read(self, bench: Bench) -> None:
        bench.platform.media["m1"] = bytes(21 * 1024 * 1024)
        assert await bench.media.fetch("m1") == Lost("too_large")

    async def test_an_address_instead_of_the_file_is_not_followed(self, bench: Bench) -> None:
        asked: list[str] = []

        async def canary(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(body=jpeg())

        bench.platform.fetching.then(Behaviour("body", text=f'{{"video_url": "{bench.base}canary"}}'))
        assert await bench.media.fetch("m1") == Lost("unsupported")
        assert asked == []
        assert bench.platform.fetched == ["m1"]

    @pytest.mark.parametrize(
        "trouble", [Behaviour("status", 502), Behaviour("code", -1), Behaviour("reset"), Behaviour("code", 45009)]
    )
    async def test_trouble_means_later(self, bench: Bench, trouble: Behaviour) -> None:
        bench.platform.fetching.then(trouble, trouble)  # the client repeats a GET whose connection was cut once
        assert isinstance(await bench.media.fetch("m1"), Receipt)

    async def test_a_media_id_is_a_parameter_and_never_a_path(self, bench: Bench) -> None:
        assert await bench.media.fetch("../../x?access_token=y&a=b") == Lost("gone")
        assert bench.platform.fetched == ["../../x?access_token=y&a=b"]


class TestWeChat:
    async def test_a_photo_follows_its_words(self, bench: Bench) -> None:
        name = (await bench.gallery.keep(jpeg())).name
        assert (await bench.channel.send(row(name))).outcome == "sent"
        assert bench.platform.uploads == [jpeg()]
        assert [each["msgtype"] for each in bench.platform.sent] == ["text", "image"]
        assert bench.platform.sent[1] == {"touser": WHO, "msgtype": "image", "image": {"media_id": "up-1"}}

    async def test_three_photos_at_most(self, bench: Bench) -> None:
        names = [(await bench.gallery.keep(jpeg())).name for _ in range(5)]
        await bench.channel.send(row(*names))
        assert [each["msgtype"] for each in bench.platform.sent] == ["text", "image", "image", "image"]

    @pytest.mark.parametrize("name", ["leak.jpg", "x" * 24 + ".jpg", "../../secret.jpg"])
    async def test_a_photo_that_is_not_there_is_passed_over(self, bench: Bench, name: str) -> None:
        assert (await bench.channel.send(row(name))).outcome == "sent"
        assert len(bench.platform.sent) == 1

    async def test_a_second_try_goes_on_with_the_photo(self, bench: Bench) -> None:
        name = (await bench.gallery.keep(jpeg())).name
        bench.platform.uploading.then(Behaviour("status", 502))
        assert (await bench.channel.send(row(name))).outcome == "unknown"
        assert (await bench.channel.send(row(name))).outcome == "sent"
        assert [each["msgtype"] for each in bench.platform.sent] == ["text", "image"]


class TestRobots:
    @pytest.fixture
    async def heard(self, bench: Bench, aiohttp_server: Serve) -> tuple[str, list[dict[str, object]]]:
        heard: list[dict[str, object]] = []

        async def hear(request: web.Request) -> web.Response:
            heard.append(await request.json())
            return web.json_response({"errcode": 0})

        app = web.Application()
        app.router.add_post("/hook", hear)
        server = await aiohttp_server(app)
        return str(server.make_url("/hook")), heard

    async def test_a_wecom_robot_shows_the_photo(
        self, bench: Bench, heard: tuple[str, list[dict[str, object]]]
    ) -> None:
        url, calls = heard
        name = (await bench.gallery.keep(jpeg())).name
        account = RobotAccount("wecom", Secret(url))
        robot = RobotChannel("robot.repair", account, bench.http, bench.shared, bench.clock, gallery=bench.gallery)
        assert (await robot.send(row(name, to="group"))).outcome == "sent"
        digest = hashlib.md5(jpeg()).hexdigest()
        assert calls[1] == {
            "msgtype": "image",
            "image": {"base64": base64.b64encode(jpeg()).decode(), "md5": digest},
        }

    async def test_another_robot_says_where_the_photo_is(
        self, bench: Bench, heard: tuple[str, list[dict[str, object]]]
    ) -> None:
        url, calls = heard
        name = (await bench.gallery.keep(jpeg())).name
        account = RobotAccount("dingtalk", Secret(url))
        robot = RobotChannel(
            "robot.repair",
            account,
            bench.http,
            bench.shared,
            bench.clock,
            more=lambda _: "https://wy.example.com/console",
            gallery=bench.gallery,
        )
        await robot.send(row(name, to="group"))
        assert [call["text"] for call in calls] == [{"content": "修好了。\nhttps://wy.example.com/console"}]


async def test_the_same_calls_work_for_a_wecom_app(bench: Bench, aiohttp_server: Serve) -> None:
    fetched: list[str] = []

    async def token(request: web.Request) -> web.Response:
        assert (request.query["corpid"], request.query["corpsecret"]) == ("ww1", "corp-secret")
        return web.json_response({"errcode": 0, "access_token": "T", "expires_in": 7200})

    async def media(request: web.Request) -> web.Response:
        assert request.query["access_token"] == "T"
        fetched.append(request.query["media_id"])
        return web.Response(body=jpeg(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/cgi-bin/gettoken", token)
    app.router.add_get("/cgi-bin/media/get", media)
    base = str((await aiohttp_server(app)).make_url(""))
    account = WecomAccount("ww1", Secret("t"), Secret("k"), Secret("corp-secret"), agent_id=2, api_base=base)
    store = MediaStore(corp_api(account, bench.http, bench.shared, bench.clock))
    assert [await store.fetch("a"), await store.fetch("b")] == [jpeg(), jpeg()]
    assert fetched == ["a", "b"]
