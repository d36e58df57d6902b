"""Category to department, urgency and callback class (domain.md 3.5, 4.6, C-61)."""

import pytest

from handlers.rules.triage import (
    GROUPS,
    TriageRules,
    callback_class,
    default_urgency,
    department_in,
    group_of,
    safety_facility,
)
from storage.model import TicketType as T

RULES = TriageRules()


@pytest.mark.parametrize(
    ("type_", "category", "text", "group"),
    [
        (T.REPAIR, "water_leak", "", "repair"),
        (T.REPAIR, "hygiene", "", "clean"),
        (T.REPAIR, "fire_passage", "", "order"),
        (T.REPAIR, "never_heard_of", "", "repair"),
        (T.COMPLAINT, "hygiene", "", "clean"),
        (T.COMPLAINT, "parking", "", "order"),
        (T.COMPLAINT, "property_fee", "", "finance"),
        (T.COMPLAINT, "noise", "", "service"),
        (T.COMPLAINT, "lift", "", "repair"),
        (T.COMPLAINT, "staff_attitude", "保安态度差", "order"),
        (T.COMPLAINT, "staff_attitude", "那个保洁骂人", "clean"),
        (T.COMPLAINT, "staff_attitude", "没人理我", "manager"),
        (T.COMPLAINT, "never_heard_of", "", "manager"),
        (T.INQUIRY, "water_leak", "", "service"),
        (T.PAYMENT, "water_fee", "", "finance"),
        (T.SUGGESTION, "lighting", "", "service"),
        (T.PRAISE, "other", "", "service"),
        (T.SERVICE, "move", "", "service"),
        (T.EMERGENCY, "fire", "", "order"),
        (T.EMERGENCY, "lift", "", "repair"),
        (T.EMERGENCY, "never_heard_of", "", "order"),
    ],
)
def test_department_of_a_ticket(type_: T, category: str, text: str, group: str) -> None:
    assert group_of(RULES, type_, category, text) == group


def test_every_trade_names_known_groups() -> None:
    assert all(trade.doing in GROUPS and trade.blamed in GROUPS for trade in RULES.trades.values())


@pytest.mark.parametrize(
    ("type_", "category", "text", "kind"),
    [
        (T.REPAIR, "water_leak", "", "leak"),
        (T.REPAIR, "lift", "", "safety"),
        (T.REPAIR, "facility", "护栏松了", "safety"),
        (T.REPAIR, "lighting", "路灯不亮", "other"),
        (T.REPAIR, "electricity", "插座漏电", "safety"),
        (T.EMERGENCY, "flood", "", "leak"),
        (T.EMERGENCY, "never_heard_of", "", "other"),
        (T.COMPLAINT, "water_leak", "", "other"),
        (T.SUGGESTION, "facility", "", "suggestion"),
        (T.PRAISE, "other", "", None),
    ],
)
def test_callback_class(type_: T, category: str, text: str, kind: str | None) -> None:
    """SLA-30, SLA-31, SLA-32, C-61."""
    assert callback_class(RULES, type_, category, text) == kind


def test_street_lamp_is_no_safety_facility_but_a_camera_is() -> None:
    assert not safety_facility(RULES, "lighting", "路灯坏了")
    assert safety_facility(RULES, "network", "监控坏了")


@pytest.mark.parametrize(
    ("category", "text", "urgency"),
    [
        ("lift", "", "urgent"),
        ("drain", "马桶堵了", "normal"),
        ("water_supply", "水管爆了", "urgent"),
        ("never_heard_of", "", "normal"),
    ],
)
def test_default_urgency(category: str, text: str, urgency: str) -> None:
    assert default_urgency(RULES, category, text) == urgency


def test_first_named_people_decide_the_department() -> None:
    assert department_in(RULES, "保安和保洁都不管") == "order"
    assert department_in(RULES, "谁都不管") is None
