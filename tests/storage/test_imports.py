"""Imports: new, changed or the same; nothing that the product did itself is undone (design.md 4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from storage.database import Database
from storage.import_row import BillRow, Counts, FaqRow, HomeKey, HomeRow, ResidentRow, StaffRow
from storage.model import BillStatus, Role, Tenure
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
HOME = HomeKey(None, "3", "2", "501")
SHOP = HomeKey("A", "商", None, "1")
ADDED, CHANGED, SAME = Counts(added=1), Counts(changed=1), Counts(same=1)


def settle(uow: UnitOfWork) -> None:
    uow.imports.homes([HomeRow(HOME), HomeRow(SHOP)], NOW)


def bill(**fields: object) -> BillRow:
    given = {"fee": "物业费", "period": "2026-10", "amount_fen": 10_000, "due_on": TODAY, "number": "B1", **fields}
    return BillRow(HOME, **given)  # type: ignore[arg-type]


def test_homes_are_known_by_their_whole_address(database: Database) -> None:
    with database.transaction() as uow:
        assert uow.imports.homes([HomeRow(HOME, 90.5, "商品房", "入住", {"车位": "B12"})], NOW) == ADDED
        assert uow.imports.homes([HomeRow(HOME, 90.5, "商品房", "入住", {"车位": "B12"})], NOW) == SAME
        assert uow.imports.homes([HomeRow(HOME, 90.5, "商品房", "空置", {"车位": "B12"})], NOW) == CHANGED
        assert uow.imports.homes([HomeRow(HomeKey("A", "3", "2", "501"))], NOW) == ADDED
        (home, _) = uow.homes.like(HOME)
        assert (home.floor_area_m2, home.tenure_kind, home.state, home.notes) == (
            90.5,
            "商品房",
            "空置",
            {"车位": "B12"},
        )


def test_homes_that_a_list_names_wrongly_are_found_before_it_is_taken(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        wrong = HomeKey(None, "9", "9", "999")
        assert uow.imports.missing([HOME, wrong, SHOP, wrong]) == {wrong}
        with pytest.raises(KeyError):
            uow.imports.residents([ResidentRow(wrong, "张伟", None, Tenure.OWNER)], NOW)


def test_a_resident_of_two_homes_is_one_person(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        rows = [ResidentRow(home, "张伟", "13800000001", Tenure.OWNER, account="wx1") for home in (HOME, SHOP)]
        assert uow.imports.residents(rows, NOW) == Counts(added=2)
        assert uow.imports.residents(rows, NOW) == Counts(same=2)
        person = uow.people.find_by_account("wx1")
        assert person is not None
        assert {held.home.label for held in uow.people.residencies(person.id, TODAY)} == {"3栋2单元501", "A商1"}


def test_two_people_of_one_name_are_two(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        rows = [ResidentRow(HOME, "张伟", None, Tenure.OWNER), ResidentRow(SHOP, "张伟", None, Tenure.OWNER)]
        uow.imports.residents(rows, NOW)
        home, shop = (uow.homes.like(key)[0].id for key in (HOME, SHOP))
        assert uow.people.of_home(home, TODAY)[0][0].id != uow.people.of_home(shop, TODAY)[0][0].id


def test_a_hold_that_ends_is_a_change(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        row = ResidentRow(HOME, "张伟", "138", Tenure.TENANT, since=date(2026, 1, 1))
        assert uow.imports.residents([row], NOW) == ADDED
        ended = ResidentRow(HOME, "张伟", "138", Tenure.TENANT, since=date(2026, 1, 1), until=date(2026, 11, 1))
        assert uow.imports.residents([ended], NOW) == CHANGED
        assert uow.people.of_home(uow.homes.like(HOME)[0].id, TODAY) == ()


def test_staff_are_known_by_their_number(database: Database) -> None:
    with database.transaction() as uow:
        row = StaffRow("G1", "李强", "139", "维修工", "工程", ("水",), ("3",), "li", Role.REPAIRER)
        moved = StaffRow("G1", "李强", "139", "主管", "工程", ("水",), ("3",), "li", Role.REPAIR_SUPERVISOR)
        assert uow.imports.staff([row], NOW) == ADDED
        assert uow.imports.staff([row], NOW) == SAME
        assert uow.imports.staff([moved], NOW) == CHANGED
        assert [(member.post, member.role) for member in uow.staff.all()] == [("主管", Role.REPAIR_SUPERVISOR)]


def test_a_new_role_begins_with_a_new_log_in(database: Database) -> None:
    """INV-27."""
    with database.transaction() as uow:
        row = StaffRow("G1", "李强", "139", "维修工", "工程", (), (), "li", Role.REPAIRER)
        uow.imports.staff([row], NOW)
        (member,) = uow.staff.all()
        uow.sessions.start("h1", member.id, "c", NOW, NOW + timedelta(hours=12))
        uow.imports.staff([replace(row, post="水工")], NOW)
        assert uow.sessions.find("h1", NOW) is not None
        uow.imports.staff([replace(row, role=Role.REPAIR_SUPERVISOR)], NOW)
        assert uow.sessions.find("h1", NOW) is None


def test_a_list_corrects_a_bill_but_takes_no_payment_back(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        assert uow.imports.bills([bill()], NOW) == ADDED
        assert uow.imports.bills([bill()], NOW) == SAME
        assert uow.imports.bills([bill(amount_fen=12_000)], NOW) == CHANGED
        found = uow.bills.by_number("B1")
        assert found is not None
        uow.bills.book(found[0].id, "t1", 12_000, NOW)
        assert uow.imports.bills([bill(amount_fen=12_000)], NOW) == SAME
        after = uow.bills.by_number("B1")
        assert after is not None
        assert (after[0].status, after[0].paid_fen) == (BillStatus.PAID, 12_000)


def test_a_list_keeps_a_dispute_and_what_was_noted_on_a_bill(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        uow.imports.bills([bill(notes={"户主": "x"})], NOW)
        found = uow.bills.by_number("B1")
        assert found is not None
        uow.bills.change(found[0].id, {"status": BillStatus.DISPUTED, "reminded": 2}, {"promise": 1})
        assert uow.imports.bills([bill(notes={"户主": "x"})], NOW) == SAME
        after = uow.bills.by_number("B1")
        assert after is not None
        assert (after[0].status, after[0].reminded) == (BillStatus.DISPUTED, 2)
        assert after[0].extra == {"户主": "x", "promise": 1}


def test_a_list_may_say_that_a_bill_was_paid_at_the_desk(database: Database) -> None:
    with database.transaction() as uow:
        settle(uow)
        uow.imports.bills([bill()], NOW)
        assert uow.imports.bills([bill(paid=True, paid_on=date(2026, 11, 20))], NOW) == CHANGED
        assert uow.imports.bills([bill(paid=True, paid_on=date(2026, 11, 20))], NOW) == SAME
        found = uow.bills.by_number("B1")
        assert found is not None
        assert (found[0].status, found[0].paid_fen) == (BillStatus.PAID, 10_000)
        assert found[0].paid_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_the_knowledge_base_has_another_version_after_each_change_only(database: Database) -> None:
    def take(answer: str) -> tuple[Counts, int]:
        with database.transaction() as uow:
            return uow.imports.faq([FaqRow("怎么缴费", ("如何缴费",), answer)], NOW), uow.faq.version()

    with database.transaction() as uow:
        assert uow.faq.version() == 0
    first, second, third = take("一"), take("一"), take("二")
    assert [first[0], second[0], third[0]] == [ADDED, SAME, CHANGED]
    assert first[1] == second[1] != third[1]
    with database.transaction() as uow:
        assert [(entry.question, entry.variants, entry.answer) for entry in uow.faq.all()] == [
            ("怎么缴费", ("如何缴费",), "二")
        ]
