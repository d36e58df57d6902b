"""Staff who speak: a small crew with names, and one sentence as a turn whose texts are all rendered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers import facts as f
from handlers.commands.staff import take
from handlers.dialog.form import Step
from handlers.effects import CancelTimer, ChangeTicket, Phrase, Say, SetTimer, Tell, ToGroup, ToLane, ToSpeaker, ToStaff
from nlp.meaning import TimeWindow
from storage.model import Role, Staff, Ticket
from tests.unit.handlers.factory import ESTATE, NOW, OWNER, facts, meaning, staff, ticket
from tests.unit.handlers.wording import texts

DUTY = staff(1, "孙值", Role.DUTY)
BOSS = staff(2, "王建国", Role.REPAIR_SUPERVISOR, team="repair", post="维修主管")
LI = replace(staff(3, "李强", Role.REPAIRER, team="repair", skills=("水电", "管道")), buildings=("3",))
ZHANG = staff(4, "张三", Role.REPAIRER, team="repair", skills=("电工",))
MANAGER = staff(5, "赵敏", Role.CS_MANAGER)
DIRECTOR = staff(6, "陈主任", Role.DIRECTOR)
DESK = staff(7, "林小雨", Role.FRONT_DESK)
GUARD = staff(8, "吴刚", Role.SECURITY, post="秩序队长")
CLEANER = staff(9, "刘芳", Role.CLEANING)
CREW = (DUTY, BOSS, LI, ZHANG, MANAGER, DIRECTOR, DESK, GUARD, CLEANER)


def known(*tickets: Ticket, **more: Any) -> dict[f.Query[Any], Any]:
    """Answers that a crew with these tickets needs; `number` of each ticket finds it, whole or by its tail."""
    found: dict[f.Query[Any], Any] = {f.AllStaff(): CREW}
    found |= {f.StaffById(s.id): s for s in CREW}
    found |= {f.TicketById(t.id): t for t in tickets}
    found |= {f.PersonOfLane("person:7"): OWNER}
    for one in tickets:
        found[f.TicketsByNumber(one.number)] = (one,)
        tail = one.number[-3:]
        found[f.TicketsByNumber(tail)] = tuple(t for t in tickets if t.number.endswith(tail))
    for member in CREW:
        found[f.TicketsOfStaff(member.id)] = tuple(t for t in tickets if t.assignee_id == member.id)
    for group in ("repair", "service", "order", "clean", "manager", "finance"):
        found[f.TicketsOfGroup(group)] = tuple(t for t in tickets if t.group == group)
    return found | more.get("answers", {})


def said(
    who: Staff,
    text: str,
    *tickets: Ticket,
    group: str | None = None,
    time: TimeWindow | None = None,
    answers: dict[f.Query[Any], Any] | None = None,
    tap: str | None = None,
    media: Sequence[dict[str, Any]] = (),
    now: datetime = NOW,
) -> list[Step] | None:
    """The steps of one sentence or tap; every Say is rendered, so that a missing value fails here."""
    snapshot = facts(
        text,
        meaning=meaning(text, intent="other", category="other", time=time) if text else None,
        staff=who,
        group=group,
        kind="tap" if tap else "message",
        data={"key": tap} if tap else {},
        media=media,
        known=known(*tickets, answers=answers or {}),
        now=now,
    )
    steps = take(snapshot)
    for say in of(Say, steps or []):
        read(say, tickets, now)
    return steps


def read(say: Say, tickets: Sequence[Ticket] = (), now: datetime = NOW) -> str:
    """A text as it is read."""
    found = next((t for t in tickets if t.id == say.ticket), None)
    shown = ticket() if isinstance(say.ticket, str) else found
    return texts().render(Phrase(say.key, say.params), estate=ESTATE, now=now, ticket=shown).body


def of(kind: type[Any], steps: Sequence[object] | None) -> list[Any]:
    """The steps of one kind."""
    return [step for step in steps or [] if isinstance(step, kind)]


def change(steps: Sequence[object] | None) -> ChangeTicket:
    """The one change."""
    (only,) = of(ChangeTicket, steps)
    assert isinstance(only, ChangeTicket)
    return only


def keys(steps: Sequence[object] | None, to: type[Any] = ToSpeaker) -> list[str]:
    """Text keys by recipient."""
    return [say.key for say in of(Say, steps) if isinstance(say.to, to)]


def resident_hears(steps: Sequence[object] | None) -> list[str]:
    """What goes to the reporter."""
    return [say.key for say in of(Say, steps) if isinstance(say.to, ToLane)]


def groups_hear(steps: Sequence[object] | None) -> dict[str, list[str]]:
    """Text keys by group."""
    found: dict[str, list[str]] = {}
    for say in of(Say, steps):
        if isinstance(say.to, ToGroup):
            found.setdefault(say.to.name, []).append(say.key)
    return found


def staff_hear(steps: Sequence[object] | None) -> dict[int, list[str]]:
    """Text keys by member of staff, in private."""
    found: dict[int, list[str]] = {}
    for say in of(Say, steps):
        if isinstance(say.to, ToStaff):
            found.setdefault(say.to.staff_id, []).append(say.key)
    return found


def timers(steps: Sequence[object] | None) -> dict[str, datetime]:
    """Timers set, by kind."""
    return {step.kind: step.due_at for step in of(SetTimer, steps)}


def dropped(steps: Sequence[object] | None) -> set[str | None]:
    """Kinds of timers dropped; None is all."""
    return {step.kind for step in of(CancelTimer, steps)}


def tells(steps: Sequence[object] | None) -> list[tuple[str, str]]:
    """Events for other lanes."""
    return [(step.lane, step.event) for step in of(Tell, steps)]
