"""Desk hours and what may be promised in them; who sees what (SLA-24, SLA-60, SLA-81, S-REC-07)."""

from datetime import datetime, timedelta

import pytest

from handlers.rules.access import AccessRules, account_homes, has_tail, payers, phone_tail, surname
from handlers.rules.desk import DeskRules, is_open, next_opening, promised_by, take_over_due
from storage.model import Person, Residency, Tenure
from tests.unit.handlers.factory import HOME, NOW, OTHER_HOME, OWNER, ZONE

RULES = DeskRules()


def at(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "open_"), [(at(7, 59), False), (at(8), True), (at(17, 29), True), (at(17, 30), False), (at(23), False)]
)
def test_sla_60_the_desk_is_open_from_eight_to_half_past_five(moment: datetime, open_: bool) -> None:
    assert is_open(moment, RULES) is open_


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        (at(10), at(12)),
        (at(10, 2), at(12, 5)),
        (at(15, 30), at(17, 30)),
        (at(15, 31), at(10, day=23)),
        (at(20), at(10, day=23)),
        (at(3), at(10)),
        (at(7, 59), at(10)),
    ],
)
def test_sla_24_two_hours_in_desk_hours_else_the_next_morning(asked: datetime, promised: datetime) -> None:
    assert promised_by(asked, RULES.answer_h, RULES) == promised


def test_a_promise_is_never_earlier_than_what_it_promises() -> None:
    for minute in range(60):
        asked = at(9, minute) + timedelta(seconds=30)
        assert promised_by(asked, 1, RULES) >= asked + timedelta(hours=1)


def test_the_next_opening_is_strictly_later() -> None:
    assert next_opening(at(3), RULES) == at(8)
    assert next_opening(at(8), RULES) == at(8, day=23)
    assert next_opening(at(20), RULES) == at(8, day=23)


def test_sla_81_seconds_until_a_person_comes() -> None:
    assert take_over_due(NOW, at(10), RULES) == NOW + timedelta(seconds=60)
    assert take_over_due(NOW, at(22), RULES) == NOW + timedelta(seconds=300)


TENANT = Person(8, "main", "陈立", "13800002222")


def test_payers_are_the_owners_unless_the_lease_names_the_tenant() -> None:
    owns = (OWNER, Residency(7, HOME, Tenure.OWNER))
    lives = (TENANT, Residency(8, HOME, Tenure.TENANT))
    pays = (TENANT, Residency(8, HOME, Tenure.TENANT, payer=True))
    assert payers((owns, lives)) == (OWNER,)
    assert payers((owns, pays)) == (TENANT,)
    assert payers((lives,)) == ()


def test_bills_are_seen_by_owner_family_and_paying_tenant() -> None:
    held = (
        Residency(7, HOME, Tenure.OWNER),
        Residency(7, OTHER_HOME, Tenure.TENANT),
    )
    assert account_homes(held, AccessRules()) == (HOME,)
    assert account_homes((Residency(7, HOME, Tenure.TENANT, payer=True),), AccessRules()) == (HOME,)


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("1234", "1234"),
        ("后四位是1234", "1234"),
        ("13900001234", "1234"),
        ("12345", None),
        ("123", None),
        ("1234或者5678", None),
        ("没有", None),
    ],
)
def test_the_tail_is_four_digits_of_their_own(text: str, tail: str | None) -> None:
    assert phone_tail(text) == tail


def test_a_person_without_phone_fits_no_tail() -> None:
    assert has_tail(OWNER, "1111")
    assert not has_tail(OWNER, "111")
    assert not has_tail(Person(1, "main", "甲", None), "1111")
    assert not has_tail(OWNER, "")


def test_surnames_of_two_characters() -> None:
    assert [surname(name) for name in ("周晓岚", "欧阳锋", "欧阳", "司马光")] == ["周", "欧阳", "欧", "司马"]
