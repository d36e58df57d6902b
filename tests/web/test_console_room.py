"""Groups, private chats and residents' conversations on the staff page (design.md 8, reliability.md 6)."""

from urllib.parse import quote

import pytest

from storage.import_row import StaffRow
from storage.model import Role, TicketStatus, TicketType
from tests.fakes.front import Colleague, Front, Json, Resident, event_with, picture

#: Which groups a member sits in.
GROUPS = {
    "W001": {"repair"},
    "W000": {"repair", "manager"},
    "S001": {"order"},
    "C001": {"clean"},
    "F001": {"finance"},
    "K001": {"repair", "service", "order", "clean", "manager", "finance"},
}
HOSTS = ("K001", "B001", "L001", "M001", "D001", "N001")
NO_HOSTS = ("W001", "W000", "S001", "C001", "F001")


async def chat_of(colleague: Colleague) -> Json:
    """The only conversation in the list."""
    (chat,) = (await colleague.look("chats"))["chats"]
    return dict(chat)


async def taken(front: Front, desk: Colleague, resident: Resident) -> str:
    """The desk takes the resident's conversation over; its lane."""
    await resident.say("转人工")
    lane = str((await chat_of(desk))["lane"])
    assert (await desk.post(f"chats/{quote(lane, safe='')}/take")).status == 201

    async def held() -> bool:
        return bool((await chat_of(desk))["mine"])

    await front.until(held)
    return lane


@pytest.mark.parametrize("number", GROUPS)
async def test_a_member_reads_and_speaks_in_the_own_groups_only(front: Front, number: str) -> None:
    colleague = await front.staff(number)
    for group in GROUPS["K001"]:
        status = 200 if group in GROUPS[number] else 404
        assert (await colleague.get(f"rooms/group:{group}/messages")).status == status
        assert (await colleague.say("大家好", f"group:{group}")).status == (201 if status == 200 else 404)
        assert (await colleague.show(picture(), "", f"group:{group}")).status == (201 if status == 200 else 404)


@pytest.mark.parametrize("room", ["group:nowhere", "elsewhere", "private:he"])
async def test_other_rooms_do_not_exist(front: Front, room: str) -> None:
    assert (await (await front.staff("K001")).get(f"rooms/{room}/messages")).status == 404


async def test_a_private_chat_is_private(front: Front) -> None:
    first, second = await front.staff("W001"), await front.staff("W002")
    await first.say("今天还有哪些")
    await first.hears("没有")
    assert await second.lines() == []


async def test_a_group_hears_what_is_said_and_a_colleague_sees_it_live(front: Front) -> None:
    first, second = await front.staff("W001"), await front.staff("W002")
    async with second.browser.get("/api/v1/console/events") as stream:
        await first.say("大家辛苦了", "group:repair")
        event = await event_with(stream, lambda each: "message" in each)
    assert (event["room"], event["message"]["text"], event["message"]["mine"]) == ("group:repair", "大家辛苦了", False)
    assert (await second.lines("group:repair"))[0]["by"] == "张强"


async def test_live_events_of_foreign_rooms_do_not_arrive(front: Front) -> None:
    cleaner, worker = await front.staff("C001"), await front.staff("W001")
    async with cleaner.browser.get("/api/v1/console/events") as stream:
        await worker.say("维修的事", "group:repair")
        await worker.say("今天还有哪些")
        await cleaner.say("保洁的事", "group:clean")
        event = await event_with(stream, lambda each: "message" in each)
    assert event["message"]["text"] == "保洁的事"


async def test_the_same_client_id_twice_is_said_once(front: Front) -> None:
    worker = await front.staff("W001")
    body = {"client_id": "said-only-once", "text": "大家好"}
    first = await worker.post("rooms/group:repair/messages", body)
    again = await worker.post("rooms/group:repair/messages", body)
    assert (first.status, again.status) == (201, 200)
    assert len(await worker.lines("group:repair")) == 1


async def test_nothing_is_said_with_nothing(front: Front) -> None:
    worker = await front.staff("W001")
    assert (await worker.say("   ")).status == 400


async def test_a_new_job_is_taken_with_the_button_in_the_group(front: Front) -> None:
    resident, worker = await front.resident(), await front.staff("W001")
    await resident.bind()
    await resident.say("厨房水管漏水了，今天下午有人")
    alert = await worker.hears("【报修】", "group:repair")
    assert alert["kind"] == "alert"
    assert "1501" not in alert["text"]
    body = {"client_id": "takes-the-job", "tap": alert["buttons"][0]["key"], "text": "接单"}
    assert (await worker.post("rooms/group:repair/messages", body)).status == 201
    card = await worker.hears("13800001501")
    assert "3栋2单元501" in card["text"]


@pytest.mark.parametrize("tap", ["takeover:user:webchat.main:web-1", "accept:1", "do:1:接单"])
async def test_a_button_that_was_never_shown_there_is_refused(front: Front, tap: str) -> None:
    worker = await front.staff("W001")
    body = {"client_id": "made-up-button", "tap": tap, "text": "接管"}
    assert (await worker.post("rooms/private/messages", body)).status == 400
    assert await worker.lines() == []


async def test_a_finished_job_is_shown_with_its_photo(front: Front) -> None:
    worker = await front.staff("W001")
    ticket = await front.ticket("job", assignee_id=worker.me.id, status=TicketStatus.ARRIVED)
    assert (await worker.show(picture(), f"修好了 {ticket.number}")).status == 201

    async def done() -> bool:
        return str((await worker.look(f"tickets/{ticket.number}"))["status"]) == "done"

    await front.until(done)
    shown = await worker.look(f"tickets/{ticket.number}")
    assert await (await worker.browser.get(shown["pictures"][0])).read() == picture()
    line = next(line for line in await worker.lines() if line["pictures"])
    assert (await worker.browser.get(line["pictures"][0])).status == 200
    assert (await (await front.staff("W002")).browser.get(line["pictures"][0])).status == 404


@pytest.mark.parametrize("number", NO_HOSTS)
async def test_residents_conversations_are_not_for_every_role(front: Front, number: str) -> None:
    resident = await front.resident()
    await resident.say("你好")
    lane = quote((await chat_of(await front.staff("K001")))["lane"], safe="")
    colleague = await front.staff(number)
    assert (await colleague.get("chats")).status == 403
    assert (await colleague.get(f"chats/{lane}")).status == 403
    assert (await colleague.post(f"chats/{lane}/take")).status == 403
    assert (await colleague.post(f"chats/{lane}/release")).status == 403
    assert (await colleague.browser.get(f"/media/talk/{lane}/x")).status == 403


@pytest.mark.parametrize("number", HOSTS)
async def test_whoever_talks_with_residents_opens_their_conversations(front: Front, number: str) -> None:
    resident = await front.resident()
    await resident.say("你好")
    colleague = await front.staff(number)
    chat = await chat_of(colleague)
    assert "你好" in str(await colleague.look(f"chats/{quote(chat['lane'], safe='')}"))


async def test_a_conversation_is_masked_until_it_is_taken_over(front: Front) -> None:
    resident, desk = await front.resident(), await front.staff("K001")
    await resident.bind()
    await resident.upload(picture(), "厨房漏水，我的电话13800001501")
    before = str(await desk.look("chats"))
    lane = quote((await chat_of(desk))["lane"], safe="")
    shown = await desk.look(f"chats/{lane}")
    for secret in ("周晓梅", "13800001501", "3栋2单元501", "236.40"):
        assert secret not in before
        assert secret not in str(shown)
    assert shown["who"] == "3栋2单元** 周**"
    assert sum(line["hidden_pictures"] for line in shown["messages"]) == 1
    await taken(front, desk, resident)
    full = await desk.look(f"chats/{lane}")
    assert full["who"] == "3栋2单元501 周晓梅"
    address = next(line["pictures"][0] for line in full["messages"] if line["pictures"])
    assert await (await desk.browser.get(address)).read() == picture()
    assert (await (await front.staff("L001")).browser.get(address)).status == 404


async def test_a_held_conversation_goes_both_ways_until_it_is_given_back(front: Front) -> None:
    resident, desk = await front.resident(), await front.staff("K001")
    lane = quote(await taken(front, desk, resident), safe="")
    await resident.post("我想问一下装修押金")
    forwarded = await desk.hears("我想问一下装修押金")
    assert forwarded["resident"]
    await desk.say("您好，押金在验收合格后退还。")

    async def answered() -> bool:
        return any("押金在验收" in line["text"] and line["from"] == "person" for line in await resident.history())

    await front.until(answered)
    assert (await desk.post(f"chats/{lane}/release")).status == 201

    async def free() -> bool:
        return (await chat_of(desk))["holder"] is None

    await front.until(free)
    assert (await resident.say("你好"))[-1]["from"] == "bot"


async def test_rude_words_of_the_page_are_held_back_with_a_hint(front: Front) -> None:
    """domain.md 8.15: plain words in a held chat and 回复业主 from the page alike."""
    desk = await front.staff("K001")
    resident = await front.resident()
    await taken(front, desk, resident)
    await desk.say("不归我管，爱找谁找谁")
    await desk.hears("没有发给住户")
    await desk.say("您好，请稍候，我请同事马上去看。")

    async def answered() -> bool:
        return any("我请同事马上去看" in line["text"] for line in await resident.history())

    await front.until(answered)
    assert all("不归我管" not in line["text"] for line in await resident.history())


async def test_a_picture_of_the_holder_reaches_the_resident(front: Front) -> None:
    resident, desk = await front.resident(), await front.staff("K001")
    await taken(front, desk, resident)
    await desk.show(picture(), "")

    async def seen() -> bool:
        return any(line["pictures"] for line in await resident.history() if line["from"] == "person")

    await front.until(seen)
    address = next(line["pictures"][0] for line in await resident.history() if line["pictures"])
    assert await (await resident.browser.get(address)).read() == picture()


async def test_only_the_holder_gives_a_conversation_back(front: Front) -> None:
    resident, desk = await front.resident(), await front.staff("K001")
    lane = quote(await taken(front, desk, resident), safe="")
    other = await front.staff("L001")
    assert (await other.post(f"chats/{lane}/release")).status == 400
    assert (await chat_of(other))["holder"] == "何苗"


async def test_who_waits_for_a_person_stands_first(front: Front) -> None:
    waiting, talking = await front.resident(), await front.resident()
    await waiting.say("转人工")
    front.pass_time(seconds=30)
    await talking.say("你好")
    first, second = (await (await front.staff("K001")).look("chats"))["chats"]
    assert first["since"] is not None
    assert second["since"] is None


async def test_a_conversation_that_complains_of_somebody_is_not_opened_by_him(front: Front) -> None:
    resident, desk = await front.resident(), await front.staff("K001")
    await resident.say("你好")
    lane = str((await chat_of(desk))["lane"])
    extra = {"accused_ids": [desk.me.id]}
    await front.ticket("complaint", type=TicketType.COMPLAINT, reporter_lane=lane, extra=extra)
    assert (await desk.look("chats"))["chats"] == []
    assert (await desk.get(f"chats/{quote(lane, safe='')}")).status == 404
    assert (await desk.post(f"chats/{quote(lane, safe='')}/take")).status == 404
    assert (await chat_of(await front.staff("L001")))["lane"] == lane


async def test_a_butler_opens_the_conversations_of_the_own_grid(front: Front) -> None:
    mine, other = await front.resident(), await front.resident()
    await mine.bind("3栋2单元501", "1501")
    await other.bind("1栋2单元501", "2501")
    butler = await front.staff("B001")
    assert butler.me.role is Role.BUTLER
    assert len((await butler.look("chats"))["chats"]) == 2
    await front.run(lambda uow: uow.imports.staff([_moved(butler)], front.clock.now()))
    assert [chat["who"][:2] for chat in (await butler.look("chats"))["chats"]] == ["3栋"]


def _moved(butler: Colleague) -> StaffRow:
    me = butler.me
    return StaffRow(me.number, me.name, me.phone, me.post, me.team, me.skills, ("3", "12"), me.account, me.role)


@pytest.mark.parametrize("lane", ["staff:1", "person:999", "user:webchat.main:web-none", "estate", "%2e%2e"])
async def test_what_is_no_residents_conversation_is_missing(front: Front, lane: str) -> None:
    desk = await front.staff("K001")
    await desk.say("今天还有哪些")
    await desk.hears("没有")
    assert (await desk.get(f"chats/{quote(lane, safe='')}")).status == 404
    assert (await desk.post(f"chats/{quote(lane, safe='')}/take")).status == 404


async def test_a_live_stream_ends_with_the_session(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.events.CHECK_S", 0.01)
    worker = await front.staff("W001")
    stream = await worker.browser.get("/api/v1/console/events")
    await front.run(lambda uow: uow.sessions.end_all(worker.me.id))
    while not stream.content.at_eof():
        await stream.content.readany()
