"""What the resident wants, routed: each wish to its command or its form, the most urgent first (S-TRI-01)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from handlers import registry
from handlers.dialog.codec import act_json, act_of
from handlers.dialog.engine import form_of, give_up, open_form, run
from handlers.dialog.form import Form, Start, Step
from handlers.dialog.memory import Talk, is_reply
from handlers.dialog.words import is_thanks
from handlers.effects import Button, Phrase, Say
from handlers.facts import Facts, TicketById, TimerOf
from handlers.rules import places
from handlers.rules.ticket_words import asks_after
from handlers.tracking import open_tickets
from nlp.meaning import Act, Meaning, Slots
from storage.model import Json

#: No wish of its own inside another matter.
SMALL_TALK = ("greeting", "other")
#: Commands whose answer settles a matter, so that "anything else?" follows.
ANSWERS = ("inquiry", "payment", "progress")
#: More forms than this are not stacked; further wishes wait.
MAX_FORMS = 2
#: A demand, which a complaint contains.
_DEMAND = re.compile(r"希望|请|要求|麻烦|能不能|能否|必须|应该|赶紧|尽快")
#: "我要投诉！" says that a complaint follows and tells nothing of it.
_ANNOUNCED = re.compile(r"(?:我们?|今天|现在|就|要|想|必须|需要|来|请|投诉|举报|你们|物业|一下|的|了|[\W_])*")
#: What is offered when nothing at all was recognised (SC-D101).
FOUR = ("repair", "complaint", "inquiry", "payment")


def form_for(intent: str) -> Form | None:
    """The form that a wish opens."""
    return next((form for form in registry.forms().values() if intent in form.starts_on), None)


def narrow(facts: Facts, act: Act) -> Facts:
    """The facts with the message reduced to one of its wishes; address and phone hold for all of them."""
    meaning = facts.meaning
    if meaning is None or (len(meaning.acts) <= 1 and act in meaning.acts):
        return facts
    both = replace(
        act.slots,
        room=act.slots.room or meaning.slots.room,
        phone=act.slots.phone or meaning.slots.phone,
    )
    return replace(facts, meaning=replace(meaning, text=act.text, acts=(replace(act, slots=both),), slots=both))


def take(talk: Talk, facts: Facts, act: Act, known: Json | None = None) -> Talk:
    """Do what one wish asks for: its command, else its form; a wish for neither is answered kindly."""
    one = narrow(facts, act)
    steps = _command(one, act)
    if steps is not None:
        return _ran(talk, one, act, steps)
    form = form_for(act.intent)
    if form is None:
        return talk.do(Say("common.other"))
    instead = form.instead(act, one) if form.instead else None
    if instead is not None:
        return replace(run(talk, one, instead), settled=True)
    begun = form.begin(act, one) if form.begin else {}
    return open_form(talk, one, form, {**_told_beneath(talk, form), **(known or {}), **begun})


def _told_beneath(talk: Talk, form: Form) -> Json:
    """What was told to another form of the same kind in this talk holds for this one too."""
    shared = [slot.name for slot in form.slots if slot.shared]
    frames = talk.conversation.frames
    same = {name: f.answers[name] for f in frames if f.form == form.name for name in shared if name in f.answers}
    homes = [f.answers["home"] for f in frames if isinstance(f.answers.get("home"), dict)] if "home" in shared else []
    return {**({"home": homes[-1]} if homes else {}), **same}


def _command(facts: Facts, act: Act) -> list[Step] | None:
    command = registry.commands().get(act.intent)
    if command is None:
        return None
    steps: list[Step] | None = command.answer(act, facts)
    return steps


def _ran(talk: Talk, facts: Facts, act: Act, steps: Sequence[Step]) -> Talk:
    says = [step for step in steps if isinstance(step, Say) and is_reply(step)]
    plain = act.intent in ANSWERS and says and not any(say.buttons for say in says)
    done = run(talk, facts, steps)
    return replace(done, settled=True) if plain and not _opens(steps) else done


def _opens(steps: Sequence[Step]) -> bool:
    return any(isinstance(step, Start) for step in steps)


def take_all(talk: Talk, facts: Facts, acts: Sequence[Act]) -> Talk:
    """Take wishes in order; once one of them asks a question, only what can be answered at once goes on."""
    depth = len(talk.conversation.frames)
    for act in _grounded(_told(acts), facts):
        free = len(talk.conversation.frames) <= depth
        talk = take(talk, facts, act) if free else take_or_wait(talk, facts, act)
    return talk


def _told(acts: Sequence[Act]) -> Sequence[Act]:
    """The wishes without a complaint that is only announced where another one tells it: one record (S-COMP-16)."""
    told = [act for act in acts if act.intent != "complaint" or not _ANNOUNCED.fullmatch(act.text)]
    return told if any(act.intent == "complaint" for act in told) else acts


def _grounded(acts: Sequence[Act], facts: Facts) -> list[Act]:
    """What belongs together: a complaint is told by the whole message, its ground is often the other wish.

    What a complainant wants done, or asks in anger, is no wish beside it; "when does somebody come" is none beside
    the fault it is about.
    """
    meaning = facts.meaning
    kinds = {(act.intent, act.category) for act in acts}
    if meaning is not None and len(acts) > 1 and kinds == {("inquiry", acts[0].category)}:
        return [replace(acts[0], text=meaning.text, slots=meaning.slots)]  # one question in two clauses
    blamed = next((act for act in acts if act.intent == "complaint"), None)
    kept = [act for act in acts if not _part_of(act, acts, blamed, facts)]
    return [_whole(act, acts, facts) if act is blamed else act for act in kept]


def _part_of(act: Act, acts: Sequence[Act], blamed: Act | None, facts: Facts) -> bool:
    if act.intent == "progress":
        told = any(other.intent in ("repair", "complaint") for other in acts)
        return told and act.slots.ticket is None and not open_tickets(facts)
    if act.intent == "inquiry" and asks_after(act.text):
        return any(other.intent == "repair" for other in acts)
    if blamed is None:
        return False
    if act.intent == "suggestion":
        return act.category in ("other", blamed.category) and bool(_DEMAND.match(act.text))
    return act.intent == "inquiry" and facts.meaning is not None and facts.meaning.sentiment == "angry"


def _whole(blamed: Act, acts: Sequence[Act], facts: Facts) -> Act:
    meaning = facts.meaning
    if meaning is None or not meaning.text:
        return blamed
    ground = next((act for act in acts if act.intent == "repair"), None)
    vague = blamed.category in ("property_management", "other", "")
    slots = replace(blamed.slots, time=blamed.slots.time or meaning.slots.time)
    category = ground.category if ground and vague else blamed.category
    return replace(blamed, text=meaning.text, slots=slots, category=category)


def take_or_wait(talk: Talk, facts: Facts, act: Act) -> Talk:
    """Answer a wish at once when it asks nothing back, else keep it until the form ends."""
    one = narrow(facts, act)
    steps = _command(one, act)
    if steps is None or _opens(steps):
        return talk.wait([act_json(replace(act, slots=one.meaning.slots if one.meaning else act.slots))])
    return run(talk, one, steps)


def take_waiting(talk: Talk, facts: Facts) -> Talk:
    """When the form has ended, the wishes that waited get their turn, until one of them asks something."""
    depth = len(talk.conversation.frames)
    while talk.conversation.waiting and len(talk.conversation.frames) <= depth:
        wish, *rest = talk.conversation.waiting
        act = act_of(wish)
        alone = replace(facts, meaning=Meaning(act.text, (act,), slots=act.slots))
        talk = take(talk.remember(waiting=tuple(rest)), alone, act, wish.get("known"))
    return talk


def sure_acts(facts: Facts) -> tuple[Act, ...]:
    """The wishes of the message that may be acted on."""
    if facts.meaning is None:
        return ()
    return tuple(act for act in facts.meaning.acts if act.confidence >= facts.rules.reception.sure)


def side_acts(talk: Talk, facts: Facts) -> tuple[Act, ...]:
    """Sure wishes in a message that did not answer the pending question; small talk is none."""
    return tuple(act for act in sure_acts(facts) if act.intent not in SMALL_TALK and not _same_matter(talk, act))


def _same_matter(talk: Talk, act: Act) -> bool:
    """More words about the form's own matter open nothing; another category does."""
    frame = talk.top
    form = form_of(frame) if frame else None
    if frame is None or form is None or act.intent not in form.starts_on:
        return False
    category = frame.answers.get("category")
    return category in (None, "", "other") or act.category in (category, "other", "")


def added_acts(talk: Talk, facts: Facts) -> tuple[Act, ...]:
    """Certain wishes that came along with an answer: "明天下午可以，顺便问下物业费怎么交"."""
    if facts.meaning is None or len(facts.meaning.text) <= 10:
        return ()
    certain = facts.rules.reception.certain
    several = len(facts.meaning.acts) > 1
    asks = (
        ("inquiry", "payment", "human") if is_thanks(facts.meaning.text) else ("inquiry", "payment", "human", "praise")
    )
    return tuple(
        act
        for act in facts.meaning.acts
        if act.confidence >= certain
        and (act.intent in asks or (several and act.intent not in SMALL_TALK))
        and not _same_matter(talk, act)
        and not _of_asked_ticket(talk, act, facts)
    )


def _of_asked_ticket(talk: Talk, act: Act, facts: Facts) -> bool:
    """What an answer says about the ticket it was asked for is no second matter (一事一单): 不满意，昨晚又堵了."""
    number = talk.top.answers.get("ticket") if talk.top and act.intent in ("repair", "complaint") else None
    ticket = facts.ask(TicketById(number)) if isinstance(number, int) else None
    if ticket is None:
        return False
    vague = act.category in ("property_management", "other")
    return vague or places.same_matter(ticket, act.category, ticket.home, act.slots.place, act.slots.object)


def interrupt(talk: Talk, facts: Facts, acts: Sequence[Act]) -> Talk:
    """Side wishes while a question is pending: answered, or one more form on top; the question comes back after it."""
    for act in acts:
        free = len(talk.conversation.frames) < MAX_FORMS
        talk = take(talk, facts, act) if free else take_or_wait(talk, facts, act)
    return talk


def unsure(talk: Talk, facts: Facts) -> Talk:
    """One good question instead of a guess; the second time in a row a person comes (S-TRI-01, SC-D101)."""
    if facts.ask(TimerOf("hand_over_wait", facts.speaker.lane)) is not None:
        return talk.do(Say("human.still_waiting"))
    if facts.speaker.staff is not None:
        return talk.do(Say("staff.unclear"))
    count = talk.conversation.misunderstood + 1
    if count >= facts.rules.reception.misunderstandings:
        return give_up(talk, facts, "misunderstood")
    options = _readings(facts)
    key = "common.unsure" if len(options) == 2 else "common.unsure_all"
    buttons = tuple(
        Button(f"reading:{number}", Phrase(f"label.wish.{act.intent}")) for number, act in enumerate(options, 1)
    )
    said = {"kind": "unsure", "acts": [act_json(act) for act in options]}
    return talk.do(Say(key, buttons=buttons)).remember(misunderstood=count, said=said)


def _readings(facts: Facts) -> tuple[Act, ...]:
    """The two likeliest readings, or all four main wishes when the likeliest are small talk."""
    meaning = facts.meaning
    text, slots = (meaning.text, meaning.slots) if meaning else (facts.inbound.text, Slots())
    likely = {r.intent: r for r in reversed(meaning.choices[:2] if meaning else ()) if r.intent not in SMALL_TALK}
    if len(likely) == 2:
        return tuple(Act(r.intent, r.category, 1.0, text, slots) for r in reversed(likely.values()))
    first = meaning.first.category if meaning else "other"
    return tuple(Act(intent, first, 1.0, text, slots) for intent in FOUR)  # type: ignore[arg-type]  # four of Intent
