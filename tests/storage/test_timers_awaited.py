"""Whether a timer is still to come: armed, or fired and not handled yet."""

from datetime import UTC, datetime

from storage.database import Database

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_a_timer_is_awaited_until_its_firing_was_handled(database: Database) -> None:
    with database.transaction() as uow:
        assert not uow.timers.is_awaited("fee_scan", "main")
        uow.timers.set("fee_scan", "main", "estate", NOW, {}, NOW)
        assert uow.timers.is_awaited("fee_scan", "main")
        assert uow.timers.fire(NOW, 10) == 1
        assert uow.timers.is_awaited("fee_scan", "main")
        claim = uow.inbox.claim("w", NOW, 10)[0]
        uow.inbox.finish(claim, [row.id for row in claim.rows], NOW)
        assert not uow.timers.is_awaited("fee_scan", "main")
