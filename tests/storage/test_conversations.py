"""Conversations: everything comes back, and nobody overwrites what he has not read."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.errors import Conflict
from storage.message import Conversation, Frame
from storage.model import Address

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LANE = "user:webchat.main:u1"
TALK = Conversation(
    frames=(
        Frame("repair", 2, {"problem": "水管漏", "visit": {"start": "2026-11-24T15:00:00+08:00"}}, "home", 1, "x"),
    ),
    waiting=({"intent": "payment"},),
    misunderstood=1,
    held_by=4,
    greeted_on="2026-11-24",
    said={"kind": "anything_else"},
    address=Address("resident", "webchat.main", "u1"),
    touched_at=NOW - timedelta(minutes=5),
)


def save(database: Database, talk: Conversation, lane: str = LANE) -> None:
    with database.transaction() as uow:
        uow.conversations.save(lane, talk, NOW)


def load(database: Database, lane: str = LANE) -> Conversation:
    with database.transaction() as uow:
        return uow.conversations.load(lane)


def test_a_lane_that_never_talked_has_a_fresh_conversation(database: Database) -> None:
    assert load(database) == Conversation()


def test_a_conversation_comes_back_as_it_was_saved(database: Database) -> None:
    save(database, TALK)
    found = load(database)
    assert found.version == 1
    assert found == Conversation(
        TALK.frames, TALK.waiting, 1, 4, "2026-11-24", TALK.said, TALK.address, TALK.touched_at, 1
    )


def test_saving_what_was_just_loaded_raises_the_version(database: Database) -> None:
    save(database, TALK)
    save(database, Conversation(version=1))
    assert load(database) == Conversation(touched_at=NOW, version=2)


@pytest.mark.parametrize("read", [0, 2])
def test_saving_over_another_version_is_a_conflict(database: Database, read: int) -> None:
    save(database, TALK)
    with pytest.raises(Conflict):
        save(database, Conversation(version=read))


def test_a_bound_speaker_goes_on_where_he_was(database: Database) -> None:
    save(database, TALK)
    save(database, Conversation(greeted_on="2026-11-01"), "person:7")
    with database.transaction() as uow:
        uow.conversations.move(LANE, "person:7")
        uow.conversations.save("person:7", uow.conversations.load("person:7"), NOW)
    assert load(database, "person:7").frames == TALK.frames
    assert load(database) == Conversation()


def test_the_console_sees_the_latest_first(database: Database) -> None:
    save(database, Conversation(touched_at=NOW), "a")
    save(database, Conversation(touched_at=NOW + timedelta(hours=1)), "b")
    with database.transaction() as uow:
        assert [lane for lane, _ in uow.conversations.latest(5)] == ["b", "a"]
        uow.conversations.drop("b")
        assert [lane for lane, _ in uow.conversations.latest(5)] == ["a"]
