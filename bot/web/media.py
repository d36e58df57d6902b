"""Pictures on our own pages: taken in by content, shown only to whom they concern. The files: bot.pictures."""

from collections.abc import Iterable

from aiohttp import web

from bot.pictures import Gallery, Refused, is_stored, mime_of
from bot.web.keys import PARTS
from storage.model import Json

__all__ = ["Refused", "pictures", "response", "status_of", "store"]


def _gallery(app: web.Application) -> Gallery:
    return Gallery(app[PARTS].config.var / "media")


def status_of(refusal: Refused) -> int:
    """The HTTP status of a refusal; its message is the key of the sentence to show (`web.<key>`)."""
    return {"too_large": 413, "unsupported": 415}.get(str(refusal), 400)


async def store(app: web.Application, content: bytes, lane: str | None) -> Json:
    """Check and store a picture, remember it for its retention; returns the reference that messages carry.

    Raises:
        Refused: too large, or no picture by its content.
    """
    parts = app[PARTS]
    kept = await _gallery(app).keep(content)
    line = kept.record(lane, parts.clock.now())
    await parts.store.run(lambda uow: uow.media.add(line))
    return {"kind": "image", "id": kept.name}


def pictures(items: Iterable[Json], base: str) -> list[str]:
    """Addresses of the stored pictures among media references, below `base`."""
    images = [str(item.get("id")) for item in items if item.get("kind") == "image"]
    return [f"{base}/{name}" for name in images if is_stored(name)]


def response(app: web.Application, name: str) -> web.StreamResponse:
    """The stored file, typed by its generated ending only.

    Raises:
        HTTPNotFound: no such file.
    """
    path = _gallery(app).path(name)
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Type": mime_of(name), "Cache-Control": "private, max-age=86400"})
