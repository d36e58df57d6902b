"""Reads what our own pages send: bounded JSON, one message, one picture. Limits: reliability.md 7."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeGuard

from aiohttp import BodyPartReader, web

JSON_BYTES, JSON_LEVELS = 64 * 1024, 20
PICTURE_BYTES = 10 * 1024 * 1024
_FIELD_BYTES = 16 * 1024
#: Parts of an upload that are looked at: the id, the words, the picture.
_PARTS = 4
#: A body that trickles in longer than this is not waited for, seconds.
_JSON_S, _UPLOAD_S = 15, 120
TAP_CHARS = 200
_CLIENT_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a page: its own id (the same again is a repeat, INV-3), words, and the key of a tapped button."""

    client_id: str
    text: str = ""
    tap: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture with the words beside it."""

    sent: Sent
    content: bytes


async def json_object(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a request.

    Raises:
        HTTPBadRequest: no object, or nested too deeply.
        HTTPRequestEntityTooLarge: over 64 KB.
        HTTPUnsupportedMediaType: no JSON.
        HTTPRequestTimeout: it came too slowly.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    async with _in_time(_JSON_S):
        content = await _bounded(request, JSON_BYTES)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest from error
    if not isinstance(body, Mapping) or _levels(body) > JSON_LEVELS:
        raise web.HTTPBadRequest
    return body


async def message(request: web.Request) -> Sent:
    """The message in a JSON body.

    Raises:
        HTTPBadRequest: without a usable id, words or tap.
    """
    body = await json_object(request)
    client_id, text, tap = body.get("client_id"), body.get("text", ""), body.get("tap")
    if not (is_client_id(client_id) and isinstance(text, str)):
        raise web.HTTPBadRequest
    if not (tap is None or (isinstance(tap, str) and 0 < len(tap) <= TAP_CHARS)):
        raise web.HTTPBadRequest
    return Sent(client_id, _storable(text), tap)


def is_client_id(value: object) -> TypeGuard[str]:
    """Whether a page's own id of a message is one: 8 to 64 letters, digits or hyphens."""
    return isinstance(value, str) and _CLIENT_ID.fullmatch(value) is not None


async def upload(request: web.Request) -> Upload:
    """The picture of a multipart form, with `client_id` and perhaps `text`.

    Raises:
        HTTPBadRequest: no picture or no id.
        HTTPRequestEntityTooLarge: over 10 MB.
        HTTPUnsupportedMediaType: no form with files.
        HTTPRequestTimeout: it came too slowly.
    """
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > PICTURE_BYTES + 4 * _FIELD_BYTES:
        raise web.HTTPRequestEntityTooLarge(PICTURE_BYTES, request.content_length or 0)
    try:
        async with _in_time(_UPLOAD_S):
            fields = await _fields(request)
            client_id, text = fields.get("client_id", b"").decode(), fields.get("text", b"").decode()
    except (ValueError, AssertionError) as error:
        raise web.HTTPBadRequest from error
    if not is_client_id(client_id) or not fields.get("picture"):
        raise web.HTTPBadRequest
    return Upload(Sent(client_id, _storable(text)), fields["picture"])


async def _fields(request: web.Request) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    reader = await request.multipart()
    for _ in range(_PARTS):
        part = await reader.next()
        if part is None:
            break
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        name = part.name or ""
        found[name] = await _bounded_part(part, PICTURE_BYTES if name == "picture" else _FIELD_BYTES)
    return found


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


async def _bounded(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
    return bytes(body)


async def _bounded_part(part: BodyPartReader, limit: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(content))
    return bytes(content)


def _storable(text: str) -> str:
    """Without halves of characters, which JSON may hold but no database takes."""
    return text.encode("utf-8", "ignore").decode()


def _levels(value: object) -> int:
    """How deeply lists and objects are nested; counting ends one level past the limit."""
    level, layer = 0, [value]
    while layer and level <= JSON_LEVELS:
        inner = [each for each in layer if isinstance(each, list | dict)]
        layer = [child for each in inner for child in (each.values() if isinstance(each, dict) else each)]
        level += bool(inner)
        if not inner:
            break
    return level
