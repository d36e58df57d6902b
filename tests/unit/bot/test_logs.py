"""Log lines: JSON, an allow-list of fields, people as keyed hashes, no messages of exceptions (INV-30)."""

import io
import json
import logging
from typing import Any

import pytest

from bot.logs import JsonLines, configure


@pytest.fixture
def written() -> tuple[logging.Logger, io.StringIO]:
    """A logger of ours and what it wrote."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(b"key"))
    logger = logging.getLogger("guanjia.test")
    logger.setLevel(logging.INFO)
    logger.handlers[:] = [handler]
    logger.propagate = False
    return logger, stream


def line(stream: io.StringIO) -> dict[str, Any]:
    """The only line."""
    (text,) = stream.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_an_event_is_one_json_line_with_its_facts(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.info("outbox.sent", extra={"message_id": 7, "attempt": 2})
    found = line(stream)
    assert (found["event"], found["level"], found["message_id"], found["attempt"]) == ("outbox.sent", "info", 7, 2)


def test_fields_outside_the_list_are_left_out(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.info("turn.taken", extra={"text": "我家漏水", "phone": "13800000001", "row_id": 1})
    assert "漏水" not in stream.getvalue()
    assert "13800000001" not in stream.getvalue()
    assert line(stream)["row_id"] == 1


def test_people_appear_as_the_same_keyed_hash(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.info("turn.taken", extra={"lane": "user:webchat.main:wx-zhou"})
    hashed = line(stream)["lane"]
    assert "wx-zhou" not in hashed
    assert hashed == JsonLines(b"key").pseudonym("user:webchat.main:wx-zhou")
    assert hashed != JsonLines(b"other").pseudonym("user:webchat.main:wx-zhou")


def test_an_exception_tells_type_and_place_but_not_its_message(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    try:
        raise ValueError("王先生 13800000001")
    except ValueError:
        logger.exception("worker.failed")
    assert "13800000001" not in stream.getvalue()
    failure = line(stream)["exception"]
    assert failure["type"] == "ValueError"
    assert failure["where"][-1].startswith("test_logs.py:")


def test_a_library_may_say_where_but_not_what() -> None:
    record = logging.LogRecord("aiohttp.server", logging.ERROR, "", 1, "GET /?token=abc from %s", ("x",), None)
    text = JsonLines(b"key").format(record)
    assert "abc" not in text
    assert json.loads(text)["logger"] == "aiohttp.server"


def test_a_line_break_in_a_field_stays_inside_the_line(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.info("x.y", extra={"reason": 'a\n{"event":"forged"}'})
    assert line(stream)["event"] == "x.y"


def test_configuring_sends_our_events_and_only_the_warnings_of_others() -> None:
    root, ours, stream = logging.getLogger(), logging.getLogger("guanjia"), io.StringIO()
    before = (root.handlers[:], root.level, ours.level)
    try:
        configure(b"key", stream=stream)
        logging.getLogger("guanjia.worker").info("turn.taken", extra={"row_id": 3})
        logging.getLogger("alembic").info("ctx")
        logging.getLogger("alembic").warning("ctx")
    finally:
        root.handlers[:], root.level, ours.level = before
        logging.captureWarnings(capture=False)
    assert [json.loads(text)["event"] for text in stream.getvalue().splitlines()] == ["turn.taken", "log.foreign"]
