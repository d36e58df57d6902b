"""Delivery on a real database: digests, outages, restarts; nothing lost, nothing silent (P3, INV-11 to INV-13)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.base import Receipt
from bot.config import Config
from bot.shared import MemoryShared
from handlers.outgoing import EMERGENCY
from storage.database import Database
from storage.model import Address, NewTicket, TicketType
from tests.fakes.speaker import BusyStore, Post, Speaker, memory, post

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
UNKNOWN, WRONG = Receipt("unknown", code="timeout"), Receipt("config", code="93000", pause_s=300)
MANAGERS = Address("group", "console", "manager")
RESIDENT = Address("resident", "webchat.main", "web-1")


class Lasting(MemoryShared):
    """Stands for a Redis."""

    lasting = True


@pytest.fixture
async def office() -> AsyncIterator[Post]:
    made = post(NOW)
    yield made
    await made.parts.close()


async def flooded(office: Post, count: int = 25) -> None:
    """More messages than a group hears in a minute; the first nineteen are out."""
    await office.put(*(f"job {n}" for n in range(count)))
    await office.deliver()
    assert len(office.speaker.heard) == 19
    office.speaker.heard.clear()


# --- a digest ---------------------------------------------------------------------------------------------------------


async def test_a_digest_that_fails_is_said_again_and_ends_with_its_messages(office: Post) -> None:
    await flooded(office)
    office.speaker.answers = [UNKNOWN]
    await office.after(61)
    assert (await office.states())[19:] == ["pending"] * 6
    await office.after(2)
    assert len(office.speaker.heard) == 2
    assert all(f"job {n}" in office.speaker.heard[-1].body for n in range(19, 25))
    assert set(await office.states()) == {"sent"}
    await office.after(600)
    assert len(office.speaker.heard) == 2


async def test_a_digest_whose_sender_was_killed_is_said_by_the_next() -> None:
    database = memory()
    first = post(NOW, database)
    await flooded(first)
    first.speaker.answers = [asyncio.CancelledError()]
    with pytest.raises(asyncio.CancelledError):
        await first.after(61)
    second = post(first.clock.now(), database)
    await second.parts.begin()
    await second.after(1)
    assert [f"job {n}" in second.speaker.heard[-1].body for n in range(19, 25)] == [True] * 6
    assert set(await second.states()) == {"sent"}
    await first.parts.close()


async def test_a_digest_that_the_robot_puts_off_keeps_its_messages_in_order(office: Post) -> None:
    await flooded(office)
    office.speaker.answers = [Receipt("pace", pause_s=60)]
    await office.after(61)
    await office.put("new job")
    await office.after(61)
    (row,) = office.speaker.heard[1:]
    assert [line.removeprefix("· ") for line in row.body.splitlines()[1:]] == [
        *(f"job {n}" for n in range(19, 25)),
        "new job",
    ]


async def test_a_long_digest_says_how_many_more_there_are_and_where(office: Post) -> None:
    await flooded(office, 19 + 20 + 7)
    await office.after(61)
    (row,) = office.speaker.heard
    assert "以下27条" in row.body
    assert "另有7条" in row.body
    assert "工作台" in row.body
    assert "job 38" in row.body
    assert "job 39" not in row.body


async def test_a_digest_names_the_jobs_so_that_they_can_be_accepted(office: Post) -> None:
    await office.put(*(f"job {n}" for n in range(19)))
    new = NewTicket(type=TicketType.REPAIR, category="water", summary="x", source_key="t", day=NOW.date())
    ticket = await office.parts.store.run(lambda uow: uow.tickets.open(new, NOW))
    await office.put("漏水了", f"又催 {ticket.number}", ticket_id=ticket.id)
    await office.deliver()
    await office.after(61)
    body = office.speaker.heard[-1].body
    assert f"· {ticket.number} 漏水了" in body
    assert body.count(ticket.number) == 2
    assert "接单" in body


# --- the pace of a group ----------------------------------------------------------------------------------------------


async def test_a_restart_does_not_forget_how_much_a_group_heard() -> None:
    database = memory()
    first = post(NOW, database)
    await flooded(first)
    second = post(NOW + timedelta(seconds=30), database)
    await second.deliver()
    assert second.speaker.heard == []
    await second.after(31)
    assert len(second.speaker.heard) == 1
    await first.parts.close()


async def test_replicas_count_together() -> None:
    database, shared = memory(), Lasting()
    first, second = (post(NOW, database, shared=shared) for _ in range(2))
    await first.put(*(f"job {n}" for n in range(25)))
    for _ in range(30):
        await first.parts.delivery.step("a", 1)
        await second.parts.delivery.step("b", 1)
    assert len(first.speaker.heard) + len(second.speaker.heard) == 19
    await first.parts.close()


async def test_an_emergency_does_not_wait_for_room(office: Post) -> None:
    await flooded(office)
    await office.put("着火", priority=EMERGENCY)
    await office.deliver()
    assert office.speaker.bodies == ["着火"]


# --- a busy database --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("busy", [1, 5])
async def test_what_was_sent_is_not_sent_again_because_the_database_was_busy(office: Post, busy: int) -> None:
    store = BusyStore(office.parts)
    delivery: Any = office.parts.delivery
    delivery._store, delivery._rest_s = store, 0.0

    def fail() -> None:
        store.failures = busy

    office.speaker.also = fail
    await office.put("job")
    await office.after(0)
    await office.after(600)
    assert office.speaker.bodies == ["job"]
    assert await office.states() == ["sent"]


# --- channels that are out of order -----------------------------------------------------------------------------------


async def test_a_robot_that_is_set_up_wrongly_is_told_to_people_once_and_its_messages_are_shown(office: Post) -> None:
    office.speaker.answers = [WRONG, WRONG]
    await office.put("着火", priority=EMERGENCY)
    await office.deliver()
    (task,) = await office.tasks("channel_down")
    assert "robot.repair" in task.title
    assert "93000" in task.title
    assert [row.body for row in office.held] == ["着火"]
    assert [(row.to, row.text_key) for row in office.shown] == [(MANAGERS, "channel.down.alert")]
    await office.put("job")
    await office.after(1)
    assert [row.body for row in office.held] == ["着火", "job"]
    await office.after(301)
    assert len(office.shown) == 1
    assert len(await office.tasks("channel_down")) == 1


async def test_a_robot_that_works_again_closes_the_task_and_says_what_waited(office: Post) -> None:
    office.speaker.answers = [WRONG]
    await office.put("着火", priority=EMERGENCY)
    await office.deliver()
    await office.after(301)
    assert office.speaker.bodies == ["着火", "着火"]
    assert await office.tasks("channel_down") == []
    assert await office.states() == ["sent"]


async def test_a_restart_closes_the_task_of_a_channel_that_was_mended() -> None:
    database = memory()
    first = post(NOW, database)
    first.speaker.answers = [WRONG]
    await first.put("job")
    await first.deliver()
    second = post(NOW + timedelta(seconds=301), database)
    await second.deliver()
    assert await second.tasks("channel_down") == []
    await first.parts.close()


async def test_a_channel_that_was_removed_is_told_to_people(office: Post) -> None:
    await office.put("您好", to=Address("resident", "wechat.old", "o1"))
    await office.deliver()
    (task,) = await office.tasks("channel_down")
    assert "wechat.old" in task.title
    assert office.held == []


@pytest.mark.parametrize(("broken", "told"), [("robot.repair", "robot.boss"), ("robot.boss", "console")])
async def test_managers_hear_it_where_they_are_unless_that_is_what_is_broken(broken: str, told: str) -> None:
    config = Config.load(
        None,
        {
            "GUANJIA__CHANNELS__ROBOT__BOSS__KIND": "wecom",
            "GUANJIA__CHANNELS__ROBOT__BOSS__URL": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
            "GUANJIA__GROUPS__MANAGER__ROBOT": "boss",
        },
    )
    speakers = [Speaker("robot.repair"), Speaker("robot.boss")]
    office = post(NOW, speakers=speakers, config=config)
    next(each for each in speakers if each.name == broken).answers = [WRONG]
    await office.put("job", to=Address("group", broken, "repair"))
    await office.deliver()
    alert = next(row for row in office.shown if row.text_key == "channel.down.alert")
    assert (alert.to.channel, alert.to.user_id) == (told, "manager")
    await office.parts.close()


# --- what ends unsent -------------------------------------------------------------------------------------------------


async def test_what_expired_is_a_task_once_for_each_kind_and_day(office: Post) -> None:
    gone = NOW - timedelta(hours=1)
    await office.put("物业费提醒", "物业费提醒", to=RESIDENT, text_key="payment.remind", expires_at=gone)
    await office.put("回访", to=RESIDENT, text_key="callback.ask", expires_at=gone)
    await office.deliver()
    assert len(await office.tasks("expired")) == 2
    await office.put("物业费提醒", to=RESIDENT, text_key="payment.remind", expires_at=gone)
    await office.after(60)
    assert len(await office.tasks("expired")) == 2
    await office.put("物业费提醒", to=RESIDENT, text_key="payment.remind", expires_at=gone)
    await office.after(86_400)
    assert len(await office.tasks("expired")) == 3


async def test_a_channel_that_raises_is_tried_twelve_times_and_then_a_task(office: Post) -> None:
    office.speaker.answers = [ValueError("x") for _ in range(99)]
    await office.put("job")
    for _ in range(20):
        await office.after(800)
    assert len(office.speaker.heard) == 12
    assert await office.states() == ["dead"]
    (task,) = await office.tasks("undelivered")
    assert "ValueError" in task.title


async def test_a_message_whose_process_died_again_and_again_ends_in_front_of_people(office: Post) -> None:
    await office.put("job")
    for _ in range(12):
        with office.parts.store.database.transaction() as uow:
            assert uow.outbox.claim("killed", NOW, 1, lease_s=-1)
    await office.deliver()
    assert office.speaker.heard == []
    assert await office.states() == ["dead"]
    assert len(await office.tasks("undelivered")) == 1


async def test_messages_of_a_database_that_two_drive_go_out_once(database: Database) -> None:
    first, second = post(NOW, database), post(NOW, database)
    await first.put(*(str(n) for n in range(10)), to=Address("staff", "robot.repair", "w"))
    for _ in range(15):
        await asyncio.gather(first.parts.delivery.step("a"), second.parts.delivery.step("b"))
    assert sorted(first.speaker.bodies + second.speaker.bodies) == sorted(str(n) for n in range(10))
    for each in (first, second):
        each.parts.store.close()
