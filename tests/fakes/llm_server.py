"""A language model on loopback that answers as a test says (OpenAI's chat completions)."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.behaviour import Script

#: From the message (as sent, masked) to what the model says.
Answer = Callable[[str], str]


def labels(intent: str, category: str) -> str:
    """A well-behaved answer."""
    return json.dumps({"intent": intent, "category": category})


class LlmServer:
    """Remembers what it was asked."""

    def __init__(self, says: Answer = lambda _: labels("repair", "lighting")) -> None:
        self.says = says
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.script = Script()

    @property
    def messages(self) -> list[str]:
        """The residents' words as they arrived."""
        return [json.loads(asked["messages"][-1]["content"])["message"] for asked in self.asked]

    def app(self) -> web.Application:
        """The endpoint as a web application."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        return app

    async def _complete(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        scripted = await self.script.play(request)
        if scripted is not None:
            return scripted
        content = self.says(self.messages[-1])
        return web.json_response({"choices": [{"message": {"role": "assistant", "content": content}}]})
