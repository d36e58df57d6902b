"""Pictures that people send: checked by content, stored under a generated name, shown only to whom they concern."""

import asyncio
import io
import secrets
from pathlib import Path

import filetype
from aiohttp import web
from PIL import Image

from bot.web.keys import PARTS

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
KINDS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


class Refused(Exception):  # noqa: N818 - an answer to the sender
    """The file cannot be taken; the message is the key of the sentence to show (`web.<key>`)."""


def folder(app: web.Application) -> Path:
    """Where pictures are kept."""
    return app[PARTS].config.var / "media"


async def store(app: web.Application, content: bytes) -> str:
    """Check and store a picture; returns its generated name.

    Raises:
        Refused: too large, or no picture by its content.
    """
    name = await asyncio.to_thread(_checked_name, content)
    place = folder(app)
    await asyncio.to_thread(_write, place / name, content)
    return name


def _checked_name(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Refused("too_large")
    kind = filetype.guess_mime(content)
    if kind not in KINDS:
        raise Refused("unsupported")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            pixels = picture.width * picture.height
    except (OSError, Image.DecompressionBombError, ValueError) as error:
        raise Refused("broken_picture") from error
    if pixels > MAX_PIXELS:
        raise Refused("too_large")
    return f"{secrets.token_urlsafe(18)}.{KINDS[kind]}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)


def response(app: web.Application, name: str) -> web.StreamResponse:
    """The stored picture, typed by its generated extension only."""
    path = folder(app) / name
    if "/" in name or name.startswith(".") or not path.is_file():
        raise web.HTTPNotFound
    kind = next((k for k, extension in KINDS.items() if name.endswith(f".{extension}")), "application/octet-stream")
    return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": "private, max-age=86400"})
