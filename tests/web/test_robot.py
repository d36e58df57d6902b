"""Group robots against a server on loopback (protocol.md 12, INV-13, INV-24)."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.http import Guard, Http
from bot.channels.robot import Kind, RobotAccount, RobotChannel, dingtalk_sign, feishu_sign
from bot.clock import VirtualClock
from bot.secrets import Secret
from bot.shared import MemoryShared
from storage.message import OutboxRow
from storage.model import Address
from tests.fakes.behaviour import Behaviour
from tests.fakes.robot_server import RobotServer

NOW = datetime.fromtimestamp(1_599_360_473, UTC)
PATHS = {"wecom": "/cgi-bin/webhook/send?key=K-1-secret", "dingtalk": "/robot/send?access_token=T-1-secret",
         "feishu": "/open-apis/bot/v2/hook/H-1-secret"}  # fmt: skip


def row(body: str, **data: Any) -> OutboxRow:
    to = Address("group", "robot.repair", "repair")
    return OutboxRow(1, "main", to, "alert", "k", body, (), None, NOW, NOW, None, 2, 1, "sending", "", data=data)


@dataclass
class Bench:
    server: RobotServer
    clock: VirtualClock
    make: Callable[..., RobotChannel]


@pytest.fixture
async def bench(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> AsyncIterator[Bench]:
    fake, clock, shared = RobotServer(), VirtualClock(NOW), MemoryShared()
    server = await aiohttp_server(fake.app())
    http = Http(Guard(lambda *_: True, inside=True), total_s=0.5)

    def make(kind: Kind, secret: str | None = None) -> RobotChannel:
        url = Secret(str(server.make_url("")).rstrip("/") + PATHS[kind])
        account = RobotAccount(kind, url, Secret(secret) if secret else None)
        return RobotChannel("robot.repair", account, http, shared, clock)

    yield Bench(fake, clock, make)
    fake.script.released.set()
    await http.close()


async def test_wecom_text(bench: Bench) -> None:
    assert (await bench.make("wecom").send(row("3栋2单元 灯坏"))).outcome == "sent"
    assert bench.server.said == [{"msgtype": "text", "text": {"content": "3栋2单元 灯坏"}}]
    assert bench.server.queries == [{"key": "K-1-secret"}]


async def test_wecom_mentions_only_whom_we_mean(bench: Bench) -> None:
    await bench.make("wecom").send(row("<@all> @所有人 [看](http://x)", mention=["zhangsan"]))
    text = bench.server.said[0]["text"]
    assert text["mentioned_list"] == ["zhangsan"]
    assert not set(text["content"]) & set("<>[]@")


async def test_wecom_markdown_is_longer_and_mentions_inline(bench: Bench) -> None:
    await bench.make("wecom").send(row("单" * 1_300, markdown=True, mention=["zhangsan"]))
    assert len(bench.server.said) == 1
    assert bench.server.said[0]["markdown"]["content"].endswith("单<@zhangsan>")


async def test_a_long_text_comes_in_parts(bench: Bench) -> None:
    await bench.make("wecom").send(row("单。" * 600))
    assert [len(each["text"]["content"].encode()) <= 2_048 for each in bench.server.said] == [True, True]


async def test_dingtalk_signs_with_milliseconds(bench: Bench) -> None:
    await bench.make("dingtalk", "SECtest0123456789").send(row("灯坏", mention=["u1"]))
    query = bench.server.queries[0]
    assert query["timestamp"] == "1599360473000"
    assert query["sign"] == dingtalk_sign("SECtest0123456789", 1_599_360_473_000)
    assert bench.server.said[0]["at"] == {"atUserIds": ["u1"], "isAtAll": False}


async def test_feishu_signs_in_the_body_with_seconds(bench: Bench) -> None:
    await bench.make("feishu", "testsecret").send(row("灯坏"))
    said = bench.server.said[0]
    assert (said["timestamp"], said["sign"]) == ("1599360473", feishu_sign("testsecret", 1_599_360_473))
    assert said["content"] == {"text": "灯坏"}


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
async def test_without_secret_nothing_is_signed(bench: Bench, kind: Kind) -> None:
    await bench.make(kind).send(row("灯坏", markdown=True))
    assert "sign" not in {**bench.server.queries[0], **bench.server.said[0]}


def test_the_two_signatures_swap_key_and_message() -> None:
    assert dingtalk_sign("SECtest0123456789", 1_599_360_473_000) == "d561CEf8+24KBTDxxx7rxbC2sevrU8EU2HquIb3EVHQ="
    assert feishu_sign("testsecret", 1_599_360_473) == "363UeKLKin0EeG+hrOQd23TNUSH+orqAFf6mWFdhcD4="


async def test_twenty_a_minute_and_no_call_more(bench: Bench) -> None:
    robot = bench.make("wecom")
    outcomes = [(await robot.send(row(f"第{n}单"))).outcome for n in range(25)]
    assert outcomes == ["sent"] * 20 + ["pace"] * 5
    assert bench.server.attempts == 20
    bench.clock.move(NOW + timedelta(seconds=59))
    assert (await robot.send(row("x"))).pause_s == pytest.approx(1)
    bench.clock.move(NOW + timedelta(seconds=60))
    assert (await robot.send(row("x"))).outcome == "sent"


async def test_feishu_keeps_five_a_second(bench: Bench) -> None:
    robot = bench.make("feishu")
    assert [(await robot.send(row("x"))).outcome for _ in range(6)] == ["sent"] * 5 + ["pace"]


@pytest.mark.parametrize(
    ("kind", "code", "outcome", "pause_s"),
    [
        ("wecom", 45009, "pace", 60),
        ("wecom", 93000, "config", 300),
        ("wecom", 44004, "content", 0),
        ("wecom", 40058, "content", 0),
        ("wecom", -1, "retry", 0),
        ("dingtalk", 130101, "pace", 600),
        ("dingtalk", 310000, "config", 300),
        ("feishu", 11232, "pace", 60),
        ("feishu", 19021, "config", 300),
        ("feishu", 9499, "content", 0),
    ],
)
async def test_each_code_has_its_class(bench: Bench, kind: Kind, code: int, outcome: str, pause_s: float) -> None:
    (bench.server.feishu_script if kind == "feishu" else bench.server.script).codes(code)
    receipt = await bench.make(kind).send(row("x"))
    assert (receipt.outcome, receipt.code, receipt.pause_s) == (outcome, str(code), pause_s)


@pytest.mark.parametrize("behaviour", [Behaviour("status", 500), Behaviour("reset"), Behaviour("stall")])
async def test_without_answer_nobody_knows(bench: Bench, behaviour: Behaviour) -> None:
    bench.server.script.then(behaviour)
    assert (await bench.make("wecom").send(row("x"))).outcome == "unknown"


async def test_the_key_is_in_no_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.server.script.then(Behaviour("code", 93000), Behaviour("reset"), Behaviour("status", 500))
    robot = bench.make("wecom")
    for _ in range(4):
        await robot.send(row("x"))
    seen = [str(record.__dict__) for record in caplog.records if record.name.startswith("guanjia")]
    assert not any("K-1-secret" in each for each in seen)
    assert "K-1-secret" not in repr(robot._account)
