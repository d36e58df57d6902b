"""The callbacks of a WeCom app and of 微信客服 over HTTP (protocol.md 2.2, 6, 7)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.channels.wecom import KfCallback, WecomAccount, WecomCallback
from bot.secrets import Secret
from storage.errors import Busy
from storage.inbox import Added
from storage.message import Inbound
from tests.fakes.callback_desk import BUSY, CallbackDesk
from tests.fakes.wechat_push import Pusher, signed

NOW = 1_800_000_000
CORP, TOKEN = "ww0011223344556677", "wecomtoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = WecomAccount(CORP, Secret(TOKEN), Secret(KEY), Secret("the-secret"), agent_id=1_000_002, open_kfid="wkFront")


def inner(kind: str, body: str = "", *, sender: str | None = "zhangsan", to: str = CORP, at: int = NOW) -> str:
    who = f"<FromUserName><![CDATA[{sender}]]></FromUserName>" if sender else ""
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName>{who}<CreateTime>{at}</CreateTime>"
        f"<MsgType><![CDATA[{kind}]]></MsgType>{body}<AgentID>1000002</AgentID></xml>"
    )


def text(content: str, number: int = 1) -> str:
    return inner("text", f"<Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId>")


def tap(key: str, code: str) -> str:
    return inner(
        "event",
        f"<Event>template_card_event</Event><EventKey>{key}</EventKey><TaskId>R261122-003</TaskId>"
        f"<ResponseCode>{code}</ResponseCode><SelectedItems><SelectedItem><QuestionKey>q</QuestionKey>"
        "<OptionIds><OptionId>a</OptionId><OptionId>b</OptionId></OptionIds></SelectedItem></SelectedItems>",
    )


@dataclass
class Bench:
    desk: CallbackDesk
    client: TestClient
    rung: list[tuple[str, str]]

    def pusher(self, kind: str = "wecom") -> Pusher:
        return Pusher(self.client, NOW, f"/callback/{kind}/main", TOKEN, KEY, CORP)

    async def push(self, message: str, kind: str = "wecom") -> ClientResponse:
        pusher = self.pusher(kind)
        encrypt, signature = pusher.sealed(message)
        query = {"msg_signature": signature, "timestamp": str(NOW), "nonce": pusher.nonce}
        return await pusher.post(query, f"<xml><ToUserName>{CORP}</ToUserName><Encrypt>{encrypt}</Encrypt></xml>")


@pytest.fixture
async def bench(aiohttp_client: Callable[..., Awaitable[TestClient]]) -> AsyncIterator[Bench]:
    rung: list[tuple[str, str]] = []
    kf = KfCallback("kf.main", ACCOUNT, lambda kfid, token: rung.append((kfid, token)))
    desk = CallbackDesk(datetime.fromtimestamp(NOW, UTC), [WecomCallback("wecom.main", ACCOUNT), kf])
    yield Bench(desk, await aiohttp_client(desk.app()), rung)
    desk.close()


@pytest.mark.parametrize("kind", ["wecom", "kf"])
class TestVerification:
    def query(self, echo: str) -> dict[str, str]:
        """As WeCom asks; wechatpy seals the echo text."""
        pusher = Pusher(None, NOW, token=TOKEN, aes_key=KEY, receive_id=CORP)  # type: ignore[arg-type]
        sealed, signature = pusher.sealed(echo)
        return {"msg_signature": signature, "timestamp": str(NOW), "nonce": pusher.nonce, "echostr": sealed}

    async def test_answers_the_decrypted_echo_alone(self, bench: Bench, kind: str) -> None:
        response = await bench.client.get(f"/callback/{kind}/main", params=self.query("4242424242"))
        assert (response.status, await response.read()) == (200, b"4242424242")

    async def test_a_raw_plus_that_became_a_space_is_mended(self, bench: Bench, kind: str) -> None:
        query = next(each for n in range(1_000) if "+" in (each := self.query(f"echo{n}"))["echostr"])
        query["echostr"] = query["echostr"].replace("+", " ")
        assert (await bench.client.get(f"/callback/{kind}/main", params=query)).status == 200

    async def test_agrees_with_wechatpy(self, bench: Bench, kind: str) -> None:
        query = self.query("4242424242")
        crypto = WeChatCrypto(TOKEN, KEY, CORP)
        said = crypto.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        response = await bench.client.get(f"/callback/{kind}/main", params=query)
        assert await response.text() == said

    @pytest.mark.parametrize(
        ("change", "status"),
        [({"nonce": "other"}, 403), ({"echostr": ""}, 400), ({"timestamp": str(NOW + 601)}, 403)],
    )
    async def test_refuses_without_an_echo(self, bench: Bench, kind: str, change: dict[str, str], status: int) -> None:
        response = await bench.client.get(f"/callback/{kind}/main", params={**self.query("42424242"), **change})
        assert response.status == status
        assert b"42424242" not in await response.read()


class TestMessages:
    async def test_a_text_of_staff_is_stored(self, bench: Bench) -> None:
        response = await bench.push(text("003 我来"))
        assert (response.status, await response.read()) == (200, b"")
        (row,) = await bench.desk.rows()
        assert (row.inbound.channel, row.inbound.user_id, row.inbound.text) == ("wecom.main", "zhangsan", "003 我来")

    async def test_repeats_make_one_row(self, bench: Bench) -> None:
        for _ in range(4):
            assert (await bench.push(text("003 我来"))).status == 200
        assert len(await bench.desk.rows()) == 1

    async def test_a_tap_on_a_card_carries_key_code_and_choices(self, bench: Bench) -> None:
        await bench.push(tap("accept:R261122-003", "RC-1"))
        (row,) = await bench.desk.rows()
        assert row.inbound.kind == "tap"
        assert (row.inbound.data["key"], row.inbound.data["task"]) == ("accept:R261122-003", "R261122-003")
        assert row.inbound.data["response_code"] == "RC-1"
        assert row.inbound.data["selected"] == [{"question": "q", "options": ["a", "b"]}]

    async def test_two_taps_of_one_second_are_two(self, bench: Bench) -> None:
        for code in ("RC-1", "RC-2", "RC-2"):
            await bench.push(tap("accept", code))
        assert len(await bench.desk.rows()) == 2

    async def test_a_picture_is_known_by_its_media_id(self, bench: Bench) -> None:
        await bench.push(inner("image", "<MediaId>m</MediaId><PicUrl>http://evil.example</PicUrl><MsgId>1</MsgId>"))
        (row,) = await bench.desk.rows()
        assert list(row.inbound.media) == [{"kind": "image", "id": "m"}]

    async def test_a_file_is_heard_as_unsupported(self, bench: Bench) -> None:
        await bench.push(inner("file", "<MsgId>1</MsgId>"))
        (row,) = await bench.desk.rows()
        assert row.inbound.data["unsupported"] == "file"

    @pytest.mark.parametrize("event", ["enter_agent", "LOCATION", "change_contact", "brand_new"])
    async def test_other_events_are_acknowledged_only(self, bench: Bench, event: str) -> None:
        assert (await bench.push(inner("event", f"<Event>{event}</Event>"))).status == 200
        assert await bench.desk.rows() == []

    @pytest.mark.parametrize(
        ("message", "status"),
        [
            (inner("text", to="wwother"), 403),
            (inner("text", sender=None), 400),
            (inner("text", sender="two words"), 400),
            (inner("text", "<MsgId>one</MsgId>"), 400),
            (inner("image", "<MsgId>1</MsgId>"), 400),
            (inner("event"), 400),
            (inner("text", "<Content>a</Content><Content>b</Content>"), 400),
        ],
    )
    async def test_malformed(self, bench: Bench, message: str, status: int) -> None:
        assert (await bench.push(message)).status == status
        assert await bench.desk.rows() == []

    async def test_a_forged_signature(self, bench: Bench) -> None:
        pusher = bench.pusher()
        encrypt, _ = pusher.sealed(text("003 我来"))
        query = {"msg_signature": signed(TOKEN, str(NOW), "n"), "timestamp": str(NOW), "nonce": "n"}
        assert (await pusher.post(query, f"<xml><Encrypt>{encrypt}</Encrypt></xml>")).status == 403

    async def test_staff_hear_that_a_message_could_not_be_stored(self, bench: Bench) -> None:
        async def refuses(_: Inbound) -> Added:
            raise Busy

        bench.desk.store_as = refuses
        reply = await bench.pusher().opened(await bench.push(text("003 我来")))
        assert (reply.findtext("ToUserName"), reply.findtext("Content")) == ("zhangsan", BUSY)


class TestKf:
    async def test_a_push_rings_and_stores_nothing(self, bench: Bench) -> None:
        event = "<Event>kf_msg_or_event</Event><Token>T</Token><OpenKfId>wkFront</OpenKfId>"
        response = await bench.push(inner("event", event, sender=None), "kf")
        assert (response.status, await response.read()) == (200, b"")
        assert bench.rung == [("wkFront", "T")]
        assert await bench.desk.rows() == []

    @pytest.mark.parametrize("event", ["<Event>kf_account_auth_change</Event>",
                                       "<Event>kf_msg_or_event</Event><OpenKfId>wkOther</OpenKfId>"])  # fmt: skip
    async def test_other_news_does_not_ring(self, bench: Bench, event: str) -> None:
        assert (await bench.push(inner("event", event, sender=None), "kf")).status == 200
        assert bench.rung == []

    async def test_a_foreign_corp_does_not_ring(self, bench: Bench) -> None:
        event = "<Event>kf_msg_or_event</Event>"
        assert (await bench.push(inner("event", event, sender=None, to="wwother"), "kf")).status == 403
        assert bench.rung == []
