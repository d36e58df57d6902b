"""Typed keys of what the web application and its requests carry."""

import asyncio

from aiohttp import web

from bot.assembly import Parts
from bot.live import Live
from bot.secrets import Keys

PARTS = web.AppKey("parts", Parts)
LIVE = web.AppKey("live", Live)
KEYS = web.AppKey("keys", Keys)
STOPPING = web.AppKey("stopping", asyncio.Event)
