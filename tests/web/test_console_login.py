"""Log-in of staff: same answer for strangers, delays, sessions that end, CSRF, every route guarded (INV-26..28)."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientResponse, web

from bot.accounts import disable, find_staff
from bot.web.gate import PER_ACCOUNT, PER_ADDRESS, Gate
from tests.fakes.front import PASSWORD, Browser, Colleague, Front

#: What needs no log-in of staff: the residents' side, the platforms' and the probes.
OPEN = ("/chat", "/api/v1/chat/", "/media/chat/", "/callback/", "/static", "/healthz", "/readyz", "/metrics")


async def log_in(browser: Browser, login: str, password: str, **headers: str) -> ClientResponse:
    """Try to log in; redirects are not followed."""
    data = {"login": login, "password": password}
    return await browser.post("/console/login", data=data, headers=headers, allow_redirects=False)


async def sentence(answer: ClientResponse) -> str:
    """What the form says."""
    found = re.search(r'role="alert"[^>]*>([^<]+)<', await answer.text())
    return found.group(1) if found else ""


async def is_in(colleague: Colleague) -> bool:
    """Whether the session still holds."""
    return (await colleague.get("tickets")).status == 200


async def test_the_right_password_opens_the_console(front: Front) -> None:
    colleague = await front.staff("K001")
    assert "何苗" in await (await colleague.browser.get("/console")).text()


async def test_unknown_names_and_wrong_passwords_get_the_same_answer(front: Front) -> None:
    await front.password("K001")
    browser = await front.browser()
    known, unknown = await log_in(browser, "K001", "wrong"), await log_in(browser, "nobody", "wrong")
    assert known.status == unknown.status == 401
    assert await sentence(known) == await sentence(unknown) != ""


@pytest.mark.parametrize("name", ["K001", "nobody"])
async def test_five_failures_make_the_next_attempt_wait_a_quarter_of_an_hour(front: Front, name: str) -> None:
    await front.password("K001")
    browser = await front.browser()
    for _ in range(5):
        assert (await log_in(browser, name, "wrong")).status == 401
    front.pass_time(minutes=14)
    waiting = await log_in(browser, name, PASSWORD)
    assert waiting.status == 429
    assert await sentence(waiting)
    front.pass_time(minutes=2)
    assert (await log_in(browser, name, "wrong")).status == 401


async def test_the_owner_gets_in_after_the_wait(front: Front) -> None:
    await front.password("K001")
    browser = await front.browser()
    for _ in range(5):
        await log_in(browser, "K001", "wrong")
    front.pass_time(minutes=16)
    assert (await log_in(browser, "K001", PASSWORD)).status == 303


async def test_twenty_failures_of_one_address_make_it_wait_for_any_name(front: Front) -> None:
    browser = await front.browser()
    for number in range(20):
        assert (await log_in(browser, f"name{number}", "wrong")).status == 401
    assert (await log_in(browser, "another", "wrong")).status == 429


def test_strangers_failures_do_not_keep_out_an_address_that_got_in_before() -> None:
    gate, now = Gate(), datetime(2026, 11, 24, tzinfo=UTC)
    gate.succeeded("K001", "the office")
    for _ in range(5):
        gate.failed("K001", "a stranger", now)
    assert gate.is_shut("K001", "a stranger", now)
    assert gate.is_shut("K001", "somewhere else", now)
    assert not gate.is_shut("K001", "the office", now)


def test_a_gate_remembers_a_bounded_number_of_names() -> None:
    gate, now = Gate(), datetime(2026, 11, 24, tzinfo=UTC)
    for number in range(10_005):
        gate.failed(f"name{number}", f"address{number}", now + timedelta(milliseconds=number))
    assert len(gate._names._times) == 10_000


@pytest.mark.parametrize(("names", "tried"), [(1, PER_ACCOUNT), (40, PER_ADDRESS)])
async def test_guesses_at_once_are_counted_like_one_after_the_other(front: Front, names: int, tried: int) -> None:
    browser = await front.browser()
    answers = await asyncio.gather(*(log_in(browser, f"name{number % names}", "wrong") for number in range(40)))
    assert sum(answer.status == 401 for answer in answers) == tried


async def test_right_passwords_are_no_failures(front: Front) -> None:
    await front.password("K001")
    browser = await front.browser()
    for _ in range(PER_ADDRESS + 2):
        assert (await log_in(browser, "K001", PASSWORD)).status == 303


async def test_a_disabled_account_is_thrown_out_and_does_not_get_in(front: Front) -> None:
    colleague = await front.staff("K001")
    assert await is_in(colleague)
    assert await front.run(lambda uow: disable(uow, "K001", colleague.me))
    assert not await is_in(colleague)
    assert (await log_in(await front.browser(), "K001", PASSWORD)).status == 401


async def test_another_site_cannot_log_somebody_in(front: Front) -> None:
    await front.password("K001")
    answer = await log_in(await front.browser(), "K001", PASSWORD, Origin="https://evil.example")
    assert answer.status == 403


async def test_an_overlong_password_is_simply_wrong(front: Front) -> None:
    await front.password("K001")
    assert (await log_in(await front.browser(), "K001", "x" * 5_000)).status == 401


async def test_a_session_ends_after_half_an_hour_without_anybody(front: Front) -> None:
    colleague = await front.staff("K001")
    front.pass_time(minutes=29)
    assert await is_in(colleague)
    front.pass_time(minutes=29)
    assert await is_in(colleague)
    front.pass_time(minutes=31)
    assert (await colleague.get("tickets")).status == 401


async def test_what_the_page_does_by_itself_does_not_prolong_a_session(front: Front) -> None:
    colleague = await front.staff("K001")
    for _ in range(3):
        front.pass_time(minutes=11)
        answer = await colleague.get("tickets", **{"X-By-Itself": "1"})
    assert answer.status == 401


async def test_a_session_ends_after_twelve_hours_of_work(front: Front) -> None:
    colleague = await front.staff("K001")
    for _ in range(12 * 60 // 20 - 1):
        front.pass_time(minutes=20)
        assert await is_in(colleague)
    front.pass_time(minutes=21)
    assert (await colleague.get("tickets")).status == 401


async def test_logging_out_ends_the_session_on_the_server(front: Front) -> None:
    colleague = await front.staff("K001")
    cookies = {cookie.key: cookie.value for cookie in colleague.browser.session.cookie_jar}
    answer = await colleague.browser.post("/console/logout", data={"csrf": colleague.csrf}, allow_redirects=False)
    assert answer.status == 303
    thief = await front.browser()
    assert (await thief.get("/api/v1/console/tickets", cookies=cookies)).status == 401


async def test_a_new_log_in_gets_a_new_session(front: Front) -> None:
    colleague = await front.staff("K001")
    before = {cookie.key: cookie.value for cookie in colleague.browser.session.cookie_jar}
    await log_in(colleague.browser, "K001", PASSWORD)
    after = {cookie.key: cookie.value for cookie in colleague.browser.session.cookie_jar}
    assert before.keys() == after.keys()
    assert before != after
    assert (await (await front.browser()).get("/api/v1/console/tickets", cookies=before)).status == 401


async def test_a_log_in_is_recorded(front: Front) -> None:
    colleague = await front.staff("K001")
    assert await front.run(lambda uow: uow.records.of("log_in", f"staff:{colleague.me.id}"))


@pytest.mark.parametrize(
    "headers", [{"X-CSRF": ""}, {"X-CSRF": "guessed"}, {"X-CSRF": "中文"}, {"Origin": "https://evil.example"}]
)
async def test_a_state_change_needs_the_token_and_our_own_page(front: Front, headers: dict[str, str]) -> None:
    colleague = await front.staff("K001")
    body = {"client_id": "from-elsewhere", "text": "接单"}
    answer = await colleague.post("rooms/private/messages", body, **headers)
    assert answer.status == 403
    assert (await answer.json())["detail"]
    assert await colleague.lines() == []


async def test_every_route_is_open_on_purpose_or_asks_for_a_log_in(front: Front) -> None:
    browser = await front.browser()
    asked = 0
    for route in front.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path == "/" or path.startswith(OPEN) or path == "/console/login" or route.method == "HEAD":
            continue
        address = re.sub(r"\{[^}]+\}", "1", path)
        answer = await browser.request(route.method, address, allow_redirects=False)
        assert answer.status in (401, 302), f"{route.method} {path}"
        asked += 1
    assert asked >= 18


async def test_the_stranger_is_led_to_the_log_in(front: Front) -> None:
    answer = await (await front.browser()).get("/console", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/console/login")


async def test_the_first_administrator_has_a_log_in_after_the_first_start(front: Front) -> None:
    from bot.accounts import ADMIN, ensure_admin
    from bot.secrets import Secret

    assert await front.run(lambda uow: ensure_admin(uow, Secret(PASSWORD), front.clock.now()))
    assert not await front.run(lambda uow: ensure_admin(uow, Secret("another one"), front.clock.now()))
    assert (await log_in(await front.browser(), ADMIN, PASSWORD)).status == 303
    assert await front.run(lambda uow: find_staff(uow, ADMIN)) is not None


async def test_a_demo_lets_one_play_others_and_a_real_site_does_not(front: Front) -> None:
    from bot.web.keys import PARTS

    colleague = await front.staff("K001")
    assert (await colleague.post("play", {"number": "W001"})).status == 404
    (front.app[PARTS].config.var / "sample.password").write_text("x")
    assert (await colleague.post("play", {"number": "W999"})).status == 404
    assert (await colleague.post("play", {"number": "W001"})).status == 200
    page = await (await colleague.browser.get("/console")).text()
    assert 'data-me="张强"' in page


def test_the_application_serves_no_file_outside_its_own(front: Front) -> None:
    static = [route for route in front.app.router.resources() if isinstance(route, web.StaticResource)]
    assert [resource.canonical for resource in static] == ["/static"]
