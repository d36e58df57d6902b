"""Who left and who may be told something (protocol.md 5.1, 10.1)."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.message import Inbound, NewMessage
from storage.model import Address

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WHO = Address("resident", "wechat.main", "oSecret")


def says(database: Database, at: datetime, kind: str = "message", key: str = "k") -> None:
    with database.transaction() as uow:
        inbound = Inbound(WHO.channel, WHO.user_id, f"{key}{at}", kind, "您好", sent_at=at)  # type: ignore[arg-type]
        uow.inbox.add(inbound, now=at)


def told(database: Database, at: datetime, body: str = "好的", message_id: str | None = "1") -> None:
    with database.transaction() as uow:
        uow.outbox.add([NewMessage(WHO, body)], at)
        for row in uow.outbox.claim("me", at, 10):
            uow.outbox.sent(row.id, "me", at, message_id)


def test_whoever_left_is_gone_until_he_comes_back(database: Database) -> None:
    with database.transaction() as uow:
        assert not uow.reach.is_gone(WHO)
        uow.reach.leave(WHO, NOW)
        assert uow.reach.is_gone(WHO)
        uow.reach.come_back(WHO, NOW + SECOND)
        assert not uow.reach.is_gone(WHO)
        uow.reach.leave(WHO, NOW + 2 * SECOND)
        assert uow.reach.is_gone(WHO)


def test_whoever_writes_again_is_back(database: Database) -> None:
    says(database, NOW)
    with database.transaction() as uow:
        uow.reach.leave(WHO, NOW + SECOND)
        assert uow.reach.is_gone(WHO)
    says(database, NOW + 2 * SECOND)
    with database.transaction() as uow:
        assert not uow.reach.is_gone(WHO)


def test_the_mark_survives_the_deletion_and_names_nobody(database: Database) -> None:
    says(database, NOW)
    with database.transaction() as uow:
        uow.delete_person_data(WHO.channel, WHO.user_id, NOW)
        uow.reach.leave(WHO, NOW)
        assert uow.reach.is_gone(WHO)
        assert uow.records.of("left", WHO.user_id) == ()


def test_what_was_told_since_his_words_is_counted_without_passive_replies(database: Database) -> None:
    with database.transaction() as uow:
        assert uow.reach.spent(WHO).said_at is None
    told(database, NOW - SECOND, "before")
    says(database, NOW)
    says(database, NOW + SECOND, kind="tap")
    told(database, NOW + SECOND, "passive", "passive")
    told(database, NOW + 2 * SECOND, "one")
    told(database, NOW + 3 * SECOND, "two", None)
    with database.transaction() as uow:
        spent = uow.reach.spent(WHO)
    assert (spent.said_at, spent.told) == (NOW, (("two", 0), ("one", 0)))
