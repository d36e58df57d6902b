"""Homes, people, staff and who stands behind a channel id (design.md 11, Identity)."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import Sealed
from storage.import_row import HomeKey, HomeRow, ResidentRow, StaffRow
from storage.message import Inbound
from storage.model import Address, Identity, Role, Tenure
from storage.secrecy import Cipher
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
HOME = HomeKey(None, "3", "2", "501")
HOMES = [HOME, HomeKey(None, "3", "2", "502"), HomeKey(None, "3", "1", "501"), HomeKey("A", "5", None, "501")]


def settle(uow: UnitOfWork, *residents: ResidentRow) -> None:
    uow.imports.homes([HomeRow(key) for key in HOMES], NOW)
    uow.imports.residents(residents, NOW)


def owner(name: str = "张伟", phone: str | None = "13800000001", **fields: object) -> ResidentRow:
    return ResidentRow(HOME, name, phone, Tenure.OWNER, **fields)  # type: ignore[arg-type]


def repairer(account: str | None = "li") -> StaffRow:
    return StaffRow("G01", "李强", "13900000001", "维修工", "工程", ("水电",), ("3", "5"), account, Role.REPAIRER)


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        (HomeKey(None, "3", "2", "501"), ["3栋2单元501"]),
        (HomeKey(None, "3", None, "501"), ["3栋1单元501", "3栋2单元501"]),
        (HomeKey("A", "5", None, "501"), ["A5栋501"]),
        (HomeKey(None, "9", None, "501"), []),
        (HomeKey("A区", "5", None, "501"), ["A5栋501"]),
        (HomeKey("a地块", "5", None, "501"), ["A5栋501"]),
        (HomeKey(None, "A5", None, "501"), ["A5栋501"]),
        (HomeKey("B区", "5", None, "501"), []),
        (HomeKey("A区", "3", "2", "502"), ["3栋2单元502"]),
    ],
)
def test_homes_are_found_by_what_was_said(database: Database, said: HomeKey, labels: list[str]) -> None:
    with database.transaction() as uow:
        settle(uow)
        assert [home.label for home in uow.homes.like(said)] == labels


@pytest.mark.parametrize("said", [HomeKey("A区", "3", "2", "501"), HomeKey(None, "A3", "2", "501")])
def test_an_area_in_the_buildings_name_is_found_as_people_say_it(database: Database, said: HomeKey) -> None:
    with database.transaction() as uow:
        uow.imports.homes([HomeRow(HomeKey(None, "A3", "2", "501")), HomeRow(HomeKey(None, "B3", "2", "501"))], NOW)
        assert [home.building for home in uow.homes.like(said)] == ["A3"]


def test_parts_that_were_not_said_fit_every_home(database: Database) -> None:
    class Said:
        area, building, unit, room = None, "3", "2", None

    with database.transaction() as uow:
        settle(uow)
        assert [home.room for home in uow.homes.like(Said())] == ["501", "502"]
        assert len(uow.homes.like(Said(), limit=1)) == 1
        assert uow.homes.count() == 4


def test_a_person_holds_a_home_on_both_ends_of_his_time(database: Database) -> None:
    since, until = date(2026, 1, 1), date(2026, 12, 31)
    with database.transaction() as uow:
        settle(uow, owner(since=since, until=until, account="wx1"))
        person = uow.people.find_by_account("wx1")
        assert person is not None
        day = timedelta(days=1)
        held = [bool(uow.people.residencies(person.id, d)) for d in (since - day, since, until, until + day)]
        assert held == [False, True, True, False]
        (residency,) = uow.people.residencies(person.id, TODAY)
        assert (residency.home.label, residency.tenure, residency.since) == ("3栋2单元501", Tenure.OWNER, since)


def test_the_people_of_a_home_are_those_of_the_day(database: Database) -> None:
    with database.transaction() as uow:
        former = ResidentRow(HOME, "王芳", None, Tenure.TENANT, until=date(2026, 1, 1))
        payer = ResidentRow(HOME, "赵敏", None, Tenure.TENANT, notes={"缴费人": "是"})
        settle(uow, owner(), former, payer)
        home = uow.homes.like(HOME)[0]
        found = uow.people.of_home(home.id, TODAY)
        assert [(person.name, held.payer) for person, held in found] == [("张伟", False), ("赵敏", True)]


def test_names_and_phones_are_not_plain_in_the_file(sqlite: Database) -> None:
    with sqlite.transaction() as uow:
        settle(uow, owner())
        uow.imports.staff([repairer()], NOW)
    path = Path(str(sqlite.engine.url.database))
    with sqlite.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    stored = b"".join(file.read_bytes() for file in path.parent.glob("guanjia.db*"))
    assert "2单元".encode() not in stored
    assert b"501" in stored
    for plain in ("张伟", "13800000001", "李强", "13900000001"):
        assert plain.encode() not in stored


def test_another_key_opens_nothing(sqlite: Database) -> None:
    with sqlite.transaction() as uow:
        settle(uow, owner(account="wx1"))
    other = Database(str(sqlite.engine.url), Cipher(bytes(32)))
    with pytest.raises(Sealed), other.transaction() as uow:
        uow.people.find_by_account("wx1")
    other.close()


def test_a_person_is_found_by_his_phone(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow, owner())
        assert [person.name for person in uow.people.find_by_phone("13800000001")] == ["张伟"]
        assert uow.people.find_by_phone("13800000002") == ()


def test_staff_come_back_with_everything(database: Database) -> None:
    with database.transaction() as uow:
        uow.imports.staff([repairer()], NOW)
        member = uow.staff.by_account("li")
        assert member is not None
        assert (member.name, member.phone, member.skills, member.buildings) == (
            "李强",
            "13900000001",
            ("水电",),
            ("3", "5"),
        )
        assert uow.staff.get(member.id) == uow.staff.by_number("G01") == member
        assert uow.staff.by_account("nobody") is None


def test_a_changed_roster_is_seen_by_the_next_transaction(database: Database) -> None:
    with database.transaction() as uow:
        uow.imports.staff([repairer()], NOW)
    with database.transaction() as uow:
        assert uow.staff.by_account("li") is not None
        uow.imports.staff([repairer("new")], NOW)
    with database.transaction() as uow:
        assert uow.staff.by_account("li") is None
        assert uow.staff.by_account("new") is not None


def test_a_roster_that_was_rolled_back_is_not_remembered(database: Database) -> None:
    def change(uow: UnitOfWork) -> None:
        uow.imports.staff([repairer("ghost")], NOW)
        assert uow.staff.by_account("ghost") is not None
        raise KeyError

    with pytest.raises(KeyError), database.transaction() as uow:
        change(uow)
    with database.transaction() as uow:
        uow.imports.staff([repairer("li")], NOW)
        assert uow.staff.by_account("ghost") is None
        assert uow.staff.by_account("li") is not None


def test_a_stranger_gets_a_lane_of_his_own(database: Database) -> None:
    with database.transaction() as uow:
        assert uow.identities.find("webchat.main", "u1") is None
        first = uow.identities.ensure("webchat.main", "u1")
        assert first == Identity("webchat.main", "u1", "user:webchat.main:u1")
        assert uow.identities.ensure("webchat.main", "u1") == uow.identities.find("webchat.main", "u1") == first


def test_an_account_of_the_roster_is_bound_from_the_start(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow, owner(account="wx1"))
        person = uow.people.find_by_account("wx1")
        assert person is not None
        lane = f"person:{person.id}"
        assert uow.identities.lane_of_person(person.id) == lane
        assert uow.identities.address_of(lane) == Address("resident", "webchat.main", "wx1")
        said = uow.inbox.add(Inbound("wechat.main", "wx1", "k", "message", "您好"), now=NOW)
        assert said.lane == lane
        assert uow.identities.person_of_lane(lane) == person


def test_somebody_who_wrote_before_the_list_came_is_bound_by_the_list(database: Database) -> None:
    with database.transaction() as uow:
        uow.identities.ensure("wechat.main", "wx1")
        uow.identities.ensure("console", "li")
        settle(uow, owner(account="wx1"))
        uow.imports.staff([repairer()], NOW)
        bound = uow.identities.find("wechat.main", "wx1")
        assert bound is not None
        assert bound.person_id is not None
        assert uow.identities.staff_by("console", "li") == uow.staff.by_account("li")


def test_a_person_whose_account_is_taken_from_the_list_is_a_stranger_again(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow, owner(account="wx1"))
        settle(uow, owner(account="wx2"))
        assert uow.identities.find("webchat.main", "wx1") == Identity("webchat.main", "wx1", "user:webchat.main:wx1")
        bound = uow.identities.find("webchat.main", "wx2")
        assert bound is not None
        assert bound.person_id is not None


def test_binding_joins_all_channels_of_a_person_in_one_lane(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow, owner(account="wx1"))
        person = uow.people.find_by_account("wx1")
        assert person is not None
        bound = uow.identities.bind("kf.front", "k9", person.id, NOW, "2026-01")
        assert bound == Identity("kf.front", "k9", f"person:{person.id}", person.id)
        assert uow.identities.find("kf.front", "k9") == bound


def test_unbinding_makes_a_stranger_again(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow, owner())
        person = uow.people.find_by_phone("13800000001")[0]
        assert uow.identities.lane_of_person(person.id) is None
        uow.identities.bind("webchat.main", "u1", person.id, NOW, None)
        uow.identities.unbind("webchat.main", "u1")
        assert uow.identities.find("webchat.main", "u1") == Identity("webchat.main", "u1", "user:webchat.main:u1")
        assert uow.identities.lane_of_person(person.id) is None


def test_staff_speak_as_staff_wherever_they_write(database: Database) -> None:
    with database.transaction() as uow:
        uow.imports.staff([repairer()], NOW)
        member = uow.staff.all()[0]
        assert uow.identities.ensure("wecom.staff", "li").lane == f"staff:{member.id}"
        assert uow.identities.staff_by("console", "li") == member
        assert uow.identities.staff_by("console", "nobody") is None
        assert uow.identities.person_of_lane(f"staff:{member.id}") is None
