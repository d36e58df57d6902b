"""Typed keys of what the web application carries."""

import asyncio

from aiohttp import web

from bot.assembly import Parts
from bot.disk import Disk
from bot.reception import Reception
from bot.secrets import Keys
from bot.shared import Shared

PARTS = web.AppKey("parts", Parts)
RECEPTION = web.AppKey("reception", Reception)
SHARED: web.AppKey[Shared] = web.AppKey("shared")
KEYS = web.AppKey("keys", Keys)
DISK = web.AppKey("disk", Disk)
STOPPING = web.AppKey("stopping", asyncio.Event)
