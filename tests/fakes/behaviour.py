"""How a fake platform misbehaves: scripted answers for the next calls."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One answer out of the ordinary.

    `code`: an error in JSON · `status`: an HTTP status · `body`: this text with status 200 · `stall`: no answer until
    the fake is released · `reset`: the connection is cut after the call was taken.
    """

    kind: Literal["code", "status", "body", "stall", "reset"]
    value: int = 0
    text: str = ""


@dataclass(slots=True)
class Script:
    """Behaviours for the next calls of one path; when it is empty, calls succeed."""

    code_name: str = "errcode"
    coming: deque[Behaviour] = field(default_factory=deque)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *behaviours: Behaviour) -> None:
        """Add what happens next."""
        self.coming.extend(behaviours)

    def codes(self, *codes: int) -> None:
        """Answer the next calls with these error codes."""
        self.then(*(Behaviour("code", code) for code in codes))

    async def play(self, request: web.Request) -> web.Response | None:
        """The scripted answer to a call, or None when it is an ordinary one."""
        if not self.coming:
            return None
        behaviour = self.coming.popleft()
        match behaviour.kind:
            case "code":
                return web.json_response({self.code_name: behaviour.value, "errmsg": "scripted rid: 6-7-8"})
            case "status":
                return web.Response(status=behaviour.value, text="<html>bad gateway</html>")
            case "body":
                return web.Response(text=behaviour.text)
            case "stall":
                await self.released.wait()
                return web.json_response({self.code_name: 0})
            case "reset":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
