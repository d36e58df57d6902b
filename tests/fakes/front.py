"""The whole product behind its web pages: a real database file, a virtual clock, browsers of residents and staff."""

import asyncio
import io
import itertools
import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientResponse, CookieJar, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from bot.accounts import find_staff, set_password
from bot.app import build
from bot.clock import VirtualClock
from bot.config import Config
from bot.importing import load_file
from bot.pipeline import Understands
from bot.secrets import Secret, ensure_keys
from bot.web.keys import PARTS
from storage.database import Database
from storage.model import NewTicket, Staff, Ticket, TicketType
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork

ESTATE = Path(__file__).parent.parent / "scenarios" / "estate"
PASSWORD = "a long enough password"
_PATIENCE_S = 20
Browser = TestClient[web.Request, web.Application]
Json = dict[str, Any]
T = TypeVar("T")


def picture(kind: str = "PNG", size: tuple[int, int] = (24, 16)) -> bytes:
    """A real little picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


@dataclass(slots=True)
class Front:
    """The running application, its clock and its database."""

    app: web.Application
    server: TestServer
    clock: VirtualClock
    browsers: list[Browser] = field(default_factory=list)
    ids: "itertools.count[int]" = field(default_factory=itertools.count)

    async def browser(self) -> Browser:
        """Somebody's browser, with cookies of its own."""
        browser = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.browsers.append(browser)
        return browser

    async def resident(self) -> "Resident":
        """Somebody who has opened the chat."""
        browser = await self.browser()
        assert (await browser.get("/chat")).status == 200
        return Resident(self, browser)

    async def staff(self, number: str) -> "Colleague":
        """A member of staff who has logged in."""
        me = await self.password(number)
        browser = await self.browser()
        answer = await browser.post("/console/login", data={"login": number, "password": PASSWORD})
        assert answer.status == 200
        csrf = re.search(r'name="csrf" content="([^"]+)"', await answer.text())
        assert csrf is not None
        return Colleague(self, browser, me, csrf.group(1))

    async def password(self, number: str) -> Staff:
        """Give a member of staff a password."""
        return await self.run(lambda uow: _with_password(uow, number))

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Read or write the database."""
        return await self.app[PARTS].store.run(work)

    async def ticket(self, number_of: str = "", **fields: Any) -> Ticket:
        """A stored ticket; `number_of` makes its source unique."""
        now = self.clock.now()
        values: Json = {"type": TicketType.REPAIR, "category": "water", "summary": "厨房水管漏水", "group": "repair"}
        new = NewTicket(**(values | {"day": now.date(), "source_key": f"test:{number_of}:{next(self.ids)}"} | fields))
        return await self.run(lambda uow: uow.tickets.open(new, now))

    def pass_time(self, **lapse: float) -> None:
        """Let the clock go on, and let everything look at it."""
        self.clock.move(self.clock.now() + timedelta(**lapse))
        self.app[PARTS].spine.wake()

    async def until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        """Wait for a state of the product; the clock goes on, as bursts are gathered on it."""
        async with asyncio.timeout(_PATIENCE_S):
            while not await reached():
                self.pass_time(milliseconds=200)
                await asyncio.sleep(0.01)

    def client_id(self) -> str:
        """A fresh id of a message."""
        return f"message-{next(self.ids):06}"


def _with_password(uow: UnitOfWork, number: str) -> Staff:
    found = find_staff(uow, number)
    assert found is not None
    if uow.sessions.login(number) is None:
        set_password(uow, number, found, Secret(PASSWORD))
    return found


@dataclass(slots=True)
class Resident:
    """A resident's chat page."""

    front: Front
    browser: Browser

    async def post(self, text: str = "", **more: Any) -> ClientResponse:
        """Send a message."""
        body = {"client_id": self.front.client_id(), "text": text} | more
        return await self.browser.post("/api/v1/chat/messages", json=body)

    async def upload(self, content: bytes, text: str = "") -> ClientResponse:
        """Send a picture."""
        form = FormData()
        form.add_field("client_id", self.front.client_id())
        form.add_field("text", text)
        form.add_field("picture", io.BytesIO(content), filename="photo", content_type="image/png")
        return await self.browser.post("/api/v1/chat/pictures", data=form)

    async def history(self) -> list[Json]:
        """What the page shows after a reload."""
        answer = await self.browser.get("/api/v1/chat/history")
        return list((await answer.json())["messages"])

    async def say(self, text: str, **more: Any) -> list[Json]:
        """Send a message and wait for the answer; the history with it."""
        answer = await self.post(text, **more)
        assert answer.status == 201
        sent = (await answer.json())["id"]

        async def answered() -> bool:
            lines = await self.history()
            at = next(at for at, line in enumerate(lines) if line["id"] == sent)
            return not lines[at]["waiting"] and any(line["from"] != "me" for line in lines[at + 1 :])

        await self.front.until(answered)
        return await self.history()

    async def bind(self, room: str = "3栋2单元501", tail: str = "1501") -> None:
        """Become known as the resident of a room."""
        await self.say(f"查一下{room}的物业费")
        await self.say(tail)


@dataclass(slots=True)
class Colleague:
    """A member of staff at the console."""

    front: Front
    browser: Browser
    me: Staff
    csrf: str

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """Look something up."""
        return await self.browser.get(f"/api/v1/console/{path}", headers=headers)

    async def look(self, path: str) -> Json:
        """Look something up that must be there."""
        answer = await self.get(path)
        assert answer.status == 200, path
        return dict(await answer.json())

    async def post(self, path: str, body: Json | None = None, **headers: str) -> ClientResponse:
        """Do something."""
        full = {"client_id": self.front.client_id()} if body is None else body
        return await self.browser.post(f"/api/v1/console/{path}", json=full, headers={"X-CSRF": self.csrf} | headers)

    async def say(self, text: str, room: str = "private") -> ClientResponse:
        """Say a sentence in a room."""
        return await self.post(f"rooms/{room}/messages", {"client_id": self.front.client_id(), "text": text})

    async def show(self, content: bytes, text: str, room: str = "private") -> ClientResponse:
        """Show a picture in a room."""
        form = FormData()
        form.add_field("client_id", self.front.client_id())
        form.add_field("text", text)
        form.add_field("picture", io.BytesIO(content), filename="photo", content_type="image/png")
        return await self.browser.post(
            f"/api/v1/console/rooms/{room}/pictures", data=form, headers={"X-CSRF": self.csrf}
        )

    async def lines(self, room: str = "private") -> list[Json]:
        """What stands in a room."""
        return list((await self.look(f"rooms/{room}/messages"))["messages"])

    async def hears(self, words: str, room: str = "private") -> Json:
        """Wait until the bot has said something with these words; that line."""

        async def heard() -> bool:
            return any(words in line["text"] and line["by"] is None for line in await self.lines(room))

        await self.front.until(heard)
        return next(line for line in await self.lines(room) if words in line["text"] and line["by"] is None)


async def next_event(stream: ClientResponse) -> Json:
    """The next message of a live stream."""
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            line = (await stream.content.readline()).decode()
            assert line, "the stream ended"
            if line.startswith("data: {"):
                return dict(json.loads(line.removeprefix("data: ")))


async def event_with(stream: ClientResponse, wanted: Callable[[Json], bool]) -> Json:
    """The next message of a live stream for which `wanted` holds."""
    while True:
        event = await next_event(stream)
        if wanted(event):
            return event


def settle(folder: Path, now: datetime) -> None:
    """A data directory with its keys and the small estate, to be copied for each test."""
    config = _config(folder)
    database = _database(config)
    database.migrate()
    for kind in ("homes", "residents", "staff", "bills"):
        load_file(database, kind, ESTATE / f"{kind}.csv", now)
    database.close()


def _config(var: Path) -> Config:
    return Config.load(None, {"GUANJIA__VAR": str(var), "GUANJIA__DATABASE__URL": f"sqlite:///{var}/guanjia.db"})


def _database(config: Config) -> Database:
    cipher = Cipher(ensure_keys(config.var).cipher_bytes)
    return Database(config.database.url, cipher, community_id=next(iter(config.estates())))


@asynccontextmanager
async def opened(settled: Path, folder: Path, start: datetime, understander: Understands) -> AsyncIterator[Front]:
    """The product on a copy of what `settle` made, serving until the block ends."""
    config = _config(Path(shutil.copytree(settled, folder / "var")))
    clock = VirtualClock(start)
    app = build(config, clock, _database(config), ensure_keys(config.var), understander=understander)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    front = Front(app, server, clock)
    try:
        yield front
    finally:
        for browser in front.browsers:
            await browser.session.close()
        await server.close()
