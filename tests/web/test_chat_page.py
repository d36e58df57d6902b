"""The resident's chat: said once, answered live and after a reload, pictures by content, limits told kindly."""

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import ClientResponse

from bot.web.chat import CHANNEL
from bot.web.keys import PARTS
from handlers.deletion import keep
from storage.message import NewMessage
from storage.model import Address
from tests.fakes.front import Front, Json, Resident, event_with, picture


async def is_problem(answer: ClientResponse, status: int) -> str:
    """The sentence of a refusal."""
    assert answer.status == status
    assert answer.content_type == "application/problem+json"
    return str((await answer.json())["detail"])


async def say_with_buttons(front: Front, resident: Resident) -> None:
    """The bot shows two buttons."""
    await resident.say("你好")
    user_id = await front.run(lambda uow: uow.conversations.latest(1)[0][1].address)
    assert user_id is not None
    to = Address("resident", CHANNEL, user_id.user_id)
    message = NewMessage(to, "请问您是想办哪一件？", buttons=(("wish:repair", "报修"), ("wish:payment", "缴费")))
    front.pass_time(seconds=1)
    await front.run(lambda uow: uow.outbox.add([message], front.clock.now()))
    front.pass_time(seconds=1)


async def test_an_answer_is_in_the_history_after_a_reload(front: Front) -> None:
    resident = await front.resident()
    lines = await resident.say("你好")
    assert [line["from"] for line in lines[:2]] == ["me", "bot"]
    assert "您好" in lines[1]["text"]


async def test_an_answer_arrives_live_and_the_turn_is_told_to_have_ended(front: Front) -> None:
    resident = await front.resident()
    async with resident.browser.get("/api/v1/chat/events") as stream:
        sent = await (await resident.post("你好")).json()
        kinds: list[str] = []
        while "bot" not in kinds or "settled" not in kinds:
            event = await event_with(stream, lambda each: True)
            kinds.append("settled" if event.get("settled") == sent["id"] else event.get("from", ""))
    assert kinds[0] == "me"


async def test_both_tabs_of_a_resident_are_live(front: Front) -> None:
    resident = await front.resident()
    async with (
        resident.browser.get("/api/v1/chat/events") as first,
        resident.browser.get("/api/v1/chat/events") as second,
    ):
        await resident.post("你好", client_id="the-same-for-both")
        for stream in (first, second):
            mine = await event_with(stream, lambda each: each.get("from") == "me")
            assert mine["client_id"] == "the-same-for-both"
            await event_with(stream, lambda each: each.get("from") == "bot")


async def test_another_resident_hears_and_reads_nothing_of_it(front: Front) -> None:
    resident, other = await front.resident(), await front.resident()
    await resident.say("你好")
    assert await other.history() == []


async def test_the_same_client_id_twice_is_one_message(front: Front) -> None:
    resident = await front.resident()
    first = await resident.post("你好", client_id="said-only-once")
    again = await resident.post("你好", client_id="said-only-once")
    assert (first.status, again.status) == (201, 200)
    assert (await first.json())["id"] == (await again.json())["id"]
    assert [line["from"] for line in await resident.history()].count("me") == 1


async def test_forty_twins_at_once_are_one_message(front: Front) -> None:
    resident = await front.resident()
    answers = await asyncio.gather(*(resident.post("你好", client_id="forty-at-once") for _ in range(40)))
    assert len({(await answer.json())["id"] for answer in answers}) == 1
    assert sorted(answer.status for answer in answers) == [200] * 39 + [201]


async def test_a_tapped_button_is_shown_as_chosen_after_a_reload(front: Front) -> None:
    resident = await front.resident()
    await say_with_buttons(front, resident)
    lines = await resident.say("", tap="wish:payment")
    asked = next(line for line in lines if line.get("buttons") and line["text"].startswith("请问您是想办"))
    assert asked["answered"] == "wish:payment"
    assert next(line for line in lines if line.get("tap") == "wish:payment")["text"] == "缴费"


async def test_a_button_that_was_never_shown_is_refused(front: Front) -> None:
    resident = await front.resident()
    assert "刷新" in await is_problem(await resident.post("接单", tap="accept:1"), 400)
    assert await resident.history() == []


async def test_a_long_text_is_kept_up_to_the_limit_and_the_resident_is_told(front: Front) -> None:
    resident = await front.resident()
    lines = await resident.say("水管漏水" * 2_600)
    assert len(lines[0]["text"]) == 10_000
    assert any("内容较长" in line["text"] for line in lines)


async def test_emoji_and_odd_characters_come_back_as_they_were(front: Front) -> None:
    resident = await front.resident()
    words = "谢谢👍🏽 <b>&amp; ${x} {estate.name}"
    lines = await resident.say(words)
    assert lines[0]["text"] == words


async def test_half_a_character_in_json_is_no_error(front: Front) -> None:
    resident = await front.resident()
    body = b'{"client_id": "half-a-character", "text": "\\ud83d \\u0000 hello"}'
    headers = {"Content-Type": "application/json"}
    answer = await resident.browser.post("/api/v1/chat/messages", data=body, headers=headers)
    assert answer.status == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"client_id": "short", "text": "x"}', 400),
        (b'{"client_id": "long-enough", "text": 5}', 400),
        (b'{"client_id": "long-enough", "text": "x", "tap": ""}', 400),
        (b'{"client_id": "../../etc/passwd", "text": "x"}', 400),
        (b"[" * 30_000 + b"]" * 30_000, 400),
        (b'{"client_id": "long-enough", "text": "x", "deep": ' + b"[" * 25 + b"]" * 25 + b"}", 400),
        (b'{"client_id": "long-enough", "text": "' + b"x" * 70_000 + b'"}', 413),
        (b"\xff\xfe", 400),
    ],
)
async def test_a_body_that_is_no_message_is_a_kind_refusal(front: Front, body: bytes, status: int) -> None:
    resident = await front.resident()
    headers = {"Content-Type": "application/json"}
    answer = await resident.browser.post("/api/v1/chat/messages", data=body, headers=headers)
    assert len(await is_problem(answer, status)) > 5


async def test_a_packed_body_is_not_unpacked(front: Front) -> None:
    resident = await front.resident()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await resident.browser.post("/api/v1/chat/messages", data=b"\x1f\x8b\x08no gzip", headers=headers)
    await is_problem(answer, 415)


async def test_a_form_is_no_json(front: Front) -> None:
    resident = await front.resident()
    await is_problem(await resident.browser.post("/api/v1/chat/messages", data={"text": "x"}), 415)


async def test_without_a_chat_cookie_nothing_is_said_or_read(front: Front) -> None:
    browser = await front.browser()
    await is_problem(await browser.get("/api/v1/chat/history"), 401)
    await is_problem(await browser.post("/api/v1/chat/messages", json={"client_id": "a-stranger", "text": "x"}), 401)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_site_cannot_speak_for_a_resident(front: Front, headers: dict[str, str]) -> None:
    resident = await front.resident()
    body = {"client_id": "from-elsewhere", "text": "你好"}
    await is_problem(await resident.browser.post("/api/v1/chat/messages", json=body, headers=headers), 403)


async def test_the_cookie_is_kept_from_scripts_and_other_sites(front: Front) -> None:
    browser = await front.browser()
    cookie = (await browser.get("/chat")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_a_picture_is_taken_shown_to_its_sender_and_to_nobody_else(front: Front) -> None:
    resident, other = await front.resident(), await front.resident()
    answer = await resident.upload(picture(), "厨房漏水")
    assert answer.status == 201
    line = (await resident.history())[0]
    assert line["text"] == "厨房漏水"
    address = line["pictures"][0]
    shown = await resident.browser.get(address)
    assert (shown.status, shown.content_type, await shown.read()) == (200, "image/png", picture())
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert (await other.browser.get(address)).status == 404
    assert (await (await front.browser()).get(address)).status == 401


async def test_a_picture_belongs_to_the_ticket_it_was_sent_for(front: Front) -> None:
    """Retention counts from the end of the ticket (reliability.md 6)."""
    resident = await front.resident()
    await resident.bind()
    await resident.upload(picture(), "厨房水管漏水")
    (name,) = [line["pictures"][0].rsplit("/", 1)[1] for line in await resident.history() if line.get("pictures")]

    async def owned() -> bool:
        file = await front.run(lambda uow: uow.media.get(name))
        return file is not None and file.ticket_id is not None

    await front.until(owned)
    file = await front.run(lambda uow: uow.media.get(name))
    ticket = await front.run(lambda uow: uow.tickets.get(file.ticket_id if file and file.ticket_id else 0))
    assert ticket is not None
    assert [item["id"] for item in ticket.extra["media"]] == [name]


async def test_a_visitor_who_comes_back_is_not_forgotten(front: Front) -> None:
    """Visitors are kept for a time after their last visit, not after their first (reliability.md 6)."""
    resident = await front.resident()
    front.pass_time(days=20)
    assert (await resident.browser.get("/chat")).status == 200
    front.pass_time(days=20)
    rules = front.app[PARTS].setting.rules.retention
    await front.run(lambda uow: uow.retention.purge(front.clock.now(), keep(rules)))
    assert (await resident.browser.get("/api/v1/chat/history")).status == 200


@pytest.mark.parametrize("name", ["..%2f..%2fcipher.key", "cipher.key", "%2e%2e", "x" * 200])
async def test_no_other_file_is_served_as_a_picture(front: Front, name: str) -> None:
    resident = await front.resident()
    assert (await resident.browser.get(f"/media/chat/{name}")).status == 404


def bomb() -> bytes:
    """Few bytes, very many pixels."""
    return picture("PNG", (6_000, 5_000))


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (lambda: b"<svg onload='alert(1)'/>", 415),
        (lambda: b"<html><script>alert(1)</script></html>", 415),
        (lambda: b"%PDF-1.7 not a picture", 415),
        (lambda: picture()[:40], 400),
        (bomb, 413),
        (lambda: picture() + b"\0" * (10 * 1024 * 1024), 413),
        (lambda: b"", 400),
    ],
)
async def test_what_is_no_fitting_picture_is_refused(front: Front, content: Callable[[], bytes], status: int) -> None:
    resident = await front.resident()
    assert "。" in await is_problem(await resident.upload(content()), status)
    assert await resident.history() == []


async def test_the_ending_and_the_claimed_type_do_not_matter(front: Front) -> None:
    resident = await front.resident()
    await resident.upload(picture("JPEG"))
    assert (await resident.history())[0]["pictures"][0].endswith(".jpg")


async def test_somebody_who_writes_very_fast_is_told_once_a_minute_and_nothing_is_lost(front: Front) -> None:
    resident = await front.resident()
    for number in range(25):
        assert (await resident.post(f"第{number}句")).status == 201

    async def told() -> bool:
        return any("消息较多" in line["text"] for line in await resident.history())

    await front.until(told)
    lines = await resident.history()
    assert sum(line["from"] == "me" for line in lines) == 25
    assert sum("消息较多" in line["text"] for line in lines) == 1


async def test_an_ordinary_pace_is_not_remarked_upon(front: Front) -> None:
    resident = await front.resident()
    for number in range(22):
        await resident.post(f"第{number}句")
        front.pass_time(seconds=4)
    lines = await resident.say("你好")
    assert not any("消息较多" in line["text"] for line in lines)


async def test_the_history_tells_the_time_of_the_server(front: Front) -> None:
    resident = await front.resident()
    answer: Json = await (await resident.browser.get("/api/v1/chat/history")).json()
    assert answer["now"] == front.clock.now().isoformat()


async def test_words_are_escaped_where_they_are_written_into_a_page(front: Front) -> None:
    browser = await front.browser()
    answer = await browser.post("/console/login", data={"login": "<script>alert(1)</script>", "password": "x"})
    text = await answer.text()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


async def test_live_streams_end_when_the_server_stops(front: Front) -> None:
    resident = await front.resident()
    stream = await resident.browser.get("/api/v1/chat/events")
    closing = asyncio.create_task(front.app.shutdown())
    async with asyncio.timeout(5):
        while not stream.content.at_eof():
            await stream.content.readany()
    await closing


async def test_moments_are_in_utc_and_in_order(front: Front) -> None:
    resident = await front.resident()
    await resident.say("你好")
    moments = [line["at"] for line in await resident.history()]
    assert moments == sorted(moments)
    assert all(moment.endswith("+00:00") for moment in moments)
