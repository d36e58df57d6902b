"""A ticket goes on: the change, its timers, what residents hear. Rules: S-REPAIR-14..16, S-CB-01, SLA-94."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.effects import ChangeTicket, CloseTask, Effect, Record, Say, Tell, ToGroup, ToLane
from handlers.facts import Facts
from handlers.rules import complaint, dispatch, quiet, sla
from handlers.rules import ticket as moves
from handlers.ticketing import clocks, people
from handlers.ticketing.cards import alert_moves, buttons, of_ticket, public, reporter, words_for_group
from storage.model import Role, Ticket, TicketType

#: Records of one round of work; a ticket that comes back begins without them.
_OF_ONE_ROUND = (
    "leak_start", "leak_end", "leak_result", "received", "contacted", "acknowledged", "callback_asked", "callback",
)  # fmt: skip


def change(
    facts: Facts,
    ticket: Ticket,
    move: str,
    *,
    columns: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    reason: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> ChangeTicket:
    """The change of a move that `rules.ticket.allowed` agreed to, with the columns the move itself fills."""
    return ChangeTicket(
        ticket.id,
        move,
        {**moves.changes(ticket, move, facts.now), **(columns or {})},
        dict(extra or {}),
        reason,
        dict(data or {}),
        ticket.version,
    )


def month_of(month: str) -> str:
    """The subject of a month's records; `month` as in 2026-11."""
    return f"month:{month}"


def finished(facts: Facts, ticket: Ticket, move: str, **more: Any) -> list[Effect]:
    """The work is done: the resident is asked whether it is solved, the callback is planned (S-REPAIR-13, SLA-85).

    `more` goes to `change`. The sign-off itself is a form of the reporter's lane, opened by the told event `finished`.
    """
    found: list[Effect] = [change(facts, ticket, move, **more), *clocks.drop_all(ticket)]
    if ticket.type in (TicketType.REPAIR, TicketType.EMERGENCY):
        by = (more.get("columns") or {}).get("assignee_id", ticket.assignee_id)
        line = {"ticket": ticket.id, "number": ticket.number, "by": by}
        found.append(Record("order_finished", month_of(f"{facts.today:%Y-%m}"), line, ticket.id))  # S-CB-02
    result = (more.get("extra") or {}).get("result", {}).get("text")
    if result and ticket.type is not TicketType.REPAIR:
        found += people.residents_hear(
            facts, ticket, "ticket.said.result", {"result": result, "action": _action(ticket)}
        )
    if clocks.is_resident(ticket.reporter_lane) and ticket.type is not TicketType.PRAISE:
        told = {"ticket": ticket.id, "number": ticket.number, "type": ticket.type.value, "result": result}
        found.append(Tell(str(ticket.reporter_lane), "finished", told, ticket.id))
    followers = people.residents_hear(facts, ticket, "ticket.said.finish", {})
    found += [say for say in followers if say.to != ToLane(str(ticket.reporter_lane))]
    return found + clocks.after_finish(facts, ticket) + clocks.verification(facts, ticket)


def _action(ticket: Ticket) -> str | None:
    """What is done so that it does not happen again, told with the result (SC-D46)."""
    text = (ticket.extra.get("measure") or {}).get("text")
    return str(text) if text else None


def confirmed(facts: Facts, ticket: Ticket) -> list[Effect]:
    """The resident signed off: reminders stop, the callback stays due (SLA-85, C-40)."""
    found: list[Effect] = [change(facts, ticket, "confirm")]
    return found + clocks.drop(ticket, ("sign_off_remind", "sign_off_person"))


def closed(facts: Facts, ticket: Ticket, result: Mapping[str, Any]) -> list[Effect]:
    """The callback was good: its record stays with result and opinion, the ticket is closed (S-CB-01, S-TRI-06)."""
    record = {**result, "at": facts.now.isoformat(), "round": ticket.reopened + 1}
    found: list[Effect] = [change(facts, ticket, "close", extra={"callback": record})]
    found.append(Record("callback", clocks.subject(ticket), {**record, "number": ticket.number}, ticket.id))
    found += clocks.drop_all(ticket) + _calls_made(ticket)
    return found + clocks.verification(facts, ticket) + clocks.care(facts, ticket)


def reopened(facts: Facts, ticket: Ticket, words: str, *, source: str, score: int | None = None) -> list[Effect]:
    """Not solved or not content: the ticket comes back one level up, the group and its head hear at once (AL-11).

    `source` is `callback`, `sign_off`, or `verify` (our own look at a measure, no callback's record). A repair becomes
    urgent and is never charged twice (S-REPAIR-16); a complaint rises a level, from the third round it is the
    director's (S-COMP-21, C-37). The next finish plans a new callback (S-CB-07).
    """
    columns = _raised(facts, ticket)
    record = {"source": source, "words": words, "score": score, "at": facts.now.isoformat(), "solved": False}
    record |= {"round": ticket.reopened + 1, "number": ticket.number}
    extra = {"rework": record} | dict.fromkeys(_OF_ONE_ROUND)
    found: list[Effect] = [change(facts, ticket, "reopen", columns=columns, extra=extra, reason=words[:200])]
    if source != "verify":
        found.append(Record("callback", clocks.subject(ticket), record, ticket.id))
    found += clocks.drop_all(ticket) + _calls_made(ticket)
    found += _alarm(facts, replace(ticket, **columns), words, "measure" if source == "verify" else "unhappy")
    return found + _watched(facts, replace(ticket, **columns), score)


def _raised(facts: Facts, ticket: Ticket) -> dict[str, Any]:
    level = complaint.raised(ticket.level) if ticket.type is TicketType.COMPLAINT else ticket.level
    urgency = "urgent" if ticket.type is TicketType.REPAIR and ticket.urgency == "normal" else ticket.urgency
    limits = sla.limits(facts.rules.sla, sla.Matter(ticket.type, urgency, level), facts.now, facts.today)
    return {
        "level": level,
        "urgency": urgency,
        "respond_due": limits.respond,
        "finish_due": limits.finish,
        "wanted_start": None,
        "wanted_end": None,
    }


def _watched(facts: Facts, ticket: Ticket, score: int | None) -> list[Effect]:
    """The timers of a new round: taken, done, the promised call, and the next callback whatever happens (S-CB-07)."""
    found: list[Effect] = []
    if ticket.respond_due:
        found += clocks.renew_respond(facts, ticket, ticket.respond_due)
    if ticket.finish_due:
        found += clocks.renew_finish(facts, ticket, ticket.finish_due)
    low = score is not None and score <= facts.rules.sla.low_score
    lane = clocks.lane_of(ticket)
    found.append(clocks.rule("SLA-94" if low else "SLA-05", contact_by(facts), lane, ticket.id, needs="contacted"))
    return found + clocks.schedule_callback(facts, ticket, facts.now)


def contact_by(facts: Facts) -> datetime:
    """By when somebody is in touch after an unhappy answer: within the hour, at night in the morning (SLA-94)."""
    begin = quiet.next_allowed(facts.rules.quiet, facts.now, facts.estate.zone)
    return begin + timedelta(minutes=facts.rules.sla.contact_min)


def _calls_made(ticket: Ticket) -> list[Effect]:
    """What people were to phone about is settled."""
    return [CloseTask(kind, clocks.subject(ticket)) for kind in ("callback_call", "sign_off_call", "door_callback")]


def _alarm(facts: Facts, ticket: Ticket, words: str, what: str) -> list[Effect]:
    """The group and in private the head and who did the work; from the last round on the director too."""
    matter, person = of_ticket(ticket), reporter(facts, ticket)
    staff, rules = people.roster(facts), facts.rules.dispatch
    without = people.accused(matter, staff)
    shown = public(matter, person)
    said = {**shown, "words": words_for_group(words, matter, person), "until": contact_by(facts)}
    found: list[Effect] = []
    if not without:
        key, again = f"ticket.alert.{what}", buttons(*alert_moves(matter))
        found.append(Say(key, said, ToGroup(ticket.group or "manager"), "alert", ticket.id, again, urgent=True))
    head = dispatch.head_of(rules, ticket.group or "manager", staff, without)
    ids = [head.id if head else None, ticket.assignee_id]
    if ticket.reopened + 1 >= facts.rules.callback.max_rounds:
        ids += [s.id for s in staff if s.role is Role.DIRECTOR]
    told = [staff_id for staff_id in dict.fromkeys(filter(None, ids)) if staff_id not in without]
    return found + [people.card(matter, person, staff_id, ticket.id, f"ticket.head.{what}") for staff_id in told]


def cancelled(facts: Facts, ticket: Ticket, reason: str | None, *, by_resident: bool) -> list[Effect]:
    """Withdrawn: no more timers, no callback; who had it is told, and the group where nobody had (design.md 10)."""
    found: list[Effect] = [change(facts, ticket, "cancel", reason=reason), *clocks.drop_all(ticket)]
    shown = public(of_ticket(ticket), reporter(facts, ticket))
    if ticket.assignee_id:
        found.append(people.staff_note(ticket.assignee_id, "ticket.note.cancelled", shown, ticket))
    if not ticket.extra.get("accused_ids") and (by_resident or not ticket.assignee_id):
        found.append(Say("ticket.note.cancelled", shown, ToGroup(ticket.group or "manager"), "alert", ticket.id))
    if not by_resident:
        found += people.residents_hear(facts, ticket, "ticket.said.cancel", {})
    return found
