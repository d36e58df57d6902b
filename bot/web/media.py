"""Pictures that people send: checked by content, stored under a generated name, shown only to whom they concern."""

import asyncio
import hashlib
import io
import secrets
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import filetype
from aiohttp import web
from PIL import Image

from bot.web.body import PICTURE_BYTES
from bot.web.keys import PARTS
from storage.media import MediaFile
from storage.model import Json

MAX_PIXELS = 25_000_000
KINDS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


class Refused(Exception):  # noqa: N818 - an answer to the sender
    """The file cannot be taken; the message is the key of the sentence to show (`web.<key>`)."""

    @property
    def status(self) -> int:
        """The HTTP status of the refusal."""
        return {"too_large": 413, "unsupported": 415}.get(str(self), 400)


def folder(app: web.Application) -> Path:
    """Where pictures are kept."""
    return app[PARTS].config.var / "media"


async def store(app: web.Application, content: bytes, lane: str | None) -> Json:
    """Check and store a picture, remember it for its retention; returns the reference that messages carry.

    Raises:
        Refused: too large, or no picture by its content.
    """
    parts = app[PARTS]
    mime = await asyncio.to_thread(_checked, content)
    name = f"{secrets.token_urlsafe(18)}.{KINDS[mime]}"
    await asyncio.to_thread(_write, folder(app) / name, content)
    digest = hashlib.sha256(content).hexdigest()
    file = MediaFile(name, "image", mime, len(content), digest, lane, None, parts.clock.now())
    await parts.store.run(lambda uow: uow.media.add(file))
    return {"kind": "image", "id": name}


def _checked(content: bytes) -> str:
    """The type by content; the whole picture is looked through, within the limit of pixels."""
    if len(content) > PICTURE_BYTES:
        raise Refused("too_large")
    kind = filetype.guess_mime(content)
    if kind not in KINDS:
        raise Refused("unsupported")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind.removeprefix("image/")]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Refused("too_large")
                picture.verify()
    except (OSError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        raise Refused("broken_picture") from error
    return str(kind)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)


def pictures(items: Iterable[Json], base: str) -> list[str]:
    """Addresses of the pictures among media references, below `base`."""
    return [f"{base}/{item['id']}" for item in items if item.get("kind") == "image" and _is_name(item.get("id"))]


def _is_name(name: Any) -> bool:
    """Whether a reference is a stored file and not a platform's id of one."""
    return isinstance(name, str) and "/" not in name and name.rpartition(".")[2] in KINDS.values()


def response(app: web.Application, name: str) -> web.StreamResponse:
    """The stored picture, typed by its generated extension only.

    Raises:
        HTTPNotFound: no such file.
    """
    path = folder(app) / name
    if not _is_name(name) or name.startswith(".") or "\\" in name or not path.is_file():
        raise web.HTTPNotFound
    mime = next(mime for mime, extension in KINDS.items() if name.endswith(f".{extension}"))
    return web.FileResponse(path, headers={"Content-Type": mime, "Cache-Control": "private, max-age=86400"})
