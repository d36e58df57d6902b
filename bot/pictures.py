"""Files that people send: checked by content, kept under generated names, read again for whoever they concern.

Limits: reliability.md 7 (picture 10 MB and 25 megapixels, voice 60 s, video 20 MB). Names: INV-24. Work on pictures
runs off the event loop (INV-36).
"""

import asyncio
import hashlib
import io
import re
import secrets
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import filetype
from PIL import Image

from storage.media import MediaFile

Kind = Literal["image", "voice", "video"]

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_VOICE_S = 60
MAX_VIDEO_BYTES = 20 * 1024 * 1024
#: The most that any file may have, whatever it claims to be.
MOST_BYTES = MAX_VIDEO_BYTES

KINDS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_BROKEN = (OSError, Image.DecompressionBombError, ValueError, SyntaxError)
_VIDEOS = {"video/mp4": "mp4", "video/quicktime": "mp4", "video/x-m4v": "mp4", "video/3gpp": "mp4"}
_MIMES = {extension: mime for mime, extension in KINDS.items()} | {"mp4": "video/mp4", "amr": "audio/amr"}
_NAME = re.compile(r"[\w-]{24}\.(?:jpg|png|gif|webp|mp4|amr)", re.ASCII)
_AMR = b"#!AMR\n"
#: Bytes of an AMR frame of 20 ms by its mode; other modes carry nothing.
_AMR_FRAMES = (13, 14, 16, 18, 20, 21, 27, 32, 6)
_FRAMES_A_SECOND = 50


class Refused(Exception):  # noqa: N818 - an answer to the sender
    """The file cannot be taken; the message says why: `too_large`, `unsupported` or `broken_picture`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its generated name, what it is by its content, its size in bytes."""

    name: str
    kind: Kind
    mime: str
    size: int
    sha256: str

    def record(self, lane: str | None, now: datetime) -> MediaFile:
        """The line that `uow.media` keeps of it; `lane` is who sent it."""
        return MediaFile(self.name, self.kind, self.mime, self.size, self.sha256, lane, None, now)


def is_stored(name: str) -> bool:
    """Whether this is a name that we generated, and not the id of a file that is still at a platform."""
    return _NAME.fullmatch(name) is not None


def mime_of(name: str) -> str:
    """The kind of content, by the generated ending only."""
    return _MIMES.get(name.rpartition(".")[2], "application/octet-stream")


class Gallery:
    """The folder of stored files. Replicas share it."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made with the first file."""
        self.folder = folder

    async def keep(self, content: bytes, kind: Kind = "image") -> Kept:
        """Check and store a file that claims to be of `kind`.

        Raises:
            Refused: too large, or not of that kind by its content.
        """
        kept = await asyncio.to_thread(checked, content, kind)
        await asyncio.to_thread(_write, self.folder / kept.name, content)
        return kept

    def path(self, name: str) -> Path | None:
        """Where a stored file lies; None for a name that is none of ours or has no file."""
        path = self.folder / name
        return path if is_stored(name) and path.is_file() else None

    async def read(self, name: str) -> bytes | None:
        """A stored file."""
        path = self.path(name)
        return None if path is None else await asyncio.to_thread(path.read_bytes)

    async def picture(self, name: str, most_bytes: int) -> bytes | None:
        """A stored picture as JPEG or PNG of at most `most_bytes`, made smaller if need be; None if there is none."""
        content = await self.read(name) if not name.endswith((".mp4", ".amr")) else None
        return None if content is None else await asyncio.to_thread(fitted, content, most_bytes)

    def drop(self, name: str) -> None:
        """Delete a file that nobody refers to."""
        path = self.path(name)
        if path is not None:
            path.unlink(missing_ok=True)


def checked(content: bytes, kind: Kind) -> Kept:
    """What a file is, by its content, with a fresh name for it.

    Raises:
        Refused: too large, or not of that kind by its content.
    """
    mime, extension = _CHECKS[kind](content)
    name = f"{secrets.token_urlsafe(18)}.{extension}"
    return Kept(name, kind, mime, len(content), hashlib.sha256(content).hexdigest())


def _image(content: bytes) -> tuple[str, str]:
    if len(content) > MAX_BYTES:
        raise Refused("too_large")
    mime = filetype.guess_mime(content)
    if mime not in KINDS:
        raise Refused("unsupported")
    try:
        with _opened(content) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused("too_large")
            picture.verify()
    except _BROKEN as error:
        raise Refused("broken_picture") from error
    return mime, KINDS[mime]


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """A picture of one of the kinds that we take. Its size is judged by us, not by a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            yield picture


def _video(content: bytes) -> tuple[str, str]:
    if len(content) > MAX_VIDEO_BYTES:
        raise Refused("too_large")
    mime = filetype.guess_mime(content)
    if mime not in _VIDEOS:
        raise Refused("unsupported")
    return mime, _VIDEOS[mime]


def _voice(content: bytes) -> tuple[str, str]:
    if not content.startswith(_AMR):
        raise Refused("unsupported")
    if voice_s(content) > MAX_VOICE_S:
        raise Refused("too_large")
    return "audio/amr", "amr"


def voice_s(content: bytes) -> float:
    """How long an AMR recording lasts, seconds; what follows a broken frame does not count."""
    at, frames = len(_AMR), 0
    while at < len(content):
        mode = content[at] >> 3 & 0x0F
        at += _AMR_FRAMES[mode] if mode < len(_AMR_FRAMES) else 1
        frames += 1
    return frames / _FRAMES_A_SECOND


_CHECKS: Mapping[Kind, Callable[[bytes], tuple[str, str]]] = {"image": _image, "video": _video, "voice": _voice}


def fitted(content: bytes, most_bytes: int) -> bytes | None:
    """A picture as JPEG or PNG of at most `most_bytes`: as it is, or smaller and smaller JPEGs; None if none fits."""
    if len(content) <= most_bytes and filetype.guess_mime(content) in ("image/jpeg", "image/png"):
        return content
    try:
        with _opened(content) as picture:
            plain = picture.convert("RGB")
    except _BROKEN:
        return None
    for side in (2048, 1280, 800, 400):
        plain.thumbnail((side, side))
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=80)
        if out.tell() <= most_bytes:
            return out.getvalue()
    return None


def _write(path: Path, content: bytes) -> None:
    """Write under another name first, so that no half file is ever seen."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_suffix(path.suffix + ".part")
    half.write_bytes(content)
    half.replace(path)
