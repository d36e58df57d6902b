"""抽查 003 满意, 审阅 意见: phoned by somebody else, read by the director. Rules: S-CB-02, S-CB-09."""

from handlers import ticketing
from handlers.commands.staff.desk import judged
from handlers.commands.staff.find import Speaker
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.work import refusal
from handlers.dialog.form import Step
from handlers.effects import CloseTask, Phrase, Record, Say
from handlers.facts import Facts, OpenTasks
from handlers.ticketing import clocks
from storage.model import Role, Ticket


def check(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """抽查 003 …: what the resident said on the phone; one who did the job himself may not ask about it."""
    if refused := refusal(facts, speaker, ticket, "spot"):
        return refused
    if ticket.assignee_id == speaker.staff.id:
        return [Say("staff.spot.own", ticket=ticket.id)]
    verdict = judged(facts, command.rest)
    record = {"method": "phone", "by": speaker.staff.id, "number": ticket.number, "words": command.rest, **verdict}
    if not verdict["reached"]:  # tried is not phoned: the order stays on the list
        tried = Record("callback_spot_tried", clocks.subject(ticket), record, ticket.id)
        return [tried, Say("staff.callback.tried", ticket=ticket.id)]
    found: list[Step] = [Record("callback_spot", clocks.subject(ticket), record, ticket.id)]
    found.append(CloseTask("callback_sample", clocks.subject(ticket)))
    if verdict["solved"]:
        return [*found, Say("staff.spot.noted", ticket=ticket.id)]
    found += ticketing.reopened(facts, ticket, command.rest, source="callback", score=verdict["score"])
    return [*found, Say("staff.callback.reopened", ticket=ticket.id)]


def review(facts: Facts, speaker: Speaker, command: Command) -> list[Step]:
    """审阅 …: the director's opinion on the callbacks of the week (SLA-95)."""
    if speaker.staff.role not in (Role.DIRECTOR, Role.COMPANY_LEADER):
        who = Phrase("staff.who.director")
        return [Say("staff.refused.who", {"who": who, "move": Phrase("staff.move.review")})]
    waiting = facts.ask(OpenTasks("callback_review"))
    if not waiting:
        return [Say("staff.review.none")]
    opinion = {"opinion": command.rest, "by": speaker.staff.id, "at": facts.now.isoformat()}
    found: list[Step] = []
    for task in waiting:
        found += [Record("callback_review", task.subject, opinion), CloseTask("callback_review", task.subject)]
    return [*found, Say("staff.review.noted")]
