"""A person's data: copied in full, deleted on request, kept no longer than needed (reliability.md 6)."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage import privacy_sql
from storage.database import Database
from storage.import_row import BillRow, HomeKey, HomeRow, ResidentRow, StaffRow
from storage.message import Conversation, Inbound, NewMessage
from storage.model import Address, NewTicket, Role, Tenure, TicketEvent, TicketStatus, TicketType
from storage.retention import Keep
from storage.tables import homes
from storage.unit_of_work import UnitOfWork
from tests.fakes.queue import finish_all, put_all

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = HomeKey(None, "3", "2", "501")
WHERE = Address("resident", "webchat.main", "wx-secret")

#: Tables with a lane, a person or a channel id whose rows are about nobody's life, with the reason.
TELL_NOTHING = {
    "lanes": "a lane is there while something waits in it",
    "timers": "kind, subject and time of work to be done",
    "staff": "the employer's roster, not a resident",
}


def live(uow: UnitOfWork) -> int:
    """One resident with something in every table; his person id."""
    uow.imports.homes([HomeRow(HOME)], NOW)
    row = ResidentRow(HOME, "张伟", "13800000001", Tenure.OWNER, account=WHERE.user_id)
    uow.imports.residents([row], NOW)
    uow.imports.bills([BillRow(HOME, "物业费", "2026-10", 10_000, date(2026, 11, 1), "B1")], NOW)
    person = uow.people.find_by_account(WHERE.user_id)
    assert person is not None
    lane = f"person:{person.id}"
    uow.inbox.add(Inbound(WHERE.channel, WHERE.user_id, "k1", "message", "我家厨房漏水"), now=NOW)
    claims = uow.inbox.claim("worker", NOW, 10)
    finish_all(uow, claims, NOW)
    uow.outbox.add([NewMessage(WHERE, "已为您登记"), NewMessage(WHERE, "师傅已出发")], NOW)
    uow.conversations.save(lane, Conversation(said={"kind": "x"}, address=WHERE), NOW)
    for n in range(2):
        uow.tickets.open(
            NewTicket(
                TicketType.REPAIR,
                "water",
                "漏水",
                NOW.date(),
                f"s:{n}",
                reporter_lane=lane,
                reporter=WHERE,
                person_id=person.id,
                contact_phone="13800000001",
            ),
            NOW,
        )
    closed = uow.tickets.of_lane(lane, NOW)[0]
    event = TicketEvent(closed.id, NOW, "clock", "close", None, None)
    uow.tickets.change(closed.id, {"status": TicketStatus.CLOSED}, {}, None, event)
    uow.records.add("visit", lane, {"note": "走访"}, closed.id, NOW)
    uow.tasks.add("call", "t", "请致电", "front_desk", NOW, ticket_id=closed.id)
    bill = uow.bills.by_number("B1")
    assert bill is not None
    uow.bills.book(bill[0].id, "t1", 10_000, NOW)
    uow.sessions.add_visitor("hash", WHERE.user_id, NOW)
    return person.id


def test_a_copy_holds_everything_in_plain_words(database: Database) -> None:
    with database.transaction() as uow:
        copy = uow.privacy.export(live(uow))
    assert {name for name, rows in copy.items() if not rows} == {"orders", "media"}
    assert copy["people"] == [{"name": "张伟", "phone": "13800000001", "account": "wx-secret", "notes": {}}]
    assert [row["text"] for row in copy["inbox"]] == ["我家厨房漏水"]
    assert [row["body"] for row in copy["outbox"]] == ["已为您登记", "师傅已出发"]
    assert [row["contact_phone"] for row in copy["tickets"]] == ["13800000001", "13800000001"]
    assert json.loads(json.dumps(copy)) == copy


def test_a_copy_holds_nobody_elses_data(database: Database) -> None:
    with database.transaction() as uow:
        live(uow)
        uow.imports.residents([ResidentRow(HOME, "王芳", "139", Tenure.TENANT, account="wx2")], NOW)
        other = uow.people.find_by_account("wx2")
        assert other is not None
        copy = uow.privacy.export(other.id)
    assert {name for name, rows in copy.items() if rows} == {"people", "residencies", "identities"}


def test_every_table_about_people_is_copied_or_says_why_not() -> None:
    marks = {"person_id", "lane", "reporter_lane", "user_id"}
    about = {
        table.name
        for table in homes.metadata.sorted_tables
        if marks & set(table.c.keys()) or any(column.info.get("personal") for column in table.c)
    }
    deleted = {name for name, _ in (*privacy_sql.FORGET, *privacy_sql.ERASE)}
    known = set(privacy_sql.EXPORT) | deleted | set(TELL_NOTHING)
    assert about - known == set()


def test_a_channel_user_who_left_is_forgotten(database: Database) -> None:
    with database.transaction() as uow:
        person_id = live(uow)
        uow.delete_person_data(WHERE.channel, WHERE.user_id, NOW)
        assert uow.identities.find(WHERE.channel, WHERE.user_id) is None
        assert uow.identities.lane_of_person(person_id) is None
        assert uow.outbox.claim("sender", NOW, 10) == []
        assert uow.outbox.history(WHERE, 10) == ()
        assert uow.inbox.said(WHERE.channel, WHERE.user_id, 10) == ()
        assert uow.sessions.visitor("hash") is None
        again = uow.inbox.add(Inbound(WHERE.channel, WHERE.user_id, "k1", "message", "重复"), now=NOW)
        assert not again.new


def test_open_tickets_keep_what_their_handling_needs(database: Database) -> None:
    with database.transaction() as uow:
        person_id = live(uow)
        uow.privacy.erase(person_id, NOW)
        closed, still_open = uow.tickets.search("", open_only=False, limit=10)
        assert (closed.contact_phone, closed.reporter_lane, closed.person_id) == (None, None, None)
        assert (still_open.contact_phone, still_open.person_id) == ("13800000001", person_id)


def test_an_erased_resident_has_neither_name_nor_phone(database: Database) -> None:
    with database.transaction() as uow:
        person_id = live(uow)
        uow.privacy.erase(person_id, NOW)
        person = uow.people.get(person_id)
        assert person is not None
        assert (person.name, person.phone) == ("*", None)
        assert uow.people.find_by_phone("13800000001") == ()
        assert uow.people.find_by_account(WHERE.user_id) is None
        assert uow.conversations.load(f"person:{person_id}") == Conversation()
        assert uow.bills.booked("t1")


def test_what_was_said_is_gone_from_the_file(sqlite: Database) -> None:
    with sqlite.transaction() as uow:
        uow.privacy.erase(live(uow), NOW)
    with sqlite.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    stored = Path(str(sqlite.engine.url.database)).read_bytes()
    assert "我家厨房漏水".encode() not in stored


@pytest.mark.parametrize(
    ("days", "gone"),
    [
        (29, set()),
        (31, {"conversations", "visitors", "sessions"}),
        (91, {"conversations", "visitors", "sessions", "dead_letters"}),
        (181, {"conversations", "visitors", "sessions", "dead_letters", "messages", "sent"}),
        (401, {"conversations", "visitors", "sessions", "dead_letters", "messages", "sent", "timers"}),
    ],
)
def test_each_kind_is_kept_for_its_own_time(database: Database, days: int, gone: set[str]) -> None:
    with database.transaction() as uow:
        live(uow)
        uow.outbox.expire(NOW)
        for row in uow.outbox.claim("sender", NOW, 10):
            uow.outbox.sent(row.id, "sender", NOW)
        uow.inbox.add(Inbound("webchat.main", "u9", "k9", "message", "毒"), now=NOW)
        (claim,) = uow.inbox.claim("worker", NOW, 10)
        uow.inbox.fail(claim, [claim.rows[0].id], NOW, "KeyError", None)
        uow.timers.set("x", "t", "estate", NOW, {}, NOW)
        uow.timers.fire(NOW, 1)
        uow.timers.set("y", "t", "estate", NOW, {}, NOW)
        uow.imports.staff([StaffRow("G1", "李", None, "客服", "客服", (), (), None, Role.FRONT_DESK)], NOW)
        uow.sessions.start("h", uow.staff.all()[0].id, "c", NOW, NOW)
        counts = uow.retention.purge(NOW + days * DAY, Keep())
        assert {name for name, rows in counts.items() if rows} == gone
        assert not any(uow.retention.purge(NOW + days * DAY, Keep()).values())
        assert uow.timers.get("y", "t") is not None
        assert uow.inbox.pending() == 1


def test_tickets_are_kept_three_years_after_their_end_with_their_history(database: Database) -> None:
    with database.transaction() as uow:
        live(uow)
        closed, still_open = uow.tickets.search("", open_only=False, limit=10)
        assert uow.retention.purge(NOW + 3 * 365 * DAY, Keep())["tickets"] == 0
        assert uow.retention.purge(NOW + 3 * 367 * DAY, Keep())["tickets"] == 1
        assert uow.tickets.get(closed.id) is None
        assert uow.tickets.history(closed.id) == ()
        assert uow.tickets.get(still_open.id) is not None


def test_a_bite_is_bounded(database: Database) -> None:
    with database.transaction() as uow:
        put_all(uow, [Inbound("c", "u", str(n), "message") for n in range(700)], NOW)
        while claims := uow.inbox.claim("worker", NOW, 10):
            finish_all(uow, claims, NOW)
        bites = [uow.retention.purge(NOW + 200 * DAY, Keep())["messages"] for _ in range(3)]
    assert bites == [500, 200, 0]
