"""Group robots on loopback: WeCom, DingTalk and Feishu (protocol.md 12)."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.fakes.behaviour import Script


class RobotServer:
    """Takes what robots say; one server plays all three kinds."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.queries: list[Mapping[str, str]] = []
        self.attempts = 0
        self.script = Script()
        self.feishu_script = Script("code")

    def app(self) -> web.Application:
        """The three platforms as one web application."""
        app = web.Application()
        app.router.add_post("/cgi-bin/webhook/send", self._send)
        app.router.add_post("/robot/send", self._send)
        app.router.add_post("/open-apis/bot/v2/hook/{hook}", self._feishu)
        return app

    async def _send(self, request: web.Request) -> web.Response:
        return await self._take(request, self.script, {"errcode": 0, "errmsg": "ok"})

    async def _feishu(self, request: web.Request) -> web.Response:
        return await self._take(request, self.feishu_script, {"code": 0, "msg": "success"})

    async def _take(self, request: web.Request, script: Script, ok: Mapping[str, Any]) -> web.Response:
        self.attempts += 1
        body = await request.read()
        scripted = await script.play(request)
        if scripted is not None:
            return scripted
        self.said.append(json.loads(body))
        self.queries.append(dict(request.query))
        return web.json_response(ok)
