"""The order of a repair: free or paid, on the list or not, own material, defect. Rules: S-REPAIR-02, -06, -11, -17."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import Button, Effect, OpenTicket, Phrase, Say, SetTimer, ToStaff
from handlers.facts import Facts
from handlers.rules import dispatch, order
from handlers.ticketing import cards, clocks
from handlers.ticketing.people import roster
from storage.model import Role


def with_order(opened: OpenTicket, facts: Facts) -> OpenTicket:
    """The ticket with what its words say about the order; staff put it right before the work (S-REPAIR-02)."""
    known = replace(opened, extra={**opened.extra, **_about(opened, facts)})
    if not is_off_list(known):
        return known
    verdict = facts.now + timedelta(hours=facts.rules.order.verdict_hours)
    return replace(known, respond_due=verdict)  # nobody need take it before the supervisor has spoken


def _about(opened: OpenTicket, facts: Facts) -> dict[str, Any]:
    words, rules = str(opened.extra.get("words") or opened.summary), facts.rules.order
    if opened.public_area:
        return {"order_type": "public"}
    found: dict[str, Any] = {}
    line = order.price_of(rules, words, facts.today)
    if order.may_be_defect(words):
        found["order_type"] = "defect"
    elif line is not None:
        found |= {"order_type": "paid", "price": {"item": line.item, "unit": line.unit, "amount_fen": line.amount_fen}}
    elif opened.urgency == "normal" and order.is_off_list(rules, words, facts.today):
        found["order_type"] = "offlist"
    return found | ({"own_material": True} if order.brings_material(words) else {})


def charge(opened: OpenTicket, facts: Facts) -> Phrase:
    """What the receipt says about money: a price line where there is one, never that it is free (SC-D21, C-52)."""
    price = opened.extra.get("price")
    if opened.extra.get("order_type") == "defect":
        return Phrase("repair.charge.defect")
    if not price:
        return Phrase("repair.charge.unknown")
    sample = Phrase("repair.charge.sample") if facts.rules.order.sample else None
    return Phrase("repair.charge.listed", {**price, "sample": sample})


def is_off_list(opened: OpenTicket) -> bool:
    """Whether the supervisor must say first whether it can be done."""
    return opened.extra.get("order_type") == "offlist"


def ask_supervisor(opened: OpenTicket, facts: Facts) -> list[Effect]:
    """The card with both answers, and the four hours of the verdict (AL-08, SLA-83)."""
    due = facts.now + timedelta(hours=facts.rules.order.verdict_hours)
    lane = facts.speaker.lane if clocks.is_resident(facts.speaker.lane) else "estate"
    told = dispatch.of_role(roster(facts), Role.REPAIR_SUPERVISOR, Role.CS_MANAGER)[:1]
    shown: Mapping[str, Any] = cards.private(cards.of_open(opened), facts.speaker.person) | {"due": due}
    buttons = (
        Button("offlist_yes:{ticket}", Phrase("ticket.button.offlist_yes")),
        Button("offlist_no:{ticket}", Phrase("ticket.button.offlist_no")),
    )
    asked: list[Effect] = [
        Say("ticket.alert.offlist", shown, ToStaff(s.id), "alert", opened.ref, buttons) for s in told
    ]
    timer = SetTimer(
        "rule_due_offlist", "ticket:{ticket}", due, lane, opened.ref, {"rule": "SLA-83", "needs": "offlist"}
    )
    return [*asked, timer]


def off_list_said(opened: OpenTicket, facts: Facts, params: Mapping[str, Any]) -> Step:
    """The resident hears by when he knows (SC-D22)."""
    until = facts.now + timedelta(hours=facts.rules.order.verdict_hours)
    return Say("repair.opened.offlist", {**params, "until": until}, ticket=opened.ref)
