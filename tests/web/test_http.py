"""The outgoing client: where it may call, how long, how much (INV-14, INV-22)."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.channels.http import Answer, Guard, Http, Trouble

Serve = Callable[[web.Application], Awaitable[TestServer]]


def everywhere(_: str, __: int | None) -> bool:
    return True


def vendor(host: str, _: int | None) -> bool:
    return host == "api.weixin.qq.com"


class TestGuard:
    @pytest.mark.parametrize(
        ("url", "allowed"),
        [
            ("https://api.weixin.qq.com/x", True),
            ("http://api.weixin.qq.com/x", False),
            ("https://evil.example/x", False),
            ("https://api.weixin.qq.com@evil.example/x", False),
            ("https://user:pw@api.weixin.qq.com/x", False),
            ("file:///etc/passwd", False),
            ("ftp://api.weixin.qq.com/x", False),
            ("/relative", False),
        ],
    )
    def test_only_the_vendors_by_https(self, url: str, allowed: bool) -> None:
        assert Guard(vendor).allows(URL(url)) is allowed

    @pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "[::1]",
                                         "[::ffff:10.0.0.1]", "[fe80::1]", "[2002:7f00:1::]"])  # fmt: skip
    def test_inside_addresses_only_for_a_server_on_loopback(self, address: str) -> None:
        url = URL(f"https://{address}/x")
        assert not Guard(everywhere).allows(url)
        assert Guard(everywhere, inside=True).allows(url)

    def test_plain_http_only_inside(self) -> None:
        assert Guard(everywhere, inside=True).allows(URL("http://127.0.0.1:9000/x"))
        assert not Guard(everywhere, inside=True).allows(URL("http://1.1.1.1/x"))
        assert not Guard(everywhere).allows(URL("http://127.0.0.1:9000/x"))


async def test_a_name_that_leads_inside_is_not_called(aiohttp_server: Serve) -> None:
    called = []

    async def canary(_: web.Request) -> web.Response:
        called.append(1)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", canary)
    server = await aiohttp_server(app)
    http = Http(Guard(everywhere))
    answer = await http.post_json(f"https://localhost:{server.port}/", {})
    await http.close()
    assert isinstance(answer, Trouble)
    assert called == []


async def test_redirects_are_not_followed(aiohttp_server: Serve) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/canary")

    app = web.Application()
    app.router.add_post("/", elsewhere)
    http = Http(Guard(everywhere, inside=True))
    answer = await http.post_json(str((await aiohttp_server(app)).make_url("/")), {})
    await http.close()
    assert isinstance(answer, Answer)
    assert answer.status == 302


async def test_an_endless_answer_is_unreadable(aiohttp_server: Serve) -> None:
    async def much(_: web.Request) -> web.Response:
        return web.Response(body=bytes(2_000_000))

    app = web.Application()
    app.router.add_post("/", much)
    http = Http(Guard(everywhere, inside=True))
    answer = await http.post_json(str((await aiohttp_server(app)).make_url("/")), {})
    await http.close()
    assert answer == Trouble("unknown", "too_large")
