"""Files at a platform: fetched by media id from its API host only, uploaded as temporary media (protocol.md 10.4)."""

from dataclasses import dataclass
from typing import Literal

from bot.channels.api import Api, File
from bot.channels.base import Receipt
from bot.channels.http import TOO_LARGE, Reach
from bot.pictures import MOST_BYTES, Gallery

GET, UPLOAD = "/cgi-bin/media/get", "/cgi-bin/media/upload"
#: A large film on a slow line, seconds; a turn that needs it waits that long (the lane's lease is longer).
FETCH_S = 20.0
#: What platforms take as a picture, bytes; the larger figure of protocol.md 10.4 is in doubt.
MOST_PICTURE_BYTES = 2_000_000
#: Pictures that go with one message: the quota of replies is five (protocol.md 10.1).
MOST_PICTURES = 3

#: A JSON answer is smaller than this, bytes.
_SMALL = 65_536
_REACH = Reach(MOST_BYTES, FETCH_S)

Reason = Literal["too_large", "unsupported", "gone"]


@dataclass(frozen=True, slots=True)
class Lost:
    """The file cannot be had, now or later."""

    reason: Reason


class MediaStore:
    """The temporary files of one account."""

    def __init__(self, api: Api) -> None:
        """`api` calls under the account's token."""
        self._api = api

    async def fetch(self, media_id: str) -> bytes | Lost | Receipt:
        """The bytes of a file that somebody sent. A receipt means that it may be had later.

        An answer that names an address instead of giving the file (公众号 video) is not followed (INV-22).
        """
        answer = await self._api.fetch(GET, {"media_id": media_id}, _REACH)
        if isinstance(answer, Receipt):
            if answer.code == TOO_LARGE:
                return Lost("too_large")
            return Lost("gone") if answer.outcome in ("content", "recipient") else answer
        named = len(answer.body) <= _SMALL and answer.json() is not None
        return Lost("unsupported") if named else answer.body

    async def upload(self, content: bytes) -> str | Receipt:
        """The media id of a picture, which people may be sent for three days."""
        png = content.startswith(b"\x89PNG")
        file = File("picture.png", "image/png", content) if png else File("picture.jpg", "image/jpeg", content)
        found = await self._api.upload(UPLOAD, {"type": "image"}, file)
        if isinstance(found, Receipt):
            return found
        media_id = found.get("media_id")
        return media_id if isinstance(media_id, str) and media_id else Receipt("unknown", code="unreadable")


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture that goes with a message."""

    name: str


def pictures_of(data: object) -> tuple[Picture, ...]:
    """The pictures of an outbox row's `data.media`, at most three."""
    items = data if isinstance(data, list | tuple) else ()
    names = [str(item.get("id", "")) for item in items if isinstance(item, dict) and item.get("kind") == "image"]
    return tuple(Picture(name) for name in names[:MOST_PICTURES])


async def shown(gallery: Gallery | None, picture: Picture) -> bytes | None:
    """A picture as platforms take it; None when there is none to show."""
    return None if gallery is None else await gallery.picture(picture.name, MOST_PICTURE_BYTES)
