"""交班 and 接班: nobody leaves before the next one is there; 开箱: the contact box of the day.

Rules: S-REC-17, S-REC-21, J-03, J-07, SLA-35, AL-18.
"""

import re
from datetime import timedelta

from handlers.commands.staff.find import Speaker, colleague
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.talk import held_lane
from handlers.dialog.form import Step
from handlers.effects import Button, CancelTimer, CloseTask, Phrase, Record, Say, SetTimer, ToStaff
from handlers.facts import Facts, Recorded, StaffById, TicketsOfGroup, TicketsOfStaff
from handlers.rules import dispatch
from handlers.ticketing import digest
from handlers.ticketing.cards import of_ticket
from handlers.ticketing.clocks import is_resident
from storage.model import Staff, Ticket, TicketStatus

KIND, TIMER = "shift", "shift_wait"


def hand_over(facts: Facts, speaker: Speaker, command: Command) -> list[Step]:
    """交班 给 NAME: the next one gets the list and must say 接班; until then the desk is mine (S-REC-21)."""
    me = speaker.staff
    if held_lane(facts, me):
        return [Say("shift.holding")]
    named = colleague(facts, re.sub(r"^(?:给|交给|由)", "", command.rest), me) if command.rest else None
    if not isinstance(named, Staff) or named.id == me.id:
        return [Say("shift.to_whom")]
    matters = _matters(facts, me, named)
    take = (Button(f"take_shift:{me.id}", Phrase("shift.button.take")),)
    due = facts.now + timedelta(minutes=facts.rules.dispatch.shift_wait_min)
    card = Say("shift.card", {"name": me.name, **_counts(facts, matters)}, ToStaff(named.id), "alert", buttons=take)
    return [
        card,
        Record(KIND, f"staff:{named.id}", {"from": me.id, "open": len(matters), "taken": False}),
        SetTimer(TIMER, f"staff:{me.id}", due, "estate", data={"from": me.id, "next": named.id}),
        Say("shift.asked", {"name": named.name}),
    ]


def take_mine(facts: Facts, speaker: Speaker, _: Command) -> list[Step]:
    """接班 as a sentence."""
    return take(facts, speaker)


def take(facts: Facts, speaker: Speaker, from_id: int | None = None) -> list[Step]:
    """接班: signed with the time; who leaves hears that he may, the list of what is open comes along."""
    me = speaker.staff
    lines = facts.ask(Recorded(KIND, f"staff:{me.id}"))
    waiting = lines[-1] if lines and not lines[-1].get("taken") else None
    if waiting is None or (from_id is not None and waiting.get("from") != from_id):
        return [Say("shift.none")]
    before = facts.ask(StaffById(int(waiting["from"])))
    if before is None:
        return [Say("shift.none")]
    listed = digest.lines(facts, _matters(facts, before, me), "staff.list.group", "staff.line.group")
    return [
        Record(KIND, f"staff:{me.id}", {"from": before.id, "taken": True}),
        CancelTimer(f"staff:{before.id}", TIMER),
        Say("shift.taken", {"name": before.name}),
        listed,
        Say("shift.may_leave", {"name": me.name}, ToStaff(before.id), "alert"),
    ]


def box(facts: Facts, speaker: Speaker, command: Command) -> list[Step]:
    """开箱 3件: the physical box was opened today; each paper follows as 意见箱 …  (SLA-35)."""
    data = {"by": speaker.staff.id, "words": command.rest}
    return [
        Record("box", f"box:{facts.today.isoformat()}", data),
        CancelTimer(f"box:{facts.today.isoformat()}", "box_check"),
        CloseTask("box", f"box:{facts.today.isoformat()}"),
        Say("box.opened"),
    ]


def _matters(facts: Facts, before: Staff, after: Staff) -> list[Ticket]:
    """What goes over: the open matters of the department and his own, without those that accuse the next one."""
    groups = [group for group, roles in dispatch.GROUP_ROLES.items() if before.role in roles]
    found = list(facts.ask(TicketsOfStaff(before.id)))
    for group in groups:
        found += facts.ask(TicketsOfGroup(group))
    unique = {ticket.id: ticket for ticket in found if ticket.status not in digest.OVER}
    return [t for t in unique.values() if after.id not in t.extra.get("accused_ids", ())]


def _counts(facts: Facts, matters: list[Ticket]) -> dict[str, int]:
    """未结, 紧急, 今日到期, 超时 (AL-18)."""
    today = [t for t in matters if t.finish_due and t.finish_due.astimezone(facts.estate.zone).date() == facts.today]
    return {
        "open": len(matters),
        "urgent": sum(of_ticket(t).urgent for t in matters),
        "today": len(today),
        "late": sum(digest.is_late(facts, t) for t in matters),
        "waiting": sum(t.status is TicketStatus.NEW and is_resident(t.reporter_lane) for t in matters),
    }
