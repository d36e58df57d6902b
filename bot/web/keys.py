"""Typed keys of what the web application and its requests carry."""

from aiohttp import web

from bot.assembly import Parts
from bot.live import Live
from bot.secrets import Keys
from storage.model import Staff

PARTS = web.AppKey("parts", Parts)
LIVE = web.AppKey("live", Live)
KEYS = web.AppKey("keys", Keys)
STOPPING = web.AppKey("stopping", "asyncio.Event")  # type: ignore[type-var, arg-type]
#: Who is logged in on the console.
STAFF = web.RequestKey("staff", Staff)
