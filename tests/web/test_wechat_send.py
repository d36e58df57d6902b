"""Customer-service messages and the access token against a platform on loopback (INV-11, INV-12, INV-14)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.base import Receipt
from bot.channels.http import Guard, Http
from bot.channels.wechat.account import WechatAccount
from bot.channels.wechat.channel import WechatChannel
from bot.clock import VirtualClock
from bot.secrets import Secret
from bot.shared import MemoryShared
from storage.message import OutboxRow
from storage.model import Address
from tests.fakes.behaviour import Behaviour
from tests.fakes.wechat_platform import WechatPlatform

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WHO = "oWho0000000000000000000000001"

Serve = Callable[[web.Application], Awaitable[TestServer]]


def row(body: str, *, id_: int = 1, buttons: tuple[tuple[str, str], ...] = ()) -> OutboxRow:
    to = Address("resident", "wechat.main", WHO)
    return OutboxRow(id_, "main", to, "push", "k", body, buttons, None, NOW, NOW, None, 2, 1, "sending", "")


@dataclass
class Bench:
    platform: WechatPlatform
    channel: WechatChannel
    clock: VirtualClock
    account: WechatAccount
    http: Http
    shared: MemoryShared

    def replica(self, account: WechatAccount | None = None) -> WechatChannel:
        """Another process that shares the token."""
        return WechatChannel("wechat.main", account or self.account, self.http, self.shared, self.clock)


@pytest.fixture
async def bench(aiohttp_server: Serve) -> AsyncIterator[Bench]:
    platform = WechatPlatform("wx1", "the-secret")
    server = await aiohttp_server(platform.app())
    account = WechatAccount("wx1", "gh_1", Secret("token"), Secret("the-secret"), api_base=str(server.make_url("")))
    clock, shared = VirtualClock(NOW), MemoryShared()
    http = Http(Guard(lambda *_: True, inside=True), total_s=0.5)
    yield Bench(platform, WechatChannel("wechat.main", account, http, shared, clock), clock, account, http, shared)
    platform.sending.released.set()
    platform.granting.released.set()
    await http.close()


class TestSending:
    async def test_a_text(self, bench: Bench) -> None:
        assert await bench.channel.send(row("灯已修好。")) == Receipt("sent", message_id="1001")
        assert bench.platform.sent == [{"touser": WHO, "msgtype": "text", "text": {"content": "灯已修好。"}}]
        assert "灯已修好。".encode() in bench.platform.bodies[0]

    async def test_buttons_are_a_menu(self, bench: Bench) -> None:
        await bench.channel.send(row("在室内吗？", buttons=(("place:in", "室内"), ("place:out", "公共区域"))))
        menu = bench.platform.sent[0]["msgmenu"]
        assert menu["head_content"] == "在室内吗？"
        assert menu["list"] == [{"id": "place:in", "content": "室内"}, {"id": "place:out", "content": "公共区域"}]

    async def test_a_long_text_in_parts(self, bench: Bench) -> None:
        body = "物业通知。" * 250
        assert (await bench.channel.send(row(body))).outcome == "sent"
        assert len(bench.platform.texts) == 2
        assert "".join(bench.platform.texts) == body

    async def test_three_parts_at_most_then_a_link(self, bench: Bench) -> None:
        channel = WechatChannel(
            "wechat.main",
            bench.account,
            bench.http,
            bench.shared,
            bench.clock,
            more=lambda _: "https://wy.example.com/m",
        )
        assert (await channel.send(row("通知" * 3_000))).outcome == "sent"
        assert len(bench.platform.texts) == 3
        assert bench.platform.texts[-1].endswith("…\nhttps://wy.example.com/m")

    async def test_a_second_try_goes_on_with_the_missing_part(self, bench: Bench) -> None:
        body = "物业通知。" * 250
        await bench.channel.send(row("warm"))
        bench.platform.sending.then(Behaviour("body", text='{"errcode":0}'), Behaviour("status", 502))
        assert (await bench.channel.send(row(body, id_=2))).outcome == "unknown"
        assert (await bench.channel.send(row(body, id_=2))).outcome == "sent"
        assert len(bench.platform.texts) == 2
        assert body.endswith(bench.platform.texts[1])

    async def test_too_long_for_the_platform_is_cut_smaller_once(self, bench: Bench) -> None:
        bench.platform.sending.codes(45002)
        assert (await bench.channel.send(row("物业通知。" * 100))).outcome == "sent"
        assert "".join(bench.platform.texts) == "物业通知。" * 100
        bench.platform.sending.codes(45002, 45002)
        assert await bench.channel.send(row("物业通知。" * 100, id_=2)) == Receipt("content", code="45002")

    async def test_nothing_to_say(self, bench: Bench) -> None:
        assert (await bench.channel.send(row(" \x00 "))).outcome == "content"
        assert bench.platform.attempts == 0


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "outcome", "pause_s"),
        [
            (-1, "retry", 0),
            (123456, "retry", 0),
            (45009, "pace", 3600),
            (45011, "pace", 60),
            (45015, "window", 0),
            (45047, "window", 0),
            (40003, "recipient", 0),
            (43004, "recipient", 0),
            (40007, "content", 0),
            (47001, "content", 0),
            (87014, "content", 0),
            (48001, "config", 300),
            (40164, "config", 300),
        ],
    )
    async def test_each_code_has_its_class(self, bench: Bench, code: int, outcome: str, pause_s: float) -> None:
        """45009 is the quota of the platform's day, which ends an hour after 23:00 in Shanghai."""
        bench.platform.sending.codes(code)
        receipt = await bench.channel.send(row("x"))
        assert (receipt.outcome, receipt.code, receipt.pause_s) == (outcome, str(code), pause_s)
        assert bench.platform.attempts == 1

    async def test_a_repeat_that_the_platform_knows_counts_as_sent(self, bench: Bench) -> None:
        bench.platform.sending.codes(45065)
        assert (await bench.channel.send(row("x"))).outcome == "sent"

    @pytest.mark.parametrize(
        "behaviour",
        [
            Behaviour("status", 502),
            Behaviour("status", 200),
            Behaviour("body", text="<html>ok</html>"),
            Behaviour("body", text='{"errcode":'),
            Behaviour("body", text="[]"),
            Behaviour("body", text="{}"),
            Behaviour("body", text='{"errcode":"0"}'),
            Behaviour("body", text='{"errcode":false}'),
            Behaviour("reset"),
            Behaviour("stall"),
        ],
    )
    async def test_without_a_readable_answer_nobody_knows(self, bench: Bench, behaviour: Behaviour) -> None:
        bench.platform.sending.then(behaviour)
        assert (await bench.channel.send(row("x"))).outcome == "unknown"
        assert bench.platform.attempts == 1

    async def test_a_closed_port_has_sent_nothing(self, bench: Bench, unused_tcp_port: int) -> None:
        closed = replace(bench.account, api_base=f"http://127.0.0.1:{unused_tcp_port}")
        assert (await bench.replica(closed).send(row("x"))).outcome == "retry"

    async def test_a_forbidden_host_is_never_called(self, bench: Bench) -> None:
        http = Http(Guard(lambda host, _: host == "api.weixin.qq.com"))
        channel = WechatChannel("wechat.main", bench.account, http, bench.shared, bench.clock)
        assert await channel.send(row("x")) == Receipt("config", code="egress", pause_s=300)


class TestToken:
    async def test_is_fetched_once_for_many(self, bench: Bench) -> None:
        channels = [bench.replica() for _ in range(4)]
        sends = [channel.send(row("x", id_=n * 10 + m)) for n, channel in enumerate(channels) for m in range(10)]
        assert {receipt.outcome for receipt in await asyncio.gather(*sends)} == {"sent"}
        assert bench.platform.fetches == [False]

    async def test_a_storm_of_expired_tokens_makes_one_fetch(self, bench: Bench) -> None:
        channels = [bench.replica() for _ in range(4)]
        await channels[0].send(row("x"))
        bench.platform.expire()
        bench.platform.fetches.clear()
        sends = [channel.send(row("y", id_=n * 10 + m)) for n, channel in enumerate(channels) for m in range(10)]
        assert {receipt.outcome for receipt in await asyncio.gather(*sends)} == {"sent"}
        assert bench.platform.fetches == [False]

    async def test_ends_five_minutes_before_the_platform_does(self, bench: Bench) -> None:
        await bench.channel.send(row("x"))
        bench.clock.move(NOW + timedelta(seconds=6_899))
        await bench.channel.send(row("x"))
        assert len(bench.platform.fetches) == 1
        bench.clock.move(NOW + timedelta(seconds=6_901))
        await bench.channel.send(row("x"))
        assert len(bench.platform.fetches) == 2

    async def test_a_short_rest_of_life_is_still_used(self, bench: Bench) -> None:
        bench.platform.life_s = 300
        for _ in range(5):
            await bench.channel.send(row("x"))
        assert len(bench.platform.fetches) == 1

    async def test_a_token_refused_though_handed_out_is_forced_once(self, bench: Bench) -> None:
        await bench.channel.send(row("x"))
        bench.platform.revoke()
        assert (await bench.channel.send(row("y"))).outcome == "sent"
        assert bench.platform.fetches == [False, False, True]

    async def test_is_not_refreshed_in_a_loop(self, bench: Bench) -> None:
        bench.platform.sending.codes(*[40001] * 20)
        receipt = await bench.channel.send(row("x"))
        assert receipt.outcome == "token"
        assert bench.platform.attempts == 2
        assert len(bench.platform.fetches) <= 3

    async def test_is_forced_at_most_every_thirty_seconds(self, bench: Bench) -> None:
        bench.platform.sending.codes(*[40001] * 20)
        for _ in range(3):
            assert (await bench.channel.send(row("x"))).outcome == "token"
        assert bench.platform.fetches.count(True) == 1
        bench.clock.move(NOW + timedelta(seconds=31))
        await bench.channel.send(row("x"))
        assert bench.platform.fetches.count(True) == 2

    async def test_a_bad_secret_is_a_mistake_of_configuration(self, bench: Bench) -> None:
        wrong = bench.replica(replace(bench.account, secret=Secret("not-the-secret")))
        assert await wrong.send(row("x")) == Receipt("config", code="40001", pause_s=300)
        assert bench.platform.attempts == 0

    async def test_an_address_that_is_not_listed_is_a_mistake_of_configuration(self, bench: Bench) -> None:
        bench.platform.granting.codes(40164)
        assert (await bench.channel.send(row("x"))).outcome == "config"

    @pytest.mark.parametrize("behaviour", [Behaviour("stall"), Behaviour("status", 500), Behaviour("body", text="{}")])
    async def test_a_token_call_without_answer_is_tried_again(self, bench: Bench, behaviour: Behaviour) -> None:
        bench.platform.granting.then(behaviour)
        assert (await bench.channel.send(row("x"))).outcome == "retry"
        assert (await bench.channel.send(row("x"))).outcome == "sent"

    async def test_the_classic_call_works_too(self, bench: Bench) -> None:
        classic = bench.replica(replace(bench.account, classic_token=True))
        assert (await classic.send(row("x"))).outcome == "sent"
        assert bench.platform.fetches == [True]
