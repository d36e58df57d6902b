"""A person speaks to a resident: 回复业主, 接管, 交还机器人, the held chat. Rules: design.md 8, S-REC-18, 8.15."""

from collections.abc import Mapping

from handlers import ticketing
from handlers.account import settled
from handlers.commands.staff import pause
from handlers.commands.staff.find import Speaker, actor
from handlers.commands.staff.grammar import Command
from handlers.commands.staff.speech import fit
from handlers.dialog.form import Step
from handlers.effects import Record, Say, Tell, ToLane
from handlers.facts import ConversationOf, Facts, OpenTasks, Recorded
from handlers.rules import ticket as moves
from handlers.rules import tone
from handlers.ticketing import people
from handlers.ticketing.clocks import is_resident
from storage.model import Staff, Ticket


def held_lane(facts: Facts, staff: Staff) -> str | None:
    """The resident's lane that this member holds now."""
    acts = facts.ask(Recorded("holding", f"staff:{staff.id}"))
    lane = acts[-1].get("lane") if acts else None
    if not isinstance(lane, str):
        return None
    return lane if facts.ask(ConversationOf(lane)).held_by == staff.id else None


def reply(facts: Facts, speaker: Speaker, ticket: Ticket, command: Command) -> list[Step]:
    """003 回复业主：… goes to the reporter, after the tone check; it counts as contact."""
    if unfit := fit(command.rest):
        return unfit
    if not is_resident(ticket.reporter_lane):
        return [Say("staff.reply.nobody", ticket=ticket.id)]
    words = tone.polite(command.rest)
    params = {"name": people.called(speaker.staff), "words": words}
    told = Say("ticket.said.words", params, ToLane(str(ticket.reporter_lane)), "push", ticket.id)
    extra = {"contacted": _contact(facts, speaker, words)}
    if is_owed_answer(facts, speaker, ticket, words):
        return [told, *_answered(facts, speaker, ticket, extra), Say("staff.reply.sent", ticket=ticket.id)]
    return [
        ticketing.change(facts, ticket, "contact", extra=extra, reason=words[:200]),
        told,
        Say("staff.reply.sent", ticket=ticket.id),
    ]


def is_owed_answer(facts: Facts, speaker: Speaker, ticket: Ticket, words: str) -> bool:
    """Whether the words are the answer that was promised (SC-D06); "I shall ask and come back" is none."""
    owed = "promised" in ticket.extra and not pause.PUTS_OFF.search(words)
    return owed and isinstance(moves.allowed(ticket, "finish", actor(facts, speaker.staff, ticket)), moves.Ok)


def _answered(facts: Facts, speaker: Speaker, ticket: Ticket, extra: Mapping[str, object]) -> list[Step]:
    """The question is settled: its alarms stop, the resident is asked whether it helped, disputed bills go on."""
    columns = {} if ticket.assignee_id else {"assignee_id": speaker.staff.id}
    return [*ticketing.finished(facts, ticket, "finish", columns=columns, extra=extra), *settled(ticket, facts)]


def _contact(facts: Facts, speaker: Speaker, words: str) -> dict[str, object]:
    return {"by": speaker.staff.id, "at": facts.now.isoformat(), "words": words}


def say(facts: Facts, staff: Staff, lane: str, words: str) -> list[Step]:
    """Plain words of the holder go to the resident, pictures too; a rude sentence is held back (8.15)."""
    if unfit := fit(words) if words else None:
        return unfit
    media = tuple(facts.inbound.media)
    before, after = pause.ends(facts, lane), pause.puts_off(facts, staff, lane, words)
    params = {"name": staff.name, "words": tone.polite(words)}
    key = f"staff.held.{before}" if before else "staff.held.words"
    said = Say(key, params, ToLane(lane), "push", media=media)
    return [said, *(pause.over(lane) if before and not after else ()), *after]


def take_over(facts: Facts, speaker: Speaker, lane: str) -> list[Step]:
    """接管: the bot is silent in this chat until it is given back; one holder at a time."""
    holder = facts.ask(ConversationOf(lane)).held_by
    if holder == speaker.staff.id:
        return [Say("staff.hold.mine")]
    if holder is not None:
        name = next((s.name for s in ticketing.roster(facts) if s.id == holder), None)
        return [Say("staff.hold.other", {"name": name})]
    before = held_lane(facts, speaker.staff)
    found: list[Step] = [Tell(before, "released")] if before else []
    found.append(Tell(lane, "hold", {"staff_id": speaker.staff.id, "name": speaker.staff.name}))
    found.append(Record("holding", f"staff:{speaker.staff.id}", {"lane": lane}))
    return [*found, Say("staff.hold.taken")]


def waiting_lane(facts: Facts) -> str | None:
    """The resident who has waited longest for a person."""
    tasks = facts.ask(OpenTasks("hand_over"))
    lanes = [task.data.get("lane") for task in sorted(tasks, key=lambda task: task.created_at)]
    return next((lane for lane in lanes if isinstance(lane, str)), None)


def release(facts: Facts, speaker: Speaker, _: Command | None = None) -> list[Step] | None:
    """交还机器人: the bot answers again and the resident is thanked for waiting (SC-D08)."""
    lane = held_lane(facts, speaker.staff)
    if lane is None:
        return [Say("staff.hold.none")] if speaker.group is None else None
    return [
        Tell(lane, "released"),
        Record("holding", f"staff:{speaker.staff.id}", {"lane": None}),
        Say("staff.hold.released"),
    ]
