"""Rows stored just before their speaker was bound follow him into his lane (INV-5, design.md 11 Lanes)."""

from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.import_row import HomeKey, HomeRow, ResidentRow
from storage.inbox import Claim
from storage.message import Conversation, Inbound
from storage.model import Tenure

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
CHANNEL, WHO = "wechat.main", "oWho"
OLD = f"user:{CHANNEL}:{WHO}"
HOME = HomeKey(None, "3", "2", "501")


def said(database: Database, text: str, lane: str | None = None) -> None:
    with database.transaction() as uow:
        uow.inbox.add(Inbound(CHANNEL, WHO, text, "message", text=text, sent_at=NOW), now=NOW, lane=lane)


def claimed(database: Database) -> list[Claim]:
    with database.transaction() as uow:
        return uow.inbox.claim("worker", NOW, 10)


def bind(database: Database) -> str:
    """As an import does it, which moves nothing that waits. Returns the new lane."""
    with database.transaction() as uow:
        uow.imports.homes([HomeRow(HOME)], NOW)
        uow.imports.residents([ResidentRow(HOME, "张伟", None, Tenure.OWNER, account=WHO)], NOW)
        identity = uow.identities.find(CHANNEL, WHO)
    assert identity is not None
    assert identity.lane.startswith("person:")
    return identity.lane


def test_what_was_stored_before_the_binding_follows_its_speaker(database: Database) -> None:
    said(database, "一")
    new_lane = bind(database)
    said(database, "二")
    claims = claimed(database)
    assert sorted(claim.lane for claim in claims) == [new_lane, OLD]
    old = next(claim for claim in claims if claim.lane == OLD)
    new = next(claim for claim in claims if claim.lane == new_lane)
    with database.transaction() as uow:
        assert uow.rejoin(old, NOW)
        assert not uow.rejoin(new, NOW)
    assert claimed(database) == []  # the new lane is held: nobody handles his words beside its holder
    with database.transaction() as uow:
        uow.inbox.finish(new, [row.id for row in new.rows], NOW)
    (after,) = claimed(database)
    assert (after.lane, [(row.inbound.text, row.attempts) for row in after.rows]) == (new_lane, [("一", 1)])


def test_the_talk_goes_along_unless_there_is_one_already(database: Database) -> None:
    with database.transaction() as uow:
        uow.conversations.save(OLD, Conversation(said={"key": "old"}), NOW)
    said(database, "一")
    new_lane = bind(database)
    (old,) = claimed(database)
    with database.transaction() as uow:
        assert uow.rejoin(old, NOW)
        assert uow.conversations.load(new_lane).said == {"key": "old"}
    said(database, "二", lane=OLD)
    with database.transaction() as uow:
        uow.conversations.save(OLD, Conversation(said={"key": "later"}), NOW)
        (old,) = [claim for claim in uow.inbox.claim("worker", NOW, 10) if claim.lane == OLD]
        assert uow.rejoin(old, NOW)
        assert uow.conversations.load(new_lane).said == {"key": "old"}


def test_timers_of_the_old_lane_go_along(database: Database) -> None:
    with database.transaction() as uow:
        uow.timers.set("idle", OLD, OLD, NOW + timedelta(hours=1), {}, NOW)
    said(database, "一")
    new_lane = bind(database)
    (old,) = claimed(database)
    with database.transaction() as uow:
        assert uow.rejoin(old, NOW)
        timer = uow.timers.get("idle", OLD)
    assert timer is not None
    assert timer.lane == new_lane


def test_somebody_unbound_stays_where_he_is(database: Database) -> None:
    said(database, "一")
    (claim,) = claimed(database)
    with database.transaction() as uow:
        assert not uow.rejoin(claim, NOW)
        uow.inbox.finish(claim, [row.id for row in claim.rows], NOW)
