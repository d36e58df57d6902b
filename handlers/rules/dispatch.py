"""Who gets a job and how alarms climb. Rules: S-TRI-03, S-REPAIR-04, S-REPAIR-19, S-COMP-24, domain.md 1.2, 10.2."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from handlers.rules.ticket import Actor
from storage.model import Role, Staff, Ticket

#: Roles of each department (domain.md 1.2).
GROUP_ROLES: Mapping[str, frozenset[Role]] = {
    "repair": frozenset({Role.REPAIRER, Role.REPAIR_SUPERVISOR, Role.DISPATCHER}),
    "order": frozenset({Role.SECURITY}),
    "clean": frozenset({Role.CLEANING}),
    "finance": frozenset({Role.FINANCE}),
    "service": frozenset({Role.FRONT_DESK, Role.BUTLER, Role.CS_ASSISTANT, Role.CS_LEAD, Role.GENERAL_AFFAIRS}),
    "manager": frozenset({Role.CS_MANAGER, Role.DIRECTOR}),
}
#: They see the tickets of every department.
OVERSEEING = frozenset({Role.CS_LEAD, Role.CS_MANAGER, Role.DIRECTOR, Role.COMPANY_LEADER, Role.DISPATCHER, Role.DUTY})
#: They receive and follow every matter (domain.md 1.2).
DESK = frozenset({Role.FRONT_DESK, Role.BUTLER, Role.CS_ASSISTANT, Role.GENERAL_AFFAIRS}) | OVERSEEING
_HEAD_ROLES = {"repair": Role.REPAIR_SUPERVISOR, "service": Role.CS_LEAD, "manager": Role.CS_MANAGER}
#: A staff number, or with its span: `N001@18:00-08:00`.
_ENTRY = re.compile(r"[^@\s]+(?:@(?:[01]\d|2[0-3]):[0-5]\d\s*-\s*(?:[01]\d|2[0-3]):[0-5]\d)?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """Values of this topic.

    Attributes:
        roster: staff numbers by weekday key (`mon` … `sun`) or `every`, each with an optional span of local time that
            may run over midnight (`N001@18:00-08:00`); nobody in it: whoever has the role `duty` (design.md 10).
        head_words: in a member's post they mark the head of a department that has no role of its own.
        dispatch_words: in a member's skills they mark somebody the director lets dispatch (C-36).
        night_start, night_end: between them only urgent alarms climb beyond the duty (domain.md 10.2), local time.
        repeat_rounds: quick repeats of an emergency alarm, as many every `slow_min` minutes, then one an hour.
        shift_wait_min: minutes until a shift that nobody took over is reported (S-REC-21, SLA-55).
        digest_at: local times at which each group gets its open list (J-03, J-05).
    """

    roster: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    head_words: tuple[str, ...] = ("主管", "队长", "班长", "领班", "经理", "部长", "负责人")
    dispatch_words: tuple[str, ...] = ("派工", "调度")
    night_start: time = time(22, 0)
    night_end: time = time(7, 0)
    repeat_rounds: int = 10
    slow_min: int = 15
    shift_wait_min: int = 20
    digest_at: tuple[time, ...] = (time(8, 30), time(17, 30))

    def __post_init__(self) -> None:
        """Refuse a span that is no time.

        Raises:
            ValueError: named with the entry.
        """
        for entry in (each for entries in self.roster.values() for each in entries):
            if not _ENTRY.fullmatch(entry):
                raise ValueError(f"roster: {entry}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take a job, and why: keys `skill`, `building`, `free`, `load`."""

    staff: Staff
    reasons: tuple[str, ...]
    load: int


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an alarm: the group again and these people in private."""

    group: bool
    staff_ids: tuple[int, ...]


def sees(staff: Staff, group: str | None) -> bool:
    """Whether tickets of `group` are this member's business: own department, desk and managers all (1.2)."""
    if staff.role in DESK:
        return True
    return group is None or staff.role in GROUP_ROLES.get(group, frozenset()) or staff.team == group


def is_head(rules: DispatchRules, staff: Staff) -> bool:
    """Whether a member leads a department, by role or by the title of the post."""
    return staff.role in _HEAD_ROLES.values() or any(word in staff.post for word in rules.head_words)


def may_dispatch(rules: DispatchRules, staff: Staff) -> bool:
    """Whether the director lets this member dispatch (C-36)."""
    return any(word in skill for skill in staff.skills for word in rules.dispatch_words)


def members(group: str, staff: Iterable[Staff]) -> tuple[Staff, ...]:
    """The people of a department, in roster order."""
    roles = GROUP_ROLES.get(group, frozenset())
    return tuple(s for s in staff if s.role in roles or s.team == group)


def head_of(rules: DispatchRules, group: str, staff: Sequence[Staff], without: Collection[int] = ()) -> Staff | None:
    """The head of a department; without one the cs_manager, then the director (design.md 10).

    `without` holds staff ids that must not decide, such as the accused of a complaint (S-COMP-24).
    """
    able = [s for s in staff if s.id not in without]
    heads = [s for s in able if s.role is _HEAD_ROLES.get(group)]
    heads += [s for s in members(group, able) if any(word in s.post for word in rules.head_words)]
    heads += [s for s in able if s.role is Role.CS_MANAGER]
    heads += [s for s in able if s.role is Role.DIRECTOR]
    return heads[0] if heads else None


def of_role(staff: Iterable[Staff], *roles: Role) -> tuple[Staff, ...]:
    """The people of some roles, in the order of the roles, then of the roster."""
    people = tuple(staff)
    return tuple(s for role in roles for s in people if s.role is role)


def duty(rules: DispatchRules, staff: Sequence[Staff], local: datetime) -> tuple[Staff, ...]:
    """Who is on duty at `local` (estate's zone): the roster, else role duty, else manager, else director."""
    numbers = rules.roster.get(_WEEKDAYS[local.weekday()]) or rules.roster.get("every") or ()
    there = {number for entry in numbers if (number := _on_roster(entry, local.time()))}
    found = tuple(s for s in staff if s.number in there) or of_role(staff, Role.DUTY)
    return found or of_role(staff, Role.CS_MANAGER)[:1] or of_role(staff, Role.DIRECTOR)[:1]


def _on_roster(entry: str, clock: time) -> str | None:
    """The staff number of a roster entry when its span holds at `clock`; a span over midnight holds on both sides."""
    number, _, span = entry.partition("@")
    if not span:
        return number
    start, end = (time.fromisoformat(part.strip()) for part in span.split("-", 1))
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    return number if inside else None


def is_night(rules: DispatchRules, local: datetime) -> bool:
    """Whether alarms that are not urgent stay with the duty (domain.md 10.2)."""
    clock = local.time()
    return clock >= rules.night_start or clock < rules.night_end


def morning(rules: DispatchRules, local: datetime) -> datetime:
    """The end of the night that `local` (aware, estate's zone) lies in or that comes next."""
    day = local.date() if local.time() < rules.night_end else local.date() + timedelta(days=1)
    return datetime.combine(day, rules.night_end, local.tzinfo)


def candidates(
    people: Sequence[Staff],
    loads: Mapping[int, int],
    *,
    category: str,
    skills: Sequence[str],
    building: str | None,
    without: Collection[int] = (),
) -> tuple[Candidate, ...]:
    """Who fits best, with the reasons: skill, then own buildings, then load, then roster order (S-TRI-03)."""
    found = [_candidate(s, loads.get(s.id, 0), category, skills, building) for s in people if s.id not in without]
    return tuple(sorted(found, key=lambda c: ("skill" not in c.reasons, "building" not in c.reasons, c.load)))


def _candidate(staff: Staff, load: int, category: str, skills: Sequence[str], building: str | None) -> Candidate:
    skilled = any(skill == category or any(word in skill for word in skills) for skill in staff.skills)
    reasons = [reason for reason, holds in (("skill", skilled), ("building", building in staff.buildings)) if holds]
    return Candidate(staff, (*reasons, "load" if load else "free"), load)


def rung(
    rules: DispatchRules,
    group: str,
    staff: Sequence[Staff],
    step: int,
    *,
    next_fitting: int | None,
    without: Collection[int],
) -> Rung:
    """Step `step` (from 1) of an alarm nobody answered: group and next person, head, cs_manager, director, company."""
    ladder: list[int] = []
    head = head_of(rules, group, staff, without)
    higher = of_role(staff, Role.CS_MANAGER, Role.DIRECTOR, Role.COMPANY_LEADER)
    for person in (head, *higher):
        if person and person.id not in without and person.id not in ladder:
            ladder.append(person.id)
    if step <= 1:
        return Rung(True, (next_fitting,) if next_fitting else ())
    at = min(step - 2, len(ladder) - 1)
    return Rung(True, (ladder[at],) if ladder else ())


def top(rules: DispatchRules, group: str, staff: Sequence[Staff], without: Collection[int]) -> int:
    """The last step of the alarm of a group."""
    head = head_of(rules, group, staff, without)
    higher = {s.id for s in of_role(staff, Role.CS_MANAGER, Role.DIRECTOR, Role.COMPANY_LEADER) if s.id not in without}
    return 1 + len(higher | ({head.id} if head else set()))


def actor(rules: DispatchRules, staff: Staff, ticket: Ticket) -> Actor:
    """A member of staff as `rules.ticket` sees him before this ticket."""
    return Actor(
        "staff",
        staff.role,
        own=ticket.assignee_id == staff.id,
        head=is_head(rules, staff) and sees(staff, ticket.group),
        dispatches=may_dispatch(rules, staff),
    )
