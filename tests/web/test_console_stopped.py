"""Dead letters and messages that did not arrive: seen and tried again on the staff page (INV-9, P3)."""

from datetime import timedelta

import pytest

from bot.pipeline import DIED
from bot.web.keys import PARTS
from storage.message import Inbound, NewMessage
from storage.model import Address
from storage.unit_of_work import UnitOfWork
from tests.fakes.front import Front, Json, event_with

RESIDENT = Address("resident", "webchat.main", "web-1")


async def dead_letter(front: Front, reason: str = "ValueError") -> int:
    """A resident's message that ended as a dead letter, with its task."""
    now = front.clock.now()

    def die(uow: UnitOfWork) -> int:
        id_ = uow.inbox.add(Inbound("webchat.main", "web-1", "k1", "message", "厨房漏水了"), now=now).id
        claims = uow.inbox.claim("test", now, 9)
        claim = next(each for each in claims if each.rows[0].id == id_)
        uow.inbox.fail(claim, [id_], now, reason, None)
        uow.tasks.add("dead_letter", str(id_), "查看", "cs_manager", now)
        return id_

    return await front.run(die)


async def unsent(front: Front, *, expired: bool = False) -> int:
    """A message that was refused for good, or is past its time."""
    now = front.clock.now()

    def end(uow: UnitOfWork) -> int:
        late = now - timedelta(hours=1) if expired else None
        (id_,) = uow.outbox.add([NewMessage(RESIDENT, "师傅已接单", expires_at=late)], now)
        assert id_ is not None
        if expired:
            uow.outbox.expire(now)
        else:
            uow.outbox.claim("test", now, 9)
            uow.outbox.dead(id_, "test", now, "43004")
            uow.tasks.add("undelivered", str(id_), "没有送达", "front_desk", now)
        return id_

    return await front.run(end)


async def shown(front: Front) -> list[Json]:
    return list((await (await front.staff("K001")).look("stopped"))["stopped"])


@pytest.mark.parametrize(("reason", "why"), [(DIED, "程序中断"), ("ValueError", "没有成功")])
async def test_a_dead_letter_is_shown_with_its_reason_in_words(front: Front, reason: str, why: str) -> None:
    id_ = await dead_letter(front, reason)
    (line,) = await shown(front)
    assert (line["queue"], line["id"], line["what"], line["words"]) == ("inbox", id_, "住户的消息", "厨房漏水了")
    assert why in line["why"]
    assert line["again"]


async def test_a_dead_letter_is_tried_again_and_its_task_is_done(front: Front) -> None:
    id_ = await dead_letter(front)
    desk = await front.staff("K001")
    assert (await desk.post(f"stopped/inbox/{id_}/again", {})).status == 200

    async def done() -> bool:
        row = await front.run(lambda uow: uow.inbox.get(id_))
        return row is not None and row.status in ("done", "heard")

    await front.until(done)
    assert await shown(front) == []
    assert (await desk.post(f"stopped/inbox/{id_}/again", {})).status == 404
    assert "dead_letter" not in [each.kind for each in await front.run(lambda uow: uow.tasks.open())]


async def test_a_message_that_did_not_arrive_is_sent_again(front: Front) -> None:
    id_ = await unsent(front)
    (line,) = await shown(front)
    assert (line["queue"], line["what"], line["why"], line["words"]) == (
        "outbox",
        "给住户的消息",
        "没有送达",
        "师傅已接单",
    )
    desk = await front.staff("K001")
    assert (await desk.post(f"stopped/outbox/{id_}/again", {})).status == 200

    async def sent() -> bool:
        row = await front.run(lambda uow: uow.outbox.get(id_))
        return row is not None and row.status == "sent"

    await front.until(sent)
    assert "undelivered" not in [each.kind for each in await front.run(lambda uow: uow.tasks.open())]


async def test_what_expired_is_shown_but_never_sent(front: Front) -> None:
    id_ = await unsent(front, expired=True)
    (line,) = await shown(front)
    assert (line["id"], line["why"], line["again"]) == (id_, "过了时间没有发出", False)
    assert (await (await front.staff("K001")).post(f"stopped/outbox/{id_}/again", {})).status == 404


@pytest.mark.parametrize("number", ["W001", "W000", "S001", "C001", "F001", "B001"])
async def test_what_stopped_is_not_for_every_role(front: Front, number: str) -> None:
    id_ = await dead_letter(front)
    colleague = await front.staff(number)
    assert (await colleague.get("stopped")).status == 403
    assert (await colleague.post(f"stopped/inbox/{id_}/again", {})).status == 403


async def test_another_try_needs_the_token_of_the_page(front: Front) -> None:
    id_ = await dead_letter(front)
    answer = await (await front.staff("K001")).post(f"stopped/inbox/{id_}/again", {}, **{"X-CSRF": "x"})
    assert answer.status == 403
    assert len(await shown(front)) == 1


async def test_a_group_whose_robot_is_out_of_order_hears_on_the_console(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for the robot is shown, and so is what the console is told beside it (reliability.md 4)."""
    groups = front.app[PARTS].config.groups
    monkeypatch.setattr(type(groups), "robots", lambda _: {"manager": "boss"})
    to, beside = Address("group", "robot.boss", "manager"), Address("group", "console", "manager")
    messages = [NewMessage(to, "有一件投诉", kind="alert"), NewMessage(beside, "交接单在此", kind="alert")]
    manager = await front.staff("M001")
    async with manager.browser.get("/api/v1/console/events") as stream:
        await front.run(lambda uow: uow.outbox.add(messages, front.clock.now()))
        front.app[PARTS].spine.wake()
        await event_with(stream, lambda each: each.get("message", {}).get("text") == "有一件投诉")
    lines = [line["text"] for line in await manager.lines("group:manager")]
    assert lines[:2] == ["有一件投诉", "交接单在此"]
    await manager.hears("消息通道 robot.boss 不能用", "group:manager")
