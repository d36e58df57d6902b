"""The callback of an Official Account over HTTP: INV-1, INV-3, INV-20, INV-21."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.errors import Busy
from storage.inbox import Added
from storage.message import Inbound
from tests.fakes import wechat_push
from tests.fakes.callback_desk import BUSY, NOW, WHO, Opens, account
from tests.fakes.wechat_push import Pusher, message, signed, text


class TestHandshake:
    async def test_echoes_exactly_when_signed(self, opened: Opens) -> None:
        _, pusher = await opened()
        query = {"timestamp": str(NOW), "nonce": "n", "signature": signed(wechat_push.TOKEN, str(NOW), "n")}
        response = await pusher.client.get(pusher.path, params={**query, "echostr": "4242"})
        assert (response.status, await response.read()) == (200, b"4242")
        assert response.content_type == "text/plain"

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"signature": "0" * 40}, 403),
            ({"signature": "short"}, 403),
            ({"echostr": ""}, 400),
            ({"nonce": ""}, 400),
            ({"nonce": "a b"}, 400),
            ({"timestamp": str(NOW - 601)}, 403),
            ({"timestamp": "tomorrow"}, 403),
        ],
    )
    async def test_refuses_and_never_echoes(self, opened: Opens, change: dict[str, str], status: int) -> None:
        _, pusher = await opened()
        stamp, nonce = change.get("timestamp", str(NOW)), change.get("nonce", "n")
        query = {"timestamp": stamp, "nonce": nonce, "signature": signed(wechat_push.TOKEN, stamp, nonce)}
        response = await pusher.client.get(pusher.path, params={**query, "echostr": "424242", **change})
        assert response.status == status
        assert b"424242" not in await response.read()

    async def test_a_repeated_parameter_is_ambiguous(self, opened: Opens) -> None:
        _, pusher = await opened()
        right = signed(wechat_push.TOKEN, str(NOW), "n")
        query = f"?timestamp={NOW}&nonce=n&signature={right}&signature={'0' * 40}&echostr=1"
        assert (await pusher.client.get(pusher.path + query)).status == 400

    async def test_unknown_account_and_other_methods(self, opened: Opens) -> None:
        _, pusher = await opened()
        assert (await pusher.client.get("/callback/wechat/other")).status == 404
        assert (await pusher.client.put(pusher.path)).status == 405
        assert (await pusher.client.delete(pusher.path)).status == 405


class TestStoring:
    async def test_a_text_is_stored_as_received(self, opened: Opens) -> None:
        desk, pusher = await opened()
        inner = text(WHO, NOW - 1, "灯坏了")
        response = await pusher.push(inner)
        assert (response.status, await response.text()) == (200, "success")
        (row,) = await desk.rows()
        assert (row.inbound.channel, row.inbound.user_id, row.inbound.text) == ("wechat.main", WHO, "灯坏了")
        assert row.inbound.data["wire"] == inner
        assert row.inbound.sent_at == datetime.fromtimestamp(NOW - 1, UTC)

    async def test_four_deliveries_make_one_row(self, opened: Opens) -> None:
        desk, pusher = await opened()
        answers = [await (await pusher.push(text(WHO, NOW, "灯坏了"))).text() for _ in range(4)]
        assert answers == ["success"] * 4
        assert len(await desk.rows()) == 1

    async def test_forty_twins_at_once_make_one_row(self, opened: Opens) -> None:
        desk, pusher = await opened()
        responses = await asyncio.gather(*(pusher.push(text(WHO, NOW, "灯坏了")) for _ in range(40)))
        assert {response.status for response in responses} == {200}
        assert len(await desk.rows()) == 1

    async def test_the_same_number_of_two_people_is_two_messages(self, opened: Opens) -> None:
        desk, pusher = await opened()
        await pusher.push(text(WHO, NOW, "灯坏了"))
        await pusher.push(text(WHO[:-1] + "2", NOW, "灯坏了"))
        assert len(await desk.rows()) == 2

    async def test_two_events_of_one_second_are_two(self, opened: Opens) -> None:
        desk, pusher = await opened()
        for key in ("repair", "fees", "fees"):
            await pusher.push(message(WHO, NOW, None, MsgType="event", Event="CLICK", EventKey=key))
        assert [row.inbound.data["key"] for row in await desk.rows()] == ["repair", "fees"]

    async def test_an_unknown_event_is_acknowledged_and_counted(self, opened: Opens) -> None:
        desk, pusher = await opened()
        response = await pusher.push(message(WHO, NOW, None, MsgType="event", Event="brand_new"))
        assert (response.status, await response.text()) == (200, "success")
        assert await desk.rows() == []
        assert desk.counted == ["unknown_event"]

    async def test_an_overlong_text_keeps_ten_thousand_characters(self, opened: Opens) -> None:
        desk, pusher = await opened()
        assert (await pusher.push(text(WHO, NOW, "漏" * 12_000))).status == 200
        (row,) = await desk.rows()
        assert len(row.inbound.text) == 10_000
        assert row.inbound.data["truncated"] is True

    async def test_ten_thousand_characters_are_not_cut(self, opened: Opens) -> None:
        desk, pusher = await opened()
        await pusher.push(text(WHO, NOW, "漏" * 10_000))
        (row,) = await desk.rows()
        assert len(row.inbound.text) == 10_000
        assert "truncated" not in row.inbound.data

    async def test_unusual_characters_survive(self, opened: Opens) -> None:
        desk, pusher = await opened()
        said = "👨‍👩‍👧 <b>&amp;</b> '; DROP TABLE inbox; -- 𠮷 {0}{{x}} %s"
        await pusher.push(text(WHO, NOW, said))
        (row,) = await desk.rows()
        assert row.inbound.text == said


class TestRefusing:
    async def test_forged_signature(self, opened: Opens) -> None:
        desk, pusher = await opened()
        encrypt, _ = pusher.sealed(text(WHO, NOW, "灯坏了"))
        body = f"<xml><Encrypt>{encrypt}</Encrypt></xml>"
        assert (await pusher.post(pusher.query("0" * 40), body)).status == 403
        assert (await pusher.post(pusher.query(signed(pusher.token, str(NOW), pusher.nonce)), body)).status == 403
        assert await desk.rows() == []

    async def test_another_accounts_message(self, opened: Opens) -> None:
        desk, pusher = await opened()
        foreign = Pusher(pusher.client, NOW, receive_id="wx9999999999999999")
        assert (await foreign.push(text(WHO, NOW, "灯坏了"))).status == 403
        assert await desk.rows() == []

    async def test_addressed_to_somebody_else(self, opened: Opens) -> None:
        desk, pusher = await opened()
        inner = text(WHO, NOW, "灯坏了").replace(wechat_push.ORIGINAL_ID, "gh_ffffffffffff")
        assert (await pusher.push(inner)).status == 403
        assert await desk.rows() == []

    @pytest.mark.parametrize("shift", [-601, 601])
    async def test_stale_timestamp(self, opened: Opens, shift: int) -> None:
        _, pusher = await opened()
        pusher.now += shift
        assert (await pusher.push(text(WHO, NOW, "灯坏了"))).status == 403

    @pytest.mark.parametrize("shift", [-600, 600])
    async def test_timestamp_at_the_edge_passes(self, opened: Opens, shift: int) -> None:
        _, pusher = await opened()
        pusher.now += shift
        assert (await pusher.push(text(WHO, NOW, "灯坏了"))).status == 200

    async def test_plain_push_to_a_safe_account(self, opened: Opens) -> None:
        desk, pusher = await opened()
        assert (await pusher.push_plain(text(WHO, NOW, "灯坏了"))).status == 403
        assert await desk.rows() == []

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "gbk"])
    async def test_another_encoding_is_the_senders_mistake(self, opened: Opens, encoding: str) -> None:
        _, pusher = await opened(account("plain"))
        query = {
            "signature": signed(wechat_push.TOKEN, str(NOW), pusher.nonce),
            "timestamp": str(NOW),
            "nonce": "n0nce",
        }
        assert (await pusher.post(query, text(WHO, NOW, "灯坏了").encode(encoding))).status == 400

    async def test_encrypted_push_to_a_plain_account(self, opened: Opens) -> None:
        _, pusher = await opened(account("plain"))
        assert (await pusher.push(text(WHO, NOW, "灯坏了"))).status == 403
        assert (await pusher.push_plain(text(WHO, NOW, "灯坏了"))).status == 200

    async def test_compat_believes_only_what_was_encrypted(self, opened: Opens) -> None:
        desk, pusher = await opened(account("compat"))
        encrypt, signature = pusher.sealed(text(WHO, NOW, "灯坏了"))
        forged = text("oForged", NOW, "我要退款").replace("</xml>", f"<Encrypt>{encrypt}</Encrypt></xml>")
        assert (await pusher.post(pusher.query(signature), forged)).status == 200
        (row,) = await desk.rows()
        assert (row.inbound.user_id, row.inbound.text) == (WHO, "灯坏了")
        assert (await pusher.push_plain(text(WHO, NOW, "灯坏了"))).status == 403

    @pytest.mark.parametrize(
        "inner",
        [
            "",
            "not xml",
            "<xml/>",
            "<other><MsgType>text</MsgType></other>",
            text(WHO, NOW, "\x01"),
            text(WHO, NOW, "x").replace("<xml>", "<!DOCTYPE xml><xml>"),
            text(WHO, NOW, "x").replace("<xml>", '<!DOCTYPE xml [<!ENTITY a "b">]><xml>'),
            text(WHO, NOW, "x").replace("</xml>", "<Content>y</Content></xml>"),
            text(WHO, NOW, "x").replace("<![CDATA[x]]>", "<b>x</b>"),
            text(WHO, NOW, "x").replace("<MsgId>1<", "<MsgId>one<"),
            text(WHO, NOW, "x").replace(f"<CreateTime>{NOW}<", "<CreateTime>soon<"),
            text(WHO, NOW, "x").replace(f"<CreateTime>{NOW}</CreateTime>", ""),
            message(WHO, NOW, 1, Content="no type"),
            message(WHO, NOW, None, MsgType="event"),
            message(WHO, NOW, 1, MsgType="image"),
            message(WHO, NOW, 1, MsgType="location", Location_X="north", Location_Y="1"),
            message(WHO, NOW, 1, MsgType="location", Location_X="nan", Location_Y="1"),
            message("two words", NOW, 1, MsgType="text", Content="x"),
            "<xml>" + "<a>" * 9 + "</a>" * 9 + "</xml>",
            "<xml>" + "<a/>" * 201 + "</xml>",
        ],
    )
    async def test_malformed_inside(self, opened: Opens, inner: str) -> None:
        desk, pusher = await opened()
        assert (await pusher.push(inner)).status == 400
        assert await desk.rows() == []

    @pytest.mark.parametrize(
        "body",
        ["", "{}", "<xml/>", "<xml><Encrypt></Encrypt></xml>", "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
         "<xml><Encrypt><a>b</a></Encrypt></xml>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><xml>&b;</xml>'],
    )  # fmt: skip
    async def test_malformed_outside(self, opened: Opens, body: str) -> None:
        _, pusher = await opened()
        assert (await pusher.post(pusher.query("0" * 40), body)).status == 400

    @pytest.mark.parametrize("sealed", ["!!!!", "QUJD", base64.b64encode(bytes(48)).decode(), "é", "A" * 44])
    async def test_signed_nonsense(self, opened: Opens, sealed: str) -> None:
        _, pusher = await opened()
        signature = signed(pusher.token, str(NOW), pusher.nonce, sealed)
        response = await pusher.post(pusher.query(signature), f"<xml><Encrypt>{sealed}</Encrypt></xml>")
        assert response.status == 400

    @pytest.mark.parametrize("missing", ["timestamp", "nonce"])
    async def test_missing_parameter(self, opened: Opens, missing: str) -> None:
        _, pusher = await opened()
        encrypt, signature = pusher.sealed(text(WHO, NOW, "灯坏了"))
        query = {name: value for name, value in pusher.query(signature).items() if name != missing}
        assert (await pusher.post(query, f"<xml><Encrypt>{encrypt}</Encrypt></xml>")).status == 400

    async def test_a_body_over_the_limit(self, opened: Opens) -> None:
        desk, pusher = await opened()
        body = b"<xml>" + b" " * (256 * 1024) + b"</xml>"
        assert (await pusher.post(pusher.query("0" * 40), body)).status == 413
        assert desk.counted == ["large_body"]

    async def test_a_chunked_body_over_the_limit(self, opened: Opens) -> None:
        _, pusher = await opened()

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(80):
                yield b" " * 4096

        response = await pusher.client.post(pusher.path, params=pusher.query("0" * 40), data=chunks())
        assert response.status == 413

    async def test_a_compressed_body(self, opened: Opens) -> None:
        _, pusher = await opened()
        response = await pusher.client.post(
            pusher.path, params=pusher.query("0" * 40), data=b"<xml/>", headers={"Content-Encoding": "gzip"}
        )
        assert response.status == 400

    async def test_a_body_that_trickles(self, opened: Opens) -> None:
        _, pusher = await opened()
        never = asyncio.Event()

        async def chunks() -> AsyncIterator[bytes]:
            yield b"<xml>"
            await never.wait()

        response = await pusher.client.post(pusher.path, params=pusher.query("0" * 40), data=chunks())
        assert response.status == 408

    async def test_an_overlong_query(self, opened: Opens) -> None:
        _, pusher = await opened()
        assert (await pusher.post({**pusher.query("0" * 40), "more": "x" * 2_048}, "<xml/>")).status == 400


class TestBusy:
    async def test_a_store_that_refuses(self, opened: Opens) -> None:
        desk, pusher = await opened()

        async def refuses(_: Inbound) -> Added:
            raise Busy

        desk.store_as = refuses
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == BUSY

    async def test_a_store_that_stalls(self, opened: Opens) -> None:
        desk, pusher = await opened(store_s=0.02)
        never = asyncio.Event()

        async def stalls(_: Inbound) -> Added:
            await never.wait()
            raise Busy

        desk.store_as = stalls
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == BUSY
        never.set()

    async def test_a_slow_store_still_acts_once(self, opened: Opens) -> None:
        desk, pusher = await opened(store_s=0.02)
        stored, go = desk.accept, asyncio.Event()

        async def slow(inbound: Inbound) -> Added:
            await go.wait()
            return await stored(inbound)

        desk.store_as = slow
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == BUSY
        go.set()
        await desk.until(lambda: len(desk.accepted) == 1)
        await pusher.push(text(WHO, NOW, "灯坏了"))
        assert len(await desk.rows()) == 1

    async def test_a_goodbye_that_could_not_be_stored_is_sent_again(self, opened: Opens) -> None:
        desk, pusher = await opened()

        async def refuses(_: Inbound) -> Added:
            raise Busy

        desk.store_as = refuses
        response = await pusher.push(message(WHO, NOW, None, MsgType="event", Event="unsubscribe"))
        assert response.status == 503
