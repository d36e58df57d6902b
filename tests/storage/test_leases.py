"""Leases of a killed process are taken back at the start (INV-31, fault 1)."""

from datetime import UTC, datetime

from storage.database import Database
from storage.message import Inbound, NewMessage
from storage.model import Address

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_work_of_a_killed_process_is_free_at_once(database: Database) -> None:
    with database.transaction() as uow:
        uow.inbox.add(Inbound("webchat.main", "u1", "k1", "message", text="灯坏了"), now=NOW)
        uow.outbox.add([NewMessage(to=Address("resident", "webchat.main", "u1"), body="好的")], NOW)
    with database.transaction() as uow:
        assert len(uow.inbox.claim("killed", NOW, 10)) == 1
        assert len(uow.outbox.claim("killed", NOW, 10)) == 1
    with database.transaction() as uow:
        assert uow.inbox.claim("next", NOW, 10) == []
        assert uow.leases.drop_all() == 2
        assert len(uow.inbox.claim("next", NOW, 10)) == 1
        assert len(uow.outbox.claim("next", NOW, 10)) == 1
