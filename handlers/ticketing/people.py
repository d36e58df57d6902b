"""Who hears of a ticket among staff and residents. Rules: domain.md 10.2, S-COMP-24, S-TRI-03, design.md 10."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from handlers.effects import Effect, Phrase, Say, ToGroup, ToLane, ToStaff
from handlers.facts import AllStaff, Facts, StaffLoads, SubscribersOf
from handlers.rules import dispatch
from handlers.rules.access import surname
from handlers.rules.dispatch import Candidate
from handlers.rules.triage import trade
from handlers.ticketing.cards import Matter, alert_key, alert_moves, buttons, holder_moves, media, private, public
from handlers.ticketing.clocks import is_resident
from storage.model import Person, Role, Staff, Ticket, TicketType

#: How a colleague is called by surname in a complaint: 李师傅, 王主管 ...
_TITLES = ("师傅", "主管", "经理", "队长", "班长", "管家", "工", "姐", "哥", "主任", "保安", "保洁")


def accused(matter: Matter, staff: Sequence[Staff]) -> frozenset[int]:
    """Staff whom a complaint names; they neither handle nor see it (S-COMP-24).

    Full names and 姓王的 count anywhere in it, surname and title only in what was said to the question who is meant.
    """
    stored = matter.extra.get("accused_ids")
    if stored is not None:
        return frozenset(stored)
    if matter.type is not TicketType.COMPLAINT:
        return frozenset()
    said = str(matter.extra.get("accused") or "")
    full = {s.id for s in staff if s.name and (s.name in matter.summary or s.name in said)}
    full |= {s.id for s in staff if s.name and re.search(rf"姓{s.name[:1]}(?:的|那)", f"{matter.summary} {said}")}
    short = {s.id for s in staff if any(f"{s.name[:1]}{title}" in said for title in _TITLES)}
    return frozenset(full | short)


def roster(facts: Facts) -> tuple[Staff, ...]:
    """All staff, in roster order."""
    return facts.ask(AllStaff())


def department_of(facts: Facts, ids: Collection[int]) -> str | None:
    """The department of the people a complaint names, when they are of one."""
    roles = {s.role for s in roster(facts) if s.id in ids}
    groups = {group for group, members in dispatch.GROUP_ROLES.items() if roles & members}
    return groups.pop() if len(groups) == 1 else None


def is_accused(ticket: Ticket, staff: Staff) -> bool:
    """Whether a ticket must not be seen by this member: he is the one complained of."""
    return staff.id in ticket.extra.get("accused_ids", ())


def fitting(facts: Facts, matter: Matter, without: Collection[int] = ()) -> tuple[Candidate, ...]:
    """The people of the department who could take a matter, best first, each with the reasons (S-TRI-03)."""
    people = dispatch.members(matter.group or "", roster(facts))
    workers = [s for s in people if s.role not in (Role.REPAIR_SUPERVISOR, Role.DISPATCHER)] or list(people)
    found = trade(facts.rules.triage, matter.category)
    return dispatch.candidates(
        workers,
        facts.ask(StaffLoads()),
        category=matter.category,
        skills=found.skills if found else (),
        building=matter.home.building if matter.home else matter.building,
        without=without,
    )


def emergency_people(facts: Facts, group: str, without: Collection[int]) -> tuple[int, ...]:
    """Who hears of an emergency in private: duty, head of the department, cs_manager, director (AL-03)."""
    staff, rules = roster(facts), facts.rules.dispatch
    head = dispatch.head_of(rules, group, staff, without)
    people = [*dispatch.duty(rules, staff, facts.local), *([head] if head else [])]
    people += dispatch.of_role(staff, Role.CS_MANAGER, Role.DIRECTOR)
    return tuple(dict.fromkeys(s.id for s in people if s.id not in without))


def complaint_people(facts: Facts, matter: Matter, without: Collection[int]) -> tuple[int, ...]:
    """Who receives a complaint in private, by level; one higher when a colleague is named (AL-04, AL-05, S-COMP-24)."""
    staff, rules = roster(facts), facts.rules.dispatch
    head = dispatch.head_of(rules, matter.group or "manager", staff, without)
    lead = dispatch.of_role(staff, Role.DIRECTOR, Role.CS_MANAGER)
    if matter.level == "major":
        people = list(lead)
    elif matter.level == "important" or without:
        people = [head] if head else []
        people += [s for s in lead if without and s.role is Role.CS_MANAGER]
    else:
        people = []
    return tuple(dict.fromkeys(s.id for s in people if s.id not in without))


def new_alerts(facts: Facts, matter: Matter, ref: str, person: Person | None) -> list[Effect]:
    """The alerts of a new ticket: its group (masked), and those who must act, in private (8.13, 10.2)."""
    without = accused(matter, roster(facts))
    found: list[Effect] = []
    if not without:
        found.append(group_alert(matter, ref, person))
    if matter.type is TicketType.COMPLAINT:
        people = complaint_people(facts, matter, without)
    elif alert_key(matter) == "ticket.alert.emergency":
        people = emergency_people(facts, matter.group or "order", without)
    elif matter.urgency == "urgent":
        people = tuple(s.id for s in dispatch.duty(facts.rules.dispatch, roster(facts), facts.local))
    else:
        people = ()
    if matter.level == "major" and not without and matter.group != "manager":
        found.append(Say(alert_key(matter), public(matter, person), ToGroup("manager"), "alert", ref))
    return found + [card(matter, person, staff_id, ref) for staff_id in people]


def group_alert(matter: Matter, ref: int | str, person: Person | None, key: str | None = None) -> Say:
    """The card of a ticket in its group, masked (design.md 8)."""
    return Say(
        key or alert_key(matter),
        public(matter, person),
        ToGroup(matter.group or "manager"),
        kind="alert",
        ticket=ref,
        buttons=buttons(*alert_moves(matter)),
        urgent=matter.urgent,
        media=media(matter) if matter.public_area else (),
    )


def card(matter: Matter, person: Person | None, staff_id: int, ref: int | str, key: str = "") -> Say:
    """The full card for one member, in private: `key` says in one line why he gets it (default: it is new)."""
    assigned = matter.assignee_id == staff_id and key != ""
    moves = buttons(*holder_moves(matter)) if assigned else buttons(*alert_moves(matter))
    head = Phrase(key or f"{alert_key(matter)}.personal")
    params = private(matter, person) | {"head": head}
    return Say("ticket.card", params, ToStaff(staff_id), "alert", ref, moves, urgent=matter.urgent, media=media(matter))


def residents_hear(
    facts: Facts,
    ticket: Ticket,
    key: str,
    params: Mapping[str, Any],
    **more: Any,
) -> list[Say]:
    """A push about a ticket to its reporter and to everybody who follows it (S-REPAIR-14)."""
    lanes = [ticket.reporter_lane] if is_resident(ticket.reporter_lane) else []
    lanes += [lane for lane in facts.ask(SubscribersOf(ticket.id)) if is_resident(lane)]
    return [Say(key, params, ToLane(str(lane)), "push", ticket.id, **more) for lane in dict.fromkeys(lanes)]


def called(staff: Staff) -> Phrase:
    """What residents call a member: 张师傅 for who mends things, the name for everybody else."""
    if staff.role is Role.REPAIRER:
        return Phrase("ticket.called.master", {"surname": surname(staff.name)})
    return Phrase("ticket.called.name", {"name": staff.name})


def staff_note(staff_id: int, key: str, params: Mapping[str, Any], ticket: Ticket) -> Say:
    """A line for one member in private."""
    return Say(key, params, ToStaff(staff_id), "alert", ticket.id)
