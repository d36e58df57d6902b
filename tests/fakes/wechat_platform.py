"""A WeChat platform on loopback: access tokens and customer-service messages (protocol.md 9, 10)."""

import json
from typing import Any

from aiohttp import BodyPartReader, web

from tests.fakes.behaviour import Script


class WechatPlatform:
    """Remembers what it was sent, checks tokens as the platform does, and misbehaves when scripted."""

    def __init__(self, app_id: str, secret: str) -> None:
        self._app_id = app_id
        self._secret = secret
        self._serial = 0
        self._valid: set[str] = set()
        self.token = self._issue()
        self.life_s = 7200
        self.sent: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.fetches: list[bool] = []
        self.attempts = 0
        self.sending = Script()
        self.granting = Script()
        self.media: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.uploads: list[bytes] = []
        self.fetching = Script()
        self.uploading = Script()

    @property
    def texts(self) -> list[str]:
        """The texts that people read, in order."""
        return [str(each["text"]["content"]) for each in self.sent if each["msgtype"] == "text"]

    def app(self) -> web.Application:
        """The platform as a web application."""
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._stable_token)
        app.router.add_get("/cgi-bin/token", self._classic_token)
        app.router.add_post("/cgi-bin/message/custom/send", self._send)
        app.router.add_get("/cgi-bin/media/get", self._media)
        app.router.add_post("/cgi-bin/media/upload", self._upload)
        return app

    def revoke(self) -> None:
        """The current token stops working, though the token call still hands it out, as after a leak."""
        self._valid.clear()

    def expire(self) -> None:
        """The token ends; the next token call gives another."""
        self.token = self._issue()

    def _issue(self) -> str:
        self._serial += 1
        token = f"token-{self._serial}"
        self._valid = {token}
        return token

    async def _stable_token(self, request: web.Request) -> web.Response:
        scripted = await self.granting.play(request)
        if scripted is not None:
            return scripted
        asked = await request.json()
        self.fetches.append(bool(asked.get("force_refresh")))
        if (asked.get("appid"), asked.get("secret")) != (self._app_id, self._secret):
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        if asked.get("force_refresh"):
            self.token = self._issue()
        return web.json_response({"access_token": self.token, "expires_in": self.life_s})

    async def _classic_token(self, request: web.Request) -> web.Response:
        self.fetches.append(True)
        if (request.query.get("appid"), request.query.get("secret")) != (self._app_id, self._secret):
            return web.json_response({"errcode": 40125, "errmsg": "invalid appsecret"})
        self.token = self._issue()
        return web.json_response({"access_token": self.token, "expires_in": self.life_s})

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.query.get("access_token") in self._valid:
            return None
        return web.json_response({"errcode": 40001, "errmsg": "invalid credential, access_token is not latest"})

    async def _media(self, request: web.Request) -> web.Response:
        media_id = request.query.get("media_id", "")
        self.fetched.append(media_id)
        refused = await self.fetching.play(request) or self._refusal(request)
        if refused is not None:
            return refused
        if media_id not in self.media:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        headers = {"Content-Disposition": 'attachment; filename="media"'}
        return web.Response(body=self.media[media_id], content_type="image/jpeg", headers=headers)

    async def _upload(self, request: web.Request) -> web.Response:
        scripted = await self.uploading.play(request) or self._refusal(request)
        if scripted is not None:
            return scripted
        reader = await request.multipart()
        part = await reader.next()
        if not isinstance(part, BodyPartReader) or part.name != "media" or request.query.get("type") != "image":
            return web.json_response({"errcode": 41005, "errmsg": "media data missing"})
        self.uploads.append(bytes(await part.read()))
        return web.json_response({"type": "image", "media_id": f"up-{len(self.uploads)}", "created_at": 1})

    async def _send(self, request: web.Request) -> web.Response:
        self.attempts += 1
        body = await request.read()
        scripted = await self.sending.play(request)
        if scripted is not None:
            return scripted
        if request.query.get("access_token") not in self._valid:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential, access_token is not latest"})
        message = json.loads(body)
        content = message.get("text", {}).get("content", "")
        if len(content.encode()) > 2048:
            return web.json_response({"errcode": 45002, "errmsg": "content size out of limit"})
        self.bodies.append(body)
        self.sent.append(message)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": 1000 + len(self.sent)})
