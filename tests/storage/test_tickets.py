"""Tickets: numbered, opened once for each source, changed by compare-and-set (INV-7; design.md 4, 7 and 11)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.errors import Conflict
from storage.import_row import HomeKey, HomeRow, StaffRow
from storage.model import Address, NewTicket, Role, Ticket, TicketEvent, TicketStatus, TicketType
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
LANE = "person:7"


def open_ticket(uow: UnitOfWork, source: str = "1:0", at: datetime = NOW, **fields: Any) -> Ticket:
    new = {
        "type": TicketType.REPAIR,
        "category": "water",
        "summary": "水管漏水",
        "day": at.date(),
        "reporter_lane": LANE,
    }
    return uow.tickets.open(NewTicket(source_key=source, **{**new, **fields}), at)


def move(uow: UnitOfWork, ticket: Ticket, status: TicketStatus, at: datetime = NOW) -> Ticket:
    event = TicketEvent(ticket.id, at, "staff:1", status.value, None, None)
    return uow.tickets.change(ticket.id, {"status": status}, {}, None, event)


def numbers(tickets: tuple[Ticket, ...]) -> list[str]:
    return [ticket.number for ticket in tickets]


def test_an_opened_ticket_is_what_is_read_later(database: Database) -> None:
    with database.transaction() as uow:
        uow.imports.homes([HomeRow(HomeKey(None, "3", "2", "501"))], NOW)
        home = uow.homes.like(HomeKey(None, "3", "2", "501"))[0]
        opened = open_ticket(
            uow,
            home_id=home.id,
            building="3",
            unit="2",
            place="厨房",
            object="水管",
            urgency="urgent",
            level="minor",
            public_area=False,
            wanted_start=NOW + DAY,
            wanted_end=NOW + 2 * DAY,
            reporter=Address("resident", "webchat.main", "u1"),
            person_id=7,
            contact_phone="13800000001",
            group="repair",
            assignee_id=3,
            respond_due=NOW + DAY,
            finish_due=NOW + 3 * DAY,
            rework_of=1,
            merged_into=2,
            extra={"media": [{"id": "m1"}]},
        )
    with database.transaction() as uow:
        assert uow.tickets.get(opened.id) == opened
    assert opened.home == home
    assert (opened.number, opened.contact_phone, opened.version) == ("R261124-001", "13800000001", 0)


def test_numbers_count_by_estate_kind_and_day(database: Database) -> None:
    with database.transaction() as uow:
        found = [
            open_ticket(uow, "a").number,
            open_ticket(uow, "b").number,
            open_ticket(uow, "c", type=TicketType.EMERGENCY).number,
            open_ticket(uow, "d", NOW + DAY).number,
        ]
    assert found == ["R261124-001", "R261124-002", "E261124-001", "R261125-001"]
    with database.transaction("other") as uow:
        assert open_ticket(uow, "a").number == "R261124-001"


def test_numbers_grow_beyond_three_digits(database: Database) -> None:
    with database.transaction() as uow:
        for n in range(1000):
            last = open_ticket(uow, f"s:{n}").number
        assert last == "R261124-1000"
        assert numbers(uow.tickets.by_number("1000", TODAY)) == ["R261124-1000"]


def test_a_source_opens_one_ticket(database: Database) -> None:
    with database.transaction() as uow:
        assert open_ticket(uow, "1:0").id == open_ticket(uow, "1:0").id
        assert open_ticket(uow, "1:1").number == "R261124-002"


def test_a_rolled_back_ticket_leaves_neither_number_nor_source(database: Database) -> None:
    def fail(uow: UnitOfWork) -> None:
        open_ticket(uow)
        raise KeyError

    with database.transaction() as uow:
        with pytest.raises(KeyError), uow.savepoint():
            fail(uow)
        assert open_ticket(uow).number == "R261124-001"


def test_every_change_is_a_line_of_history(database: Database) -> None:
    with database.transaction() as uow:
        ticket = open_ticket(uow, actor="resident:person:7", channel="webchat.main", reason="漏水")
        accepted = TicketEvent(0, NOW + DAY, "staff:3", "accept", None, None, "我来", "console", {"by": "tap"})
        ticket = uow.tickets.change(ticket.id, {"status": TicketStatus.ACCEPTED, "assignee_id": 3}, {}, 0, accepted)
        assert (ticket.status, ticket.assignee_id, ticket.version) == (TicketStatus.ACCEPTED, 3, 1)
        assert uow.tickets.history(ticket.id) == (
            TicketEvent(ticket.id, NOW, "resident:person:7", "open", None, "new", "漏水", "webchat.main", {}),
            TicketEvent(ticket.id, NOW + DAY, "staff:3", "accept", "new", "accepted", "我来", "console", {"by": "tap"}),
        )


def test_a_change_by_who_read_another_version_is_a_conflict(database: Database) -> None:
    with database.transaction() as uow:
        ticket = open_ticket(uow)
        uow.tickets.change(ticket.id, {"level": "major"}, {}, 0, None)
        with pytest.raises(Conflict), uow.savepoint():
            uow.tickets.change(ticket.id, {"level": "minor"}, {}, 0, None)
        assert uow.tickets.change(ticket.id, {"level": "minor"}, {}, None, None).version == 2
        assert len(uow.tickets.history(ticket.id)) == 1


def test_extra_is_merged_key_by_key(database: Database) -> None:
    with database.transaction() as uow:
        ticket = open_ticket(uow, extra={"quote": 1, "media": []})
        assert uow.tickets.change(ticket.id, {}, {"quote": 2, "verdict": "x"}).extra == {
            "quote": 2,
            "media": [],
            "verdict": "x",
        }


def test_home_group_and_phone_can_be_changed_and_taken_away(database: Database) -> None:
    with database.transaction() as uow:
        uow.imports.homes([HomeRow(HomeKey(None, "3", "2", "501"))], NOW)
        home = uow.homes.like(HomeKey(None, "3", "2", "501"))[0]
        ticket = open_ticket(uow)
        changed = uow.tickets.change(ticket.id, {"home": home, "group": "clean", "contact_phone": "139"})
        assert (changed.home, changed.group, changed.contact_phone) == (home, "clean", "139")
        again = uow.tickets.change(ticket.id, {"home": None, "contact_phone": None, "suspended_from": "accepted"})
        assert (again.home, again.contact_phone, again.suspended_from) == (None, None, TicketStatus.ACCEPTED)


def test_what_identifies_a_ticket_cannot_be_changed(database: Database) -> None:
    with database.transaction() as uow:
        ticket = open_ticket(uow)
        for name in ("id", "number", "source_key", "community_id", "version", "nonsense"):
            with pytest.raises(ValueError, match=name):
                uow.tickets.change(ticket.id, {name: "x"})
        with pytest.raises(Conflict):
            uow.tickets.change(404, {"level": "x"})


@pytest.mark.parametrize("said", ["R261124-002", "r261124-002", "002", "2", " 002 ", "-002"])
def test_a_ticket_is_found_by_its_number_or_short_tail(database: Database, said: str) -> None:
    with database.transaction() as uow:
        open_ticket(uow, "a")
        ticket = open_ticket(uow, "b")
        assert uow.tickets.by_number(said, TODAY) == (ticket,)


@pytest.mark.parametrize("said", ["", "R261124", "abc", "00x", "٠٠٢"])
def test_what_is_no_number_finds_nothing(database: Database, said: str) -> None:
    with database.transaction() as uow:
        open_ticket(uow)
        assert uow.tickets.by_number(said, TODAY) == ()


def test_a_short_tail_means_open_tickets_todays_first(database: Database) -> None:
    with database.transaction() as uow:
        old = open_ticket(uow, "a", NOW - 3 * DAY)
        tomorrow = open_ticket(uow, "b", NOW + DAY)
        today = open_ticket(uow, "c")
        gone = open_ticket(uow, "d", type=TicketType.COMPLAINT)
        move(uow, gone, TicketStatus.CANCELLED)
        assert numbers(uow.tickets.by_number("001", TODAY)) == numbers((today, tomorrow, old))


def test_a_short_tail_without_an_open_ticket_means_recent_ones(database: Database) -> None:
    with database.transaction() as uow:
        recent = move(uow, open_ticket(uow, "a"), TicketStatus.CLOSED)
        move(uow, open_ticket(uow, "b", NOW - 40 * DAY), TicketStatus.CLOSED)
        assert uow.tickets.by_number("001", TODAY) == (recent,)


def test_a_resident_knows_his_open_and_recent_tickets_newest_first(database: Database) -> None:
    with database.transaction() as uow:
        long_open = open_ticket(uow, "a", NOW - 90 * DAY)
        long_gone = open_ticket(uow, "b", NOW - 90 * DAY)
        move(uow, long_gone, TicketStatus.CLOSED, NOW - 60 * DAY)
        just_closed = open_ticket(uow, "c", NOW - 80 * DAY)
        move(uow, just_closed, TicketStatus.CLOSED, NOW - DAY)
        followed = open_ticket(uow, "d", reporter_lane="person:8")
        uow.tickets.subscribe(followed.id, LANE)
        own = open_ticket(uow, "e")
        uow.tickets.subscribe(own.id, LANE)
        assert [ticket.id for ticket in uow.tickets.of_lane(LANE, NOW)] == [
            own.id,
            followed.id,
            just_closed.id,
            long_open.id,
        ]


def test_reopened_tickets_are_open_again(database: Database) -> None:
    with database.transaction() as uow:
        ticket = move(uow, open_ticket(uow, group="repair"), TicketStatus.CLOSED)
        assert uow.tickets.of_group("repair") == ()
        move(uow, ticket, TicketStatus.REOPENED)
        assert numbers(uow.tickets.of_group("repair")) == [ticket.number]


def test_staff_and_groups_see_their_open_tickets_oldest_first(database: Database) -> None:
    with database.transaction() as uow:
        first = open_ticket(uow, "a", group="repair", assignee_id=3)
        second = open_ticket(uow, "b", group="repair", assignee_id=3)
        other = open_ticket(uow, "c", group="clean", assignee_id=4)
        move(uow, open_ticket(uow, "d", group="repair", assignee_id=3), TicketStatus.CANCELLED)
        assert uow.tickets.of_staff(3) == uow.tickets.of_group("repair") == (first, second)
        assert uow.tickets.of_group("clean") == (other,)


def test_repairs_of_a_home_are_all_its_repairs_newest_first(database: Database) -> None:
    with database.transaction() as uow:
        keys = [HomeKey(None, "3", "2", room) for room in ("501", "502")]
        uow.imports.homes([HomeRow(key) for key in keys], NOW)
        home, other = (uow.homes.like(key)[0] for key in keys)
        first = move(uow, open_ticket(uow, "a", home_id=home.id), TicketStatus.CLOSED)
        second = open_ticket(uow, "b", home_id=home.id)
        open_ticket(uow, "c", home_id=home.id, type=TicketType.COMPLAINT)
        open_ticket(uow, "d", home_id=other.id)
        assert numbers(uow.tickets.repairs_of_home(home.id)) == [second.number, first.number]
        assert numbers(uow.tickets.repairs_of_home(home.id, limit=1)) == [second.number]


def test_similar_tickets_are_open_ones_of_the_kind_at_the_place(database: Database) -> None:
    with database.transaction() as uow:
        here = open_ticket(uow, "a", building="3")
        there = open_ticket(uow, "b", building="5")
        open_ticket(uow, "c", building="3", category="power")
        move(uow, open_ticket(uow, "d", building="3"), TicketStatus.MERGED)
        assert uow.tickets.similar("repair", "water", "3") == (here,)
        assert uow.tickets.similar("repair", "water", None) == (here, there)


def test_similar_tickets_of_one_home(database: Database) -> None:
    with database.transaction() as uow:
        keys = [HomeKey(None, "3", "2", room) for room in ("501", "502")]
        uow.imports.homes([HomeRow(key) for key in keys], NOW)
        first, second = (uow.homes.like(key)[0] for key in keys)
        mine = open_ticket(uow, "a", building="3", home_id=first.id)
        open_ticket(uow, "b", building="3", home_id=second.id)
        open_ticket(uow, "c", building="3")
        assert uow.tickets.similar("repair", "water", "3", first.id) == (mine,)


def test_loads_count_work_that_is_still_to_be_done(database: Database) -> None:
    with database.transaction() as uow:
        people = [StaffRow(f"G{n}", "李", None, "维修工", "工程", (), (), None, Role.REPAIRER) for n in range(3)]
        uow.imports.staff(people, NOW)
        busy, idle, _ = (member.id for member in uow.staff.all())
        for n in range(3):
            open_ticket(uow, f"a{n}", assignee_id=busy)
        move(uow, open_ticket(uow, "b", assignee_id=idle), TicketStatus.DONE)
        assert uow.tickets.loads() == {busy: 3}


def test_subscribing_twice_is_once(database: Database) -> None:
    with database.transaction() as uow:
        ticket = open_ticket(uow)
        for lane in ("person:9", "person:8", "person:9"):
            uow.tickets.subscribe(ticket.id, lane)
        assert uow.tickets.subscribers(ticket.id) == ("person:8", "person:9")


def test_tickets_go_with_their_reporter(database: Database) -> None:
    with database.transaction() as uow:
        own = open_ticket(uow, "a", reporter_lane="user:x:u")
        followed = open_ticket(uow, "b", reporter_lane="person:8")
        uow.tickets.subscribe(followed.id, "user:x:u")
        uow.tickets.move_lane("user:x:u", "person:9", 9)
        assert [ticket.id for ticket in uow.tickets.of_lane("person:9", NOW)] == [followed.id, own.id]
        assert uow.tickets.get(own.id).person_id == 9  # type: ignore[union-attr]


def test_a_search_takes_signs_as_they_are(database: Database) -> None:
    with database.transaction() as uow:
        percent = open_ticket(uow, "a", summary="亮度50%不够")
        plain = open_ticket(uow, "b", summary="灯_坏")
        closed = move(uow, open_ticket(uow, "c", summary="灯坏"), TicketStatus.CLOSED)
        assert uow.tickets.search("50%", open_only=False, limit=10) == (percent,)
        assert uow.tickets.search("灯_", open_only=False, limit=10) == (plain,)
        assert uow.tickets.search("灯", open_only=False, limit=10) == (closed, plain)
        assert uow.tickets.search("灯", open_only=True, limit=10) == (plain,)
        assert uow.tickets.search("", open_only=True, limit=10) == (plain, percent)
        assert uow.tickets.search("", open_only=False, limit=1) == (closed,)
        assert uow.tickets.search("r261124-001", open_only=False, limit=10) == (percent,)


def test_another_estates_ticket_looks_like_a_missing_one(database: Database) -> None:
    with database.transaction() as uow:
        ticket = open_ticket(uow)
    with database.transaction("other") as uow:
        assert uow.tickets.get(ticket.id) is None
        assert uow.tickets.by_number(ticket.number, TODAY) == ()
        assert uow.tickets.history(ticket.id) == ()
        with pytest.raises(Conflict):
            uow.tickets.change(ticket.id, {"level": "x"})
