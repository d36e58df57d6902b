"""What a resident said or did, heard in the order of style.md 5: steering words, emergencies, answers, wishes."""

from collections.abc import Callable
from dataclasses import replace

from handlers import registry
from handlers.dialog import added, correct, pictures, resume
from handlers.dialog.codec import act_of
from handlers.dialog.engine import (
    asked_slot,
    file_unasked,
    form_of,
    give_up,
    heard_more,
    is_patient,
    missed,
    read_answer,
    run,
)
from handlers.dialog.form import Got
from handlers.dialog.gather import with_photos
from handlers.dialog.keys import wish_named, wish_of
from handlers.dialog.memory import Talk
from handlers.dialog.new_matter import beside_answer
from handlers.dialog.wishes import (
    interrupt,
    narrow,
    side_acts,
    sure_acts,
    take,
    take_all,
    unsure,
)
from handlers.dialog.words import has_more, is_cancel, is_hello, is_hurry, is_no, is_nothing_else, is_yes, ordinal
from handlers.effects import ComeBack, Leave, Phrase, Say, ToStaff
from handlers.facts import Facts
from handlers.rules.anger import is_abuse
from handlers.rules.danger import kind_of
from handlers.rules.ticket_words import says_at_home
from nlp.meaning import Act, Meaning
from storage.message import Frame
from storage.model import WORKING

#: Tried in order; the first that gives a talk has taken the turn.
Hearing = Callable[[Talk, Facts], Talk | None]


def hear_resident(talk: Talk, facts: Facts) -> Talk:
    """One turn of a resident, without its ending."""
    facts = with_photos(_with_place(facts))
    said = talk.conversation.said
    keeps = said.get("kind") == "kept"
    talk = talk.remember(said=said if keeps else {})
    for hearing in _ORDER:
        heard = hearing(talk, facts)
        if heard is not None:
            return heard
    return added.just_filed(talk, facts) or added.where_only(talk, facts) or unsure(talk, facts)


def forward(talk: Talk, facts: Facts, staff_id: int) -> Talk:
    """While a person holds the chat his words go to that person; an emergency raises its alarm all the same."""
    person = facts.speaker.person
    homes = "、".join(residency.home.label for residency in facts.speaker.homes)
    words = {
        "name": person.name if person else Phrase("common.forwarded.who"),
        "home": homes or None,
        "text": facts.inbound.text or Phrase("common.forwarded.picture"),
    }
    talk = talk.do(
        Say("common.forwarded", words, to=ToStaff(staff_id), kind="push", media=facts.inbound.media),
    )
    return _emergency(talk, facts) or talk


def _with_place(facts: Facts) -> Facts:
    """A shared location reads like its label."""
    label = (facts.inbound.data.get("location") or {}).get("label")
    if not label or facts.inbound.text:
        return facts
    return replace(facts, inbound=replace(facts.inbound, text=label))


#: Events that a person expects an answer to; the platforms' other news (a position, a template sent) stay unanswered.
_GREETED = frozenset({"subscribe", "scan", "menu", "enter"})


def _event(talk: Talk, facts: Facts) -> Talk | None:
    """Follow, leave, scan, menu."""
    if facts.inbound.kind != "event":
        return None
    event, key = facts.inbound.data.get("event"), str(facts.inbound.data.get("key") or "")
    if event == "unsubscribe":
        return talk.remember(frames=(), waiting=(), said={}).do(Leave())
    if event == "subscribe":
        talk = talk.do(ComeBack())
    intent = wish_of(key)
    if intent:
        return _wish(talk, facts, intent)
    return talk.do(Say("common.welcome")) if event in _GREETED else talk


def _wish(talk: Talk, facts: Facts, intent: str) -> Talk:
    """A wish without words: a menu key or a button."""
    act = Act(intent, "", 1.0, "")  # type: ignore[arg-type]  # `wish_of` knows intents only
    return take(talk, replace(facts, meaning=Meaning("", (act,))), act)


def _unreadable(talk: Talk, facts: Facts) -> Talk | None:
    """Nothing to read: say so kindly (reliability.md 7); a pending question stays."""
    data = facts.inbound.data
    if data.get("unsupported"):
        return talk.do(Say("common.too_large" if data["unsupported"] == "too_large" else "common.unsupported"))
    if facts.inbound.kind == "message" and not facts.inbound.text.strip() and not facts.inbound.media:
        return talk.do(Say("common.empty"))
    return None


def _cancelled(talk: Talk, facts: Facts) -> Talk | None:
    """算了: the innermost form ends; where the question was yes or no, it may just be the answer."""
    frame = talk.top
    offered = facts.conversation.said.get("kind") in ("offer", "kept")
    if frame is None or is_patient(frame) or not is_cancel(facts.inbound.text) or offered:
        return None
    pending = asked_slot(frame)
    read = pending[1].read(facts, frame.answers) if pending else None
    if isinstance(read, Got) and isinstance(read.value, bool):
        return None
    return talk.pop().remember(waiting=(), misunderstood=0).do(Say("common.cancelled"))


def _emergency(talk: Talk, facts: Facts) -> Talk | None:
    """Danger outranks everything; the rest of the message waits its turn (domain.md F.4)."""
    acts = facts.meaning.acts if facts.meaning else ()
    danger = next((act for act in acts if act.intent == "emergency"), None)
    if danger is None or facts.meaning is None or facts.meaning.closed:
        return None
    sure = danger.confidence >= facts.rules.reception.sure
    if not sure and facts.meaning.urgency != "emergency":
        return None
    frame = talk.top
    if frame and frame.answers.get("category") == danger.category:
        talk = talk.pop()  # one matter, one record
    talk = take(talk, facts, danger)
    rest = [
        act
        for act in sure_acts(facts)
        if act is not danger
        and act.intent not in ("emergency", "greeting", "other")
        and not (act.intent == "repair" and kind_of(act.category, act.text) == kind_of(danger.category, danger.text))
    ]
    filed = take_all(talk, _less_urgent(facts, rest), rest)
    grown = len(filed.conversation.frames) > len(talk.conversation.frames)
    return file_unasked(filed, facts) if grown else filed  # no questions while it burns (S-REPAIR-07)


def _less_urgent(facts: Facts, rest: list[Act]) -> Facts:
    """The alarm is the danger's own: what was said beside it has the urgency of its kind."""
    if facts.meaning is None:
        return facts
    kinds = {kind_of(act.category, act.text) for act in rest}
    return replace(facts, meaning=replace(facts.meaning, urgency="urgent" if kinds - {"other"} else "normal"))


def _human(talk: Talk, facts: Facts) -> Talk | None:
    """人工 outranks any question; a person is always reachable (domain.md F.12)."""
    act = next((act for act in sure_acts(facts) if act.intent == "human"), None)
    if act and act.confidence < facts.rules.reception.certain and _asks_words(talk):
        act = None  # 让他给我道歉: free words answer the question
    if "human" in (wish_of(str(facts.inbound.data.get("key") or "")), wish_named(facts.inbound.text)):
        return replace(_wish(talk, facts, "human"), asked=True)
    if act is None:
        return None
    matters = [each for each in sure_acts(facts) if each.intent in ("repair", "complaint")]
    if matters:  # nothing said is lost: what is complete enough is filed before the person comes
        return give_up(take_all(talk, facts, matters), facts, "asked")
    return replace(take(talk, facts, act), asked=True)


def _upset(talk: Talk, facts: Facts) -> Talk | None:
    """Abuse while he complains: no more questions, a person in charge talks with him (S-COMP-07, SC-D44)."""
    complains = talk.top is not None and talk.top.form == "complaint"
    said = facts.inbound.kind == "message" and is_abuse(facts.inbound.text)
    return give_up(talk, facts, "upset") if complains and said else None


def _asks_words(talk: Talk) -> bool:
    """A question is open that any words may answer."""
    pending = asked_slot(talk.top) if talk.top else None
    return pending is not None and pending[1].open


def _danger_goes_on(talk: Talk, facts: Facts) -> Talk | None:
    """Further words while an alarm of his is running belong to it, unless they are surely about something else."""
    running = [
        ticket
        for ticket in facts.tickets
        if ticket.urgency == "emergency" and ticket.status in WORKING and ticket.reporter_lane == facts.speaker.lane
    ]
    meaning = facts.meaning
    if not running or meaning is None or meaning.closed or talk.conversation.frames or _is_courtesy(meaning.text):
        return None
    if any(act.intent not in ("progress", "emergency", "repair") for act in sure_acts(facts)):
        return None
    return take(talk, facts, Act("emergency", running[0].category, 1.0, meaning.text, meaning.slots))


def _named_wish(talk: Talk, facts: Facts) -> Talk | None:
    """The bare name of a wish (我要报修, 进度): as clear as a button, whatever it resembles."""
    intent = wish_named(facts.inbound.text) if facts.inbound.kind == "message" else None
    live = talk.top is not None and not is_patient(talk.top) and not _kept(talk)
    if intent is None or live:
        return None
    act = Act(intent, "", 1.0, facts.inbound.text)  # type: ignore[arg-type]  # `wish_named` knows intents only
    return take(talk, replace(facts, meaning=Meaning(act.text, (act,))), act)


def _tapped_wish(talk: Talk, facts: Facts) -> Talk | None:
    """A button that names a wish of its own (`wish:repair`)."""
    key = str(facts.inbound.data.get("key") or "") if facts.inbound.kind == "tap" else ""
    intent = wish_of(key) if key.startswith(("wish:", "menu:")) else None
    return _wish(talk, facts, intent) if intent else None


def _chosen_reading(talk: Talk, facts: Facts) -> Talk | None:
    """The answer to "do you mean … or …?": a tap, its number, or the bare name of the wish."""
    said = facts.conversation.said
    if said.get("kind") != "unsure":
        return None
    acts = [act_of(value) for value in said["acts"]]
    chosen = _by_number(acts, facts) or _by_name(acts, facts)
    if chosen is None:
        return None
    meaning = Meaning(chosen.text, (chosen,), slots=chosen.slots)
    return take(talk.remember(misunderstood=0), replace(facts, meaning=meaning), chosen)


def _by_number(acts: list[Act], facts: Facts) -> Act | None:
    key = str(facts.inbound.data.get("key") or "")
    number = int(key.partition(":")[2]) if key.startswith("reading:") else ordinal(facts.inbound.text)
    return acts[number - 1] if number is not None and number <= len(acts) else None


def _by_name(acts: list[Act], facts: Facts) -> Act | None:
    named = wish_named(facts.inbound.text)
    return next((act for act in acts if act.intent == named), None)


def _nothing_else(talk: Talk, facts: Facts) -> Talk | None:
    """The answer to "anything else?"."""
    if facts.conversation.said.get("kind") != "anything_else":
        return None
    if is_nothing_else(facts.inbound.text):
        return talk.do(Say("common.goodbye"))
    if not is_yes(facts.inbound.text):
        return None
    return talk.do(Say("common.go_on" if has_more(facts.inbound.text) else "common.goodbye"))


def _kept(talk: Talk) -> bool:
    return talk.conversation.said.get("kind") == "kept"


def _after_pause(talk: Talk, facts: Facts) -> Talk | None:
    """A half-filled form of an earlier talk: its answer resumes it; anything else goes first, then it is offered."""
    if not _kept(talk):
        return None
    talk = talk.remember(said={})
    frames = talk.conversation.frames
    if is_hello(facts.inbound.text) and not all(map(is_patient, frames)):
        return talk.do(resume.offer(frames)).remember(said={"kind": "offer"})
    if not side_acts(talk, facts) and (answered := read_answer(talk, facts)):
        return answered
    heard = _open(talk.remember(frames=()), facts) or unsure(talk.remember(frames=()), facts)
    if heard.conversation.frames or heard.conversation.said or all(map(is_patient, frames)):
        return heard.remember(frames=(*frames, *heard.conversation.frames))
    return replace(heard.do(resume.offer(frames)).remember(frames=frames, said={"kind": "offer"}), settled=False)


def _in_form(talk: Talk, facts: Facts) -> Talk | None:
    """An answer, a correction, something else about the form, a side question, or a miss."""
    talk = _turned_to(talk, facts)
    if talk.top is None:
        return None
    if corrected := correct.in_form(talk, facts):
        return corrected
    if answered := read_answer(talk, facts):
        return beside_answer(talk, answered, facts)
    side = side_acts(talk, facts)
    if is_patient(talk.top):
        return _beside(talk, facts, side)
    if facts.meaning and facts.meaning.closed:
        return _closed_in_form(talk, facts)
    more = heard_more(talk, facts)
    if more or side:
        noted = replace(more, before=Phrase("common.noted")) if more and more.top else more or talk
        return interrupt(noted, facts, side)
    if facts.meaning and facts.meaning.first.intent == "greeting" and sure_acts(facts):
        return talk
    return missed(talk, facts)


def _turned_to(talk: Talk, facts: Facts) -> Talk:
    """A tap goes to the form whose ticket it names; what a pushed question cannot read goes to the form beneath it."""
    frames = talk.conversation.frames
    ticket = str(facts.inbound.data.get("key") or "").partition(":")[2]
    named = next((f for f in reversed(frames) if ticket and str(f.answers.get("ticket")) == ticket), None)
    if named is not None:
        return talk.remember(frames=(*(f for f in frames if f is not named), named))
    live = [frame for frame in frames if not is_patient(frame)]
    if not live or not frames or not is_patient(frames[-1]) or _reads(frames[-1], facts):
        return talk
    return talk.remember(frames=(*(f for f in frames if is_patient(f)), *live))


def _reads(frame: Frame, facts: Facts) -> bool:
    pending = asked_slot(frame)
    return pending is not None and pending[1].read(facts, frame.answers) is not None


def _beside(talk: Talk, facts: Facts, side: tuple[Act, ...]) -> Talk | None:
    """A pushed question was not answered: another matter leaves it open, an unclear word asks it again."""
    if side or (facts.meaning and (facts.meaning.closed or sure_acts(facts))) or facts.meaning is None:
        return None
    return missed(talk, facts)


def _closed_in_form(talk: Talk, facts: Facts) -> Talk:
    """An "不漏了，不用修了" ends the form; a plain thank-you only repeats the question.

    What a form without a wish of its own is about has a ticket already: the end of that is not the form's to say.
    """
    form = form_of(talk.top) if talk.top else None
    if form is not None and not form.starts_on:
        return _closing(talk.pop(), facts) or talk
    if facts.meaning and facts.meaning.first.intent == "progress":
        return talk.pop().do(Say("common.withdrawn"))
    return replace(talk, before=Phrase("common.thanks_go_on"))


def _caller(talk: Talk, facts: Facts) -> Talk | None:
    """A letter, an official, somebody who asks for a colleague or stands at the desk (S-REC-02..14)."""
    if facts.meaning is None or (talk.top is not None and not is_patient(talk.top)):
        return None
    steps = registry.commands()["caller"].answer(facts.meaning.first, facts)
    return None if steps is None else run(talk.remember(misunderstood=0), facts, steps)


def _open(talk: Talk, facts: Facts) -> Talk | None:
    """A new matter, a correction of the last ticket, the end of an old one, or a courtesy."""
    if fixed := correct.filed(talk, facts):
        return fixed
    text = facts.inbound.text
    if facts.meaning is None:
        return None
    if facts.meaning.closed or is_cancel(text) or _is_courtesy(text):
        closing = _closing(talk, facts)
        if closing is not None:
            return closing
    acts = sure_acts(facts)
    if not acts:
        return None
    wishes = [act for act in acts if act.intent not in ("greeting", "other")] or list(acts[:1])
    if wishes[0].intent in ("greeting", "other") and says_at_home(text):
        more = added.just_filed(talk, facts)
        if more is not None:
            return more
    return take_all(talk.remember(misunderstood=0), facts, wishes)


def _is_courtesy(text: str) -> bool:
    return is_yes(text) or is_no(text) or is_nothing_else(text) or is_hurry(text)


def _closing(talk: Talk, facts: Facts) -> Talk | None:
    act = facts.meaning.first if facts.meaning else Act("greeting", "", 1.0, facts.inbound.text)
    steps = registry.commands()["closed"].answer(act, narrow(facts, act))
    return None if steps is None else run(talk.remember(misunderstood=0), facts, steps)


_ORDER: tuple[Hearing, ...] = (
    _event,
    _unreadable,
    _cancelled,
    _emergency,
    _caller,
    _human,
    _upset,
    pictures.alone,
    _chosen_reading,
    resume.offered,
    _nothing_else,
    _tapped_wish,
    _danger_goes_on,
    _named_wish,
    _after_pause,
    _in_form,
    added.joined,
    _open,
)
