"""Files by their content: kinds, limits, names, smaller copies (reliability.md 7, INV-24)."""

import io

import pytest
from PIL import Image

from bot.pictures import Refused, checked, fitted, is_stored, mime_of, voice_s

#: A frame of AMR at 12.2 kbit/s: 20 ms in 32 bytes.
FRAME = b"\x3c" + bytes(31)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), *, noisy: bool = False) -> bytes:
    out = io.BytesIO()
    image = Image.effect_noise(size, 90) if noisy else Image.new("RGB", size, "red")
    image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp")])
def test_a_picture_gets_a_name_of_ours(kind: str, ending: str) -> None:
    kept = checked(picture(kind), "image")
    assert is_stored(kept.name)
    assert kept.name.endswith(f".{ending}")
    assert mime_of(kept.name) == kept.mime


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90\x00" + bytes(500), b"%PDF-1.7", b"<svg/>"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="unsupported"):
        checked(content, "image")


def test_a_broken_picture_is_refused() -> None:
    with pytest.raises(Refused, match="broken_picture"):
        checked(picture("PNG")[:60], "image")


def test_too_many_pixels_are_refused_whatever_the_bytes() -> None:
    flat = picture("PNG", (5_001, 5_001))
    assert len(flat) < 1_000_000
    with pytest.raises(Refused, match="too_large"):
        checked(flat, "image")


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(Refused, match="too_large"):
        checked(picture() + bytes(10 * 1024 * 1024), "image")


def test_a_film_may_have_twenty_megabytes() -> None:
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(12 * 1024 * 1024)
    assert checked(film, "video").name.endswith(".mp4")
    with pytest.raises(Refused, match="too_large"):
        checked(film + bytes(9 * 1024 * 1024), "video")
    with pytest.raises(Refused, match="unsupported"):
        checked(picture(), "video")


def test_a_voice_may_last_a_minute() -> None:
    minute = b"#!AMR\n" + FRAME * 3_000
    assert voice_s(minute) == 60
    assert checked(minute, "voice").mime == "audio/amr"
    with pytest.raises(Refused, match="too_large"):
        checked(minute + FRAME, "voice")
    with pytest.raises(Refused, match="unsupported"):
        checked(picture(), "voice")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a.jpg", "x" * 24 + ".exe", "x" * 24, "/" * 24 + ".jpg", "x" * 24 + ".jpg\n"]
)
def test_a_foreign_name_is_none_of_ours(name: str) -> None:
    assert not is_stored(name)


def test_a_small_picture_is_sent_as_it_is() -> None:
    assert fitted(picture("PNG"), 2_000_000) == picture("PNG")


def test_a_large_picture_is_made_smaller() -> None:
    large = picture("PNG", (3_000, 2_000), noisy=True)
    small = fitted(large, 200_000)
    assert small is not None
    assert len(small) <= 200_000 < len(large)
    with Image.open(io.BytesIO(small)) as shown:
        assert shown.format == "JPEG"


def test_what_robots_cannot_show_becomes_a_jpeg() -> None:
    shown = fitted(picture("WEBP"), 2_000_000)
    assert shown is not None
    assert shown.startswith(b"\xff\xd8")


def test_a_picture_that_never_fits_is_left_out() -> None:
    assert fitted(picture("PNG", (800, 800), noisy=True), 100) is None
    assert fitted(b"nothing", 2_000_000) is None
