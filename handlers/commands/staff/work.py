"""The moves of a job: 接单 派 转 退单 到了 修好了 挂起 继续 取消. Rules: design.md 8, 11; S-REPAIR-03..16."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import ticketing
from handlers.commands.staff.find import Speaker, actor, colleague, department
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import fit, left_out, until, where_said
from handlers.dialog.form import Step
from handlers.effects import Phrase, Say, ToGroup, ToStaff
from handlers.facts import Facts, StaffById
from handlers.rules import sla
from handlers.rules import ticket as moves
from handlers.ticketing import cards, charges, clocks, people
from storage.model import Staff, Ticket, TicketStatus

Act = Callable[[Facts, Speaker, Ticket, Command], list[Step]]


def refusal(facts: Facts, speaker: Speaker, ticket: Ticket, move: str, **more: bool) -> list[Step] | None:
    """A kind sentence when the move is not allowed, naming who may; None when it is."""
    verdict = moves.allowed(ticket, move, actor(facts, speaker.staff, ticket), **more)
    if isinstance(verdict, moves.Ok):
        return None
    who = Phrase(f"staff.who.{verdict.who}") if verdict.who else None
    return [Say(verdict.key, {"who": who, "move": Phrase(f"staff.move.{move}")}, ticket=ticket.id)]


def accept(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """接单: one winner; who comes later hears kindly who has it (S-REPAIR-03)."""
    me = speaker.staff
    taken = ticket.assignee_id not in (None, me.id) and ticket.status not in (TicketStatus.NEW, TicketStatus.REOPENED)
    if taken and ticket.status in moves.TAKEN:
        winner = facts.ask(StaffById(int(ticket.assignee_id or 0)))
        return [Say("staff.taken", {"name": winner.name if winner else None}, ticket=ticket.id)]
    if refused := refusal(facts, speaker, ticket, "accept"):
        return refused
    found: list[Step] = [ticketing.change(facts, ticket, "accept", columns={"assignee_id": me.id})]
    found += clocks.drop(ticket, clocks.RESPOND)
    found += ticketing.residents_hear(facts, ticket, "ticket.said.accept", _promise(ticket, me, accepted=True))
    return (
        found
        + where_said(speaker, ticket, "staff.accepted", {"name": me.name})
        + [_card(facts, ticket, me, "accepted")]
    )


def assign(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """派 and 转: the job goes to a colleague, who gets the full card; 转给保洁 gives it to another department."""
    move = "transfer" if command.name == "transfer" else "assign"
    group = department(command.rest)
    named = None if group else colleague(facts, command.rest, speaker.staff)
    if group and group != ticket.group:
        return hand_to(facts, speaker, ticket, group)
    if isinstance(named, list):
        names = "、".join(s.name for s in named)
        return [Say("staff.who_of", {"names": names}, ticket=ticket.id)]
    if named is None or people.is_accused(ticket, named):
        return [Say("staff.who_unknown", _fitting(facts, ticket), ticket=ticket.id)]
    if move == "assign" and refusal(facts, speaker, ticket, move) and not refusal(facts, speaker, ticket, "transfer"):
        move = "transfer"
    if refused := refusal(facts, speaker, ticket, move):
        return refused
    return _give(facts, speaker, ticket, named, move)


def _give(facts: Facts, speaker: Speaker, ticket: Ticket, to: Staff, move: str) -> list[Step]:
    due = facts.now + timedelta(minutes=sla.step_min(facts.rules.sla, ticket.urgency, facts.today))
    columns = {"assignee_id": to.id, "respond_due": due, "accepted_at": None, "arrived_at": None}
    found: list[Step] = [ticketing.change(facts, ticket, move, columns=columns, data={"to": to.id})]
    found += clocks.drop(ticket, clocks.RESPOND) + clocks.renew_respond(facts, ticket, due)
    found.append(_card(facts, ticket, to, "assigned"))
    if ticket.assignee_id not in (None, to.id, speaker.staff.id):
        found.append(
            people.staff_note(int(ticket.assignee_id or 0), "ticket.note.taken_back", {"name": to.name}, ticket)
        )
    found += ticketing.residents_hear(facts, ticket, "ticket.said.assign", _promise(ticket, to, accepted=False))
    return found + where_said(speaker, ticket, "staff.assigned", {"name": to.name})


def hand_to(facts: Facts, speaker: Speaker, ticket: Ticket, group: str) -> list[Step]:
    """Another department's job: it goes there as new, with its alert; the clock of acceptance begins again."""
    if refused := refusal(facts, speaker, ticket, "return") if ticket.status is not TicketStatus.NEW else None:
        return refused
    due = facts.now + timedelta(minutes=sla.step_min(facts.rules.sla, ticket.urgency, facts.today))
    columns = {"assignee_id": None, "group": group, "respond_due": due, "status": TicketStatus.NEW}
    move = "return" if ticket.status is not TicketStatus.NEW else "correct"
    found: list[Step] = [ticketing.change(facts, ticket, move, columns=columns, data={"group": group})]
    found += clocks.drop(ticket, clocks.RESPOND) + clocks.renew_respond(facts, ticket, due)
    found.append(_alert(facts, ticket, group))
    found += ticketing.residents_hear(facts, ticket, "ticket.said.return", {})
    return [*found, Say("staff.handed_to", {"group": Phrase(f"staff.group.{group}")}, ticket=ticket.id)]


def give_back(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """退单: new again, with the reason; its group and whoever dispatches hear it at once (S-REC-18)."""
    if refused := refusal(facts, speaker, ticket, "return"):
        return refused
    due = facts.now + timedelta(minutes=sla.step_min(facts.rules.sla, ticket.urgency, facts.today))
    columns = {"assignee_id": None, "respond_due": due, "accepted_at": None, "arrived_at": None}
    reason = command.rest or None
    found: list[Step] = [ticketing.change(facts, ticket, "return", columns=columns, reason=reason)]
    found += clocks.drop(ticket, clocks.RESPOND) + clocks.renew_respond(facts, ticket, due)
    found.append(_alert(facts, ticket, ticket.group or "service"))
    said = {"reason": reason, "name": speaker.staff.name} | _fitting(facts, ticket, without=speaker.staff.id)
    found.append(Say("staff.returned.dispatch", said, ToGroup("service"), "alert", ticket.id))
    found += ticketing.residents_hear(facts, ticket, "ticket.said.return", {})
    return [*found, Say("staff.returned", ticket=ticket.id)]


def arrive(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """到了: stops the alarm of an urgent job as 接单 does; the finish limit leaves time for the work (design.md 8)."""
    if refused := refusal(facts, speaker, ticket, "arrive"):
        return refused
    due = sla.after_arrival(facts.rules.sla, ticket.finish_due, facts.now, facts.today)
    columns: dict[str, Any] = {"finish_due": due}
    columns |= {} if ticket.assignee_id else {"assignee_id": speaker.staff.id}
    columns |= {} if ticket.accepted_at else {"accepted_at": facts.now}
    found: list[Step] = [ticketing.change(facts, ticket, "arrive", columns=columns)]
    found += clocks.drop(ticket, clocks.RESPOND) + clocks.renew_finish(facts, ticket, due, on_site=True)
    found += ticketing.residents_hear(facts, ticket, "ticket.said.arrive", {"name": people.called(speaker.staff)})
    if not ticket.assignee_id:
        found.append(_card(facts, ticket, speaker.staff, "arrived"))
    return found + where_said(speaker, ticket, "staff.arrived", {"name": speaker.staff.name})


def finish(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """修好了, with photos: the resident is asked to try it, the callback is planned (S-REPAIR-13)."""
    return _finish(facts, speaker, ticket, command, papers=True)


def _finish(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command, *, papers: bool) -> list[Step]:
    if refused := refusal(facts, speaker, ticket, "finish"):
        return refused
    if ticket.extra.get("own_material") and not ticket.extra.get("material"):
        return [Say("staff.ask.material", ticket=ticket.id)]
    photos = [dict(one) for one in facts.inbound.media]
    me = speaker.staff
    columns: dict[str, Any] = {} if ticket.assignee_id else {"assignee_id": me.id}
    columns |= {} if ticket.accepted_at else {"accepted_at": facts.now}
    if ticket.status is TicketStatus.SUSPENDED:
        columns |= {"suspended_from": None, "suspended_at": None, "suspend_until": None}
    result = {"text": command.rest or None, "by": me.id, "at": facts.now.isoformat(), "media": photos}
    found: list[Step] = []
    found += ticketing.finished(
        facts, ticket, "finish", columns=columns, extra={"result": result}, data={"media": photos, "text": command.rest}
    )
    found += where_said(speaker, ticket, "staff.finished", {"name": me.name})
    found += charges.to_audit(facts, ticket)
    found += charges.paperwork(facts, ticket, me, command.rest) if papers else []
    if clocks.callback_kind(facts, ticket) == "leak" and not ticket.extra.get("leak_end"):
        found.append(Say("staff.finished.leak", {}, ToStaff(me.id), "alert", ticket.id))
    return found


def all_clear(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """警报解除, 误报: whoever is there ends the alarm; the resident is asked whether all are safe (S-EMERG-01)."""
    return _finish(facts, speaker, ticket, replace(command, name="finish", rest=""), papers=False)


def suspend(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """挂起: reason and day; the clock stops, the resident hears both (design.md 7, C-51)."""
    if refused := refusal(facts, speaker, ticket, "suspend"):
        return refused
    reason = left_out(command.rest)
    if not reason:
        return [Say("staff.ask.reason", {"word": Phrase("staff.move.suspend")}, ticket=ticket.id)]
    if unfit := fit(reason):
        return unfit
    day = until(facts)
    told = day or facts.now + timedelta(days=1)
    found: list[Step] = [
        ticketing.change(
            facts,
            ticket,
            "suspend",
            columns={"suspend_until": told},
            extra={"suspended": reason, **clocks.paused(facts, ticket)},
            reason=reason,
        )
    ]
    found += clocks.suspended(facts, ticket, told)
    found += ticketing.residents_hear(facts, ticket, "ticket.said.suspend", {"reason": reason, "until": told})
    key = "staff.suspended" if day else "staff.suspended.no_day"
    return found + where_said(speaker, ticket, key, {"until": told, "reason": reason})


def resume(facts: Facts, speaker: Speaker, ticket: Ticket, _: Command) -> list[Step]:
    """继续: back to where it was, the limits moved by the pause (C-51)."""
    if refused := refusal(facts, speaker, ticket, "resume"):
        return refused
    stopped = ticket.suspended_at or facts.now
    respond = sla.resumed(ticket.respond_due, stopped, facts.now)
    due = sla.resumed(ticket.finish_due, stopped, facts.now)
    columns = {"respond_due": respond, "finish_due": due}
    found: list[Step] = [ticketing.change(facts, ticket, "resume", columns=columns), *clocks.drop_all(ticket)]
    found += clocks.verification(facts, ticket) + clocks.resumed(facts, ticket)
    if due:
        found += clocks.renew_finish(facts, ticket, due, on_site=ticket.arrived_at is not None)
    if respond and not ticket.accepted_at:
        found += clocks.renew_respond(facts, ticket, respond)
    found += ticketing.residents_hear(facts, ticket, "ticket.said.resume", {})
    return found + where_said(speaker, ticket, "staff.resumed", {})


def cancel(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """取消 003: the resident no longer wants it."""
    if refused := refusal(facts, speaker, ticket, "cancel"):
        return refused
    found: list[Step] = []
    found += ticketing.cancelled(facts, ticket, command.rest or None, by_resident=False)
    return [*found, Say("staff.cancelled", ticket=ticket.id)]


def _promise(ticket: Ticket, staff: Staff, *, accepted: bool) -> Mapping[str, Any]:
    """Who comes and when (SC-D24): the appointment, the arrival limit of an urgent job, else the latest time."""
    return {"name": people.called(staff), "expected": Phrase(f"ticket.expected.{_kind(ticket, accepted=accepted)}")}


def _kind(ticket: Ticket, *, accepted: bool) -> str:
    """Somebody is on the way once he has accepted; after an arrival the limit is that of the work."""
    if ticket.urgency in ("urgent", "emergency") and ticket.arrived_at is None:
        return "urgent" if accepted else "called"
    return "wanted" if (ticket.wanted_start or ticket.wanted_end) and ticket.arrived_at is None else "due"


def _card(facts: Facts, ticket: Ticket, staff: Staff, why: str) -> Say:
    matter = cards.assigned_to(ticket, staff.id)
    return people.card(matter, cards.reporter(facts, ticket), staff.id, ticket.id, f"ticket.head.{why}")


def _alert(facts: Facts, ticket: Ticket, group: str) -> Say:
    matter = cards.of_ticket(ticket)
    return people.group_alert(cards.in_group(matter, group), ticket.id, cards.reporter(facts, ticket))


def _fitting(facts: Facts, ticket: Ticket, without: int | None = None) -> dict[str, Any]:
    """The best candidates with the reasons, for who must choose (S-TRI-03)."""
    barred = {*ticket.extra.get("accused_ids", ()), *([without] if without else [])}
    best = people.fitting(facts, cards.of_ticket(ticket), barred)[:3]
    lines = tuple(
        Phrase("staff.fitting", {"name": c.staff.name, "load": c.load, "why": _reasons(c.reasons)}) for c in best
    )
    return {"fitting": lines}


def _reasons(reasons: tuple[str, ...]) -> Phrase:
    return Phrase(f"staff.why.{'_'.join(r for r in reasons if r in ('skill', 'building')) or 'any'}")
