"""The passive reply of an Official Account over HTTP (design.md 11, Passive reply; INV-3)."""

import asyncio

from storage.message import Inbound, NewMessage
from storage.model import Address
from tests.fakes import wechat_push
from tests.fakes.callback_desk import NOW, UNFINISHED, WHO, Opens, account, says
from tests.fakes.wechat_push import text


class TestPassiveReply:
    async def test_holds_the_answer_with_sides_swapped(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=says("已为您登记。"))
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("ToUserName") == WHO
        assert reply.findtext("FromUserName") == wechat_push.ORIGINAL_ID
        assert (reply.findtext("MsgType"), reply.findtext("Content")) == ("text", "已为您登记。")
        assert reply.findtext("CreateTime") == str(NOW)
        (row,) = await desk.outbox(WHO)
        assert row.status == "sent"

    async def test_is_plain_when_the_account_is(self, opened: Opens) -> None:
        _, pusher = await opened(account("plain"), turn=says("已为您登记。"))
        response = await pusher.push_plain(text(WHO, NOW, "灯坏了"))
        assert "<Content><![CDATA[已为您登记。]]></Content>" in await response.text()

    async def test_shows_buttons_as_numbered_lines(self, opened: Opens) -> None:
        _, pusher = await opened(turn=says("在室内吗？", buttons=(("in", "室内"), ("out", "公共区域"))))
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == "在室内吗？\n1. 室内\n2. 公共区域"

    async def test_cannot_be_broken_by_a_text(self, opened: Opens) -> None:
        said = "]]></Content><ToUserName>x</ToUserName>\x02"
        _, pusher = await opened(turn=says(said))
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == said[:-1]
        assert [each.text for each in reply.iter("ToUserName")] == [WHO]

    async def test_repeats_get_the_stored_answer(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=says("已为您登记。"))
        contents = []
        for _ in range(4):
            reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
            contents.append(reply.findtext("Content"))
        assert contents == ["已为您登记。"] * 4
        assert len(await desk.rows()) == 1

    async def test_repeats_show_the_buttons_again(self, opened: Opens) -> None:
        def asks(inbound: Inbound) -> list[NewMessage]:
            to = Address("resident", inbound.channel, inbound.user_id)
            return [NewMessage(to, "请问解决了吗？", buttons=(("yes", "解决了"), ("no", "还没有")))]

        _, pusher = await opened(turn=asks)
        contents = []
        for _ in range(3):
            reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
            contents.append(reply.findtext("Content"))
        assert contents == ["请问解决了吗？\n1. 解决了\n2. 还没有"] * 3

    async def test_waits_for_the_turn(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=UNFINISHED)
        pushing = asyncio.ensure_future(pusher.push(text(WHO, NOW, "灯坏了")))
        await desk.until(lambda: len(desk.accepted) == 1)
        (row,) = await desk.rows()
        assert not pushing.done()
        await desk.end(row.id, says("好的。")(row.inbound) or [])
        assert (await pusher.opened(await pushing)).findtext("Content") == "好的。"

    async def test_twins_get_the_same_answer(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=UNFINISHED)
        pushes = [asyncio.ensure_future(pusher.push(text(WHO, NOW, "灯坏了"))) for _ in range(3)]
        await desk.until(lambda: desk.counted.count("repeated") == 2)
        (row,) = await desk.rows()
        await desk.end(row.id, says("好的。")(row.inbound) or [])
        contents = {(await pusher.opened(await push)).findtext("Content") for push in pushes}
        assert contents == {"好的。"}

    async def test_success_when_no_answer_is_ready(self, opened: Opens) -> None:
        _, pusher = await opened(turn=UNFINISHED, answer_s=0.02)
        response = await pusher.push(text(WHO, NOW, "灯坏了"))
        assert (response.status, await response.text()) == (200, "success")

    async def test_a_late_answer_is_left_to_delivery(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=UNFINISHED, answer_s=0.02)
        await pusher.push(text(WHO, NOW, "灯坏了"))
        (row,) = await desk.rows()
        await desk.end(row.id, says("好的。")(row.inbound) or [])
        (message_row,) = await desk.outbox(WHO)
        assert message_row.status == "pending"

    async def test_what_does_not_fit_follows_as_a_message(self, opened: Opens) -> None:
        long = "物业通知。" * 200
        desk, pusher = await opened(turn=says(long))
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "通知")))
        first = reply.findtext("Content") or ""
        assert 1_500 < len(first.encode()) <= 2_048
        _, rest = await desk.outbox(WHO)
        assert rest.status == "pending"
        assert first + rest.body == long

    async def test_further_messages_are_left_to_delivery(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=says("第一句。", "第二句。"))
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == "第一句。"
        assert [(row.body, row.status) for row in await desk.outbox(WHO)] == [
            ("第一句。", "sent"),
            ("第二句。", "pending"),
        ]

    async def test_an_answer_whose_connection_broke_goes_out_again(self, opened: Opens) -> None:
        desk, pusher = await opened(turn=UNFINISHED, answer_s=0.02)
        await pusher.push(text(WHO, NOW, "灯坏了"))
        (row,) = await desk.rows()
        await desk.end(row.id, says("好的。")(row.inbound) or [])
        taken = await desk.answers.take(row.id)
        assert taken is not None
        await desk.answers.lost(taken)
        now = desk.clock.now()
        (again,) = await desk.store.run(lambda uow: uow.outbox.claim("delivery", now, 10))
        assert again.body == "好的。"

    async def test_uses_the_key_that_opened_the_push(self, opened: Opens) -> None:
        current = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
        _, pusher = await opened(account(aes_key=current, previous_aes_key=wechat_push.AES_KEY), turn=says("好的。"))
        reply = await pusher.opened(await pusher.push(text(WHO, NOW, "灯坏了")))
        assert reply.findtext("Content") == "好的。"
