"""Staff sentences and buttons, read first for bound staff, in groups and in private. Rules: design.md 8, 11."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers.commands.staff import (
    desk,
    entry,
    lists,
    order,
    pause,
    record,
    remedy,
    shift,
    spot,
    suggestion,
    talk,
    work,
)
from handlers.commands.staff.find import Speaker, alarm, sees, ticket
from handlers.commands.staff.grammar import Command, read
from handlers.commands.staff.work import Act
from handlers.dialog.form import Step
from handlers.effects import Say
from handlers.facts import Facts, TicketById
from storage.model import Ticket

#: Command -> the move that narrows down which ticket is meant, and what to do with it.
_ACTS: Mapping[str, tuple[str, Act]] = {
    "accept": ("accept", work.accept),
    "assign": ("assign", work.assign),
    "transfer": ("transfer", work.assign),
    "return": ("return", work.give_back),
    "arrive": ("arrive", work.arrive),
    "finish": ("finish", work.finish),
    "all_clear": ("finish", work.all_clear),
    "suspend": ("suspend", work.suspend),
    "resume": ("resume", work.resume),
    "cancel": ("cancel", work.cancel),
    "receive": ("receive", record.receive),
    "contact": ("contact", record.contact),
    "report_up": ("report_up", record.report_up),
    "level_up": ("level", record.level_up),
    "level_down": ("level", record.level_down),
    "verdict_yes": ("verdict", record.verdict),
    "verdict_no": ("verdict", record.verdict),
    "measure": ("measure", remedy.measure),
    "verified": ("verify", remedy.verified),
    "verified_bad": ("verify", remedy.failed),
    "liability": ("verdict", remedy.liability),
    "municipal": ("suspend", remedy.municipal),
    "result": ("finish", record.result),
    "quote": ("quote", record.quote),
    "items": ("items", record.items),
    "material_good": ("material", record.material),
    "material_bad": ("material", record.material),
    "leak_start": ("leak_start", record.leak_start),
    "leak_end": ("leak_end", record.leak_end),
    "leak_bad": ("leak_end", record.leak_bad),
    "delay": ("delay", record.delay),
    "order_type": ("order", order.order_type),
    "recheck": ("recheck", order.recheck),
    "urgent": ("urgency", order.urgency),
    "not_urgent": ("urgency", order.urgency),
    "audit": ("audit", order.audit),
    "adopted_yes": ("adopt", suggestion.adopt),
    "adopted_no": ("adopt", suggestion.adopt),
    "offlist_yes": ("offlist", record.offlist),
    "offlist_no": ("offlist", record.offlist),
    "acknowledge": ("acknowledge", record.acknowledge),
    "callback": ("callback", desk.callback),
    "spot": ("spot", spot.check),
    "merge": ("merge", desk.merge),
    "reply": ("contact", talk.reply),
    "status": ("status", lists.status_of),
}
_HEARD = re.compile(r"^(?:收到|好的?|知道了|明白了?|了解|嗯+|行|ok|👌|👍)[了啦哈呢吧的]*[。.!！~～]*$", re.IGNORECASE)
#: Words that a holder may just as well say to the resident, unless a number makes them a command.
_AMBIGUOUS = frozenset({"accept", "arrive", "finish", "resume", "contact", "list"})


def take(facts: Facts) -> list[Step] | None:
    """The steps of a staff sentence or tap; None when it is neither a command nor meant for a held chat.

    In a group what is no command is ignored; in private the order is command, held chat, the reading of any resident
    (design.md 11). Unbound speakers are not read.
    """
    staff = facts.speaker.staff
    if staff is None:
        return None
    speaker = Speaker(staff, facts.speaker.group)
    if facts.inbound.kind == "tap":
        return _tap(facts, speaker, str(facts.inbound.data.get("key") or ""))
    if facts.inbound.kind != "message":
        return None
    lane = talk.held_lane(facts, staff) if speaker.group is None else None
    command = read(facts.inbound.text, private=speaker.group is None, photo=bool(facts.inbound.media))
    if lane and command and command.name in pause.COMMANDS:
        return pause.take(facts, staff, lane, command)
    if lane and (command is None or (command.name in _AMBIGUOUS and command.number is None)):
        return talk.say(facts, staff, lane, facts.inbound.text)
    if lane and command and command.name == "reply" and command.number is None:
        return talk.say(facts, staff, lane, command.rest)
    if command is None and speaker.group is None and _only_heard(facts):
        return []
    return _do(facts, speaker, command) if command else None


def _only_heard(facts: Facts) -> bool:
    """收到, 好的 from a colleague who was asked nothing: he has read it, and nobody thanks him for that."""
    return not facts.conversation.frames and not facts.inbound.media and bool(_HEARD.match(facts.inbound.text.strip()))


def _help(_: Facts, speaker: Speaker, __: Command) -> list[Step] | None:
    return [Say("staff.help")] if speaker.group is None else None


def _not_holding(_: Facts, speaker: Speaker, __: Command) -> list[Step] | None:
    return [Say("staff.hold.none")] if speaker.group is None else None


#: Sentences that are about no ticket.
_PLAIN: Mapping[str, Callable[[Facts, Speaker, Command], list[Step] | None]] = {
    "help": _help,
    "list": lists.open_tickets,
    "retro": desk.retro,
    "entry": entry.enter,
    "hand_shift": shift.hand_over,
    "take_shift": shift.take_mine,
    "box": shift.box,
    "history": lists.history,
    "review": spot.review,
    "release": talk.release,
    "away": _not_holding,
    "look_up": _not_holding,
    "back": _not_holding,
}


def _do(facts: Facts, speaker: Speaker, command: Command) -> list[Step] | None:
    plain = _PLAIN.get(command.name)
    if plain is not None:
        return plain(facts, speaker, command)
    if command.name == "take_over":
        return _take_over(facts, speaker, command)
    move, act = _ACTS[command.name]
    over = command.name == "all_clear"
    found = alarm(facts, speaker, command) if over else ticket(facts, speaker, command, move)
    return act(facts, speaker, found, command) if isinstance(found, Ticket) else found


def _take_over(facts: Facts, speaker: Speaker, command: Command) -> list[Step] | None:
    """接管 003 is its reporter's chat; 接管 alone the chat that waits longest, else that of the own job."""
    waiting = talk.waiting_lane(facts) if command.number is None else None
    if waiting:
        return talk.take_over(facts, speaker, waiting)
    found = ticket(facts, speaker, command, "contact")
    if not isinstance(found, Ticket):
        return found
    if not found.reporter_lane:
        return [Say("staff.reply.nobody", ticket=found.id)]
    return talk.take_over(facts, speaker, found.reporter_lane)


def _tap(facts: Facts, speaker: Speaker, key: str) -> list[Step] | None:
    """A button: `takeover:<lane>`, `do:<ticket>:<sentence>` (an earlier question), or `<command>:<ticket>`."""
    name, _, rest = key.partition(":")
    if name == "takeover" and rest:
        return talk.take_over(facts, speaker, rest)
    if name == "take_shift" and rest.isdecimal():
        return shift.take(facts, speaker, int(rest))
    if name == "do":
        number, _, said = rest.partition(":")
        command = read(said, private=True)
        return _tapped(facts, speaker, command, number)
    return _tapped(facts, speaker, Command(name), rest) if name in _ACTS else None


def _tapped(facts: Facts, speaker: Speaker, command: Command | None, number: str) -> list[Step] | None:
    if command is None or command.name not in _ACTS or not number.isdecimal():
        return None
    found = facts.ask(TicketById(int(number)))
    if found is None or not sees(speaker, found):
        return [Say("staff.which.unknown", {"number": None})]
    return _ACTS[command.name][1](facts, speaker, found, replace(command, number=found.number))
