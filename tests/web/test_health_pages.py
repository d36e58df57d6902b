"""Probes, counters, protective headers and refusals on every page (INV-20, INV-24, INV-30, INV-33)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.disk import LOW
from bot.web.keys import DISK, PARTS, RECEPTION
from tests.fakes.front import Front

PAGES = ("/chat", "/console/login", "/console", "/healthz", "/readyz", "/metrics", "/static/chat/chat.js", "/nowhere")
HTML = {"Accept": "text/html"}


@contextmanager
def locked(front: Front) -> Iterator[None]:
    """Another process holds the database."""
    path = front.app[PARTS].config.var / "guanjia.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_carries_the_protective_headers(front: Front, path: str) -> None:
    headers = (await (await front.browser()).get(path, headers=HTML)).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "aiohttp" not in headers["Server"]


async def test_live_streams_carry_them_too(front: Front) -> None:
    resident = await front.resident()
    async with resident.browser.get("/api/v1/chat/events") as stream:
        assert stream.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/chat", "/console/login", "/console", "/api/v1/chat/history"])
async def test_what_is_personal_is_not_kept_by_caches(front: Front, path: str) -> None:
    resident = await front.resident()
    assert (await resident.browser.get(path)).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/chat", "/console/login", "/console"])
async def test_pages_have_no_inline_code(front: Front, path: str) -> None:
    colleague = await front.staff("K001")
    text = await (await colleague.browser.get(path)).text()
    assert "<script>" not in text
    assert " style=" not in text
    assert " onclick=" not in text


async def test_a_missing_page_is_a_kind_page_for_people(front: Front) -> None:
    answer = await (await front.browser()).get("/nowhere", headers=HTML)
    assert answer.status == 404
    assert "没有找到" in await answer.text()


async def test_a_missing_address_is_a_problem_document_for_programs(front: Front) -> None:
    answer = await (await front.browser()).get("/api/v1/nowhere")
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert (await answer.json())["status"] == 404


async def test_another_method_names_the_right_one(front: Front) -> None:
    answer = await (await front.browser()).delete("/api/v1/chat/history")
    assert (answer.status, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


async def test_the_process_is_alive(front: Front) -> None:
    assert await (await (await front.browser()).get("/healthz")).json() == {"status": "ok"}


async def test_a_full_disk_is_not_ready_and_a_low_one_says_so(front: Front) -> None:
    browser = await front.browser()
    front.app[DISK]._free = lambda _: 0
    answer = await browser.get("/readyz")
    assert (answer.status, await answer.json()) == (503, {"status": "disk full"})
    front.app[DISK]._free = lambda _: LOW - 1
    answer = await browser.get("/readyz")
    assert (answer.status, (await answer.json())["disk"]) == (200, "low")


async def test_ready_says_what_waits(front: Front) -> None:
    answer = await (await front.browser()).get("/readyz")
    assert (await answer.json()) == {"status": "ready", "inbox": 0, "outbox": 0}


async def test_not_ready_while_a_stop_is_under_way(front: Front) -> None:
    browser = await front.browser()
    await front.app.shutdown()
    assert (await browser.get("/readyz")).status == 503
    assert (await browser.get("/healthz")).status == 200


async def test_metrics_count_turns_and_messages(front: Front) -> None:
    resident = await front.resident()
    await resident.say("你好")

    async def counted() -> bool:
        text = await (await resident.browser.get("/metrics")).text()
        sent = 'guanjia_sent_total{channel="webchat.main",kind="reply"} 1.0' in text
        return sent and "guanjia_inbox_pending 0.0" in text and "guanjia_outbox_pending 0.0" in text

    await front.until(counted)


async def test_a_busy_database_is_told_with_the_number_to_call(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.WAIT_MS", 50)
    resident = await front.resident()
    front.app[PARTS].store.database.engine.dispose()
    with locked(front):
        answer = await resident.post("厨房漏水")
        assert (answer.status, answer.content_type) == (503, "application/problem+json")
        assert "系统繁忙" in (await answer.json())["detail"]
        assert (await resident.browser.get("/readyz")).status == 503
    assert (await resident.post("厨房漏水")).status == 201


async def test_a_page_does_not_wait_long_for_a_database_that_is_held(front: Front) -> None:
    resident = await front.resident()
    front.app[RECEPTION].patience_s = 0.05
    with locked(front):
        client_id = front.client_id()
        assert (await resident.post("厨房漏水", client_id=client_id)).status == 503
    front.app[RECEPTION].patience_s = 5.0
    answer = await resident.post("厨房漏水", client_id=client_id)
    assert answer.status in (200, 201)
    assert [line["text"] for line in await resident.history() if line["from"] == "me"] == ["厨房漏水"]


async def test_a_failure_of_ours_tells_nothing_about_itself(front: Front) -> None:
    resident = await front.resident()
    front.app[PARTS].store._readers.shutdown()  # what no sender can cause: the storage threads are gone
    answer = await resident.browser.get("/api/v1/chat/history")
    assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert "shutdown" not in await answer.text()
