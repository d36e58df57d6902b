"""How a turn ends: the one question it asks, its greeting, "anything else?", and the clocks of silence (SLA-80)."""

from dataclasses import replace
from datetime import timedelta

from handlers.dialog.engine import ask, form_of, is_patient
from handlers.dialog.memory import Talk, Turn, is_new, is_reply, with_before
from handlers.dialog.refs import distinct
from handlers.dialog.wishes import take_waiting
from handlers.effects import CancelTimer, Effect, Phrase, Say, SetTimer
from handlers.facts import Facts
from nlp.normalise import LIMIT

IDLE_TIMERS = ("idle_ask", "idle_close", "silent_file")
#: Greetings of their own; nothing is set in front of these.
#: Texts that bring no apology of their own for anger.
_NO_SORRY = (
    "repair.ask.",
    "repair.bad.",
    "repair.opened.",
    "repair.again",
    "repair.subscribed",
    "service.",
    "inquiry.",
    "payment.",
    "common.unsure",
    "progress.one",
    "progress.many",
)
_GREET_THEMSELVES = ("greeting.", "common.welcome")
#: Answers that ask what is wanted; one question is enough (8.16).
_ASKS_ITSELF = frozenset({"inquiry.what", "common.at_service", "praise.what"})
#: Answers to a question that we pushed: the talk goes on, nobody comes back.
_GO_ON = ("sign_off.", "callback.", "quote.", "also_complaint.")


def settle(talk: Talk, facts: Facts) -> Turn:
    """End a resident's turn: waiting wishes, the pending question, courtesy, idle timers."""
    if not _live(talk):
        talk = take_waiting(talk, facts)
    talk = ask(talk, facts) if _asks(talk, facts) else _anything_else(talk)
    talk = greet(_first_words(_sorry(talk, facts), facts), facts)
    return plain(_clocks(talk, facts))


def settle_pushed(talk: Talk, facts: Facts) -> Turn:
    """End a turn that no resident began (timer, event, staff): a form that it opened asks, nothing else is said."""
    opened = talk.top is not None and talk.top not in facts.conversation.frames
    talk = ask(talk, facts).remember(said={}) if opened else talk  # the last question is this one now
    return plain(talk if facts.speaker.staff else _as_pushes(talk))


def _as_pushes(talk: Talk) -> Talk:
    """Nobody asked: what reaches the resident is a push, whatever the form meant."""
    batches = tuple(
        tuple(replace(e, kind="push") if isinstance(e, Say) and is_reply(e) and e.kind == "reply" else e for e in batch)
        for batch in talk.batches
    )
    return replace(talk, batches=batches)


def plain(talk: Talk) -> Turn:
    """The turn as it stands."""
    return Turn(talk.conversation, distinct(talk.batches))


def _live(talk: Talk) -> bool:
    """A form is waiting for the resident in this very talk."""
    return talk.top is not None and not is_patient(talk.top)


def _asks(talk: Talk, facts: Facts) -> bool:
    """The innermost form asks, unless another question went out; a pushed one only when it is new or was answered."""
    other = talk.conversation.said.get("kind") in ("offer", "unsure", "photo")
    if other or talk.conversation.held_by is not None:
        return False
    return _live(talk) or (talk.top is not None and talk.top not in facts.conversation.frames)


def _anything_else(talk: Talk) -> Talk:
    """请问您还有别的事吗, after a settled matter whose answer is no question itself (SC-V19)."""
    replies = [index for index, effect in enumerate(talk.effects) if is_reply(effect)]
    if not talk.settled or not replies or talk.conversation.said:
        return talk
    last = talk.effects[replies[-1]]
    if not isinstance(last, Say) or last.buttons or last.key in _ASKS_ITSELF:
        return talk
    asked = replace(last, params={**last.params, "after": Phrase("common.anything_else")})
    return _replaced(talk, last, asked).remember(said={"kind": "anything_else"})


def _first_words(talk: Talk, facts: Facts) -> Talk:
    """The note that only the beginning of a long text was read stands in front of the answer (reliability.md 7)."""
    long = len(facts.inbound.text) > LIMIT or facts.inbound.data.get("truncated")
    return _before(talk, Phrase("common.truncated")) if long else talk


def _sorry(talk: Talk, facts: Facts) -> Talk:
    """An angry resident hears an apology first, unless he did or the answer brings its own (S-COMP-07)."""
    meaning = facts.meaning
    heard = facts.conversation.said.get("ack") == "complaint"
    first = next((effect for effect in talk.effects if isinstance(effect, Say) and is_reply(effect)), None)
    if meaning is None or meaning.sentiment != "angry" or heard or first is None or not first.key.startswith(_NO_SORRY):
        return talk
    return _before(talk, Phrase("common.sorry"))


def greet(talk: Talk, facts: Facts) -> Talk:
    """Who we are, in front of the first answer of a talk (S-REC-01); once a day in full."""
    first = next((effect for effect in talk.effects if isinstance(effect, Say) and is_reply(effect)), None)
    today = facts.today.isoformat()
    if first is None or not is_new(facts) or facts.speaker.staff is not None:
        return talk
    if first.key.startswith(_GO_ON):
        return talk.remember(greeted_on=today)
    if not first.key.startswith(_GREET_THEMSELVES):
        again = facts.conversation.greeted_on == today
        talk = _before(talk, Phrase("common.greeting_again" if again else "common.greeting"))
    return talk.remember(greeted_on=today)


def _before(talk: Talk, phrase: Phrase) -> Talk:
    first = next((effect for effect in talk.effects if isinstance(effect, Say) and is_reply(effect)), None)
    return _replaced(talk, first, with_before(first, (phrase,))) if first else talk


def _replaced(talk: Talk, old: Effect, new: Effect) -> Talk:
    batches = tuple(tuple(new if effect is old else effect for effect in batch) for batch in talk.batches)
    return replace(talk, batches=batches)


def _clocks(talk: Talk, facts: Facts) -> Talk:
    """Silence is asked about, then ends the talk; a complete request is filed (design.md 10, 11)."""
    lane, rules = facts.speaker.lane, facts.rules.reception
    if facts.speaker.staff is not None:
        return talk
    if not _expects(talk):
        return talk.do(*(CancelTimer(lane, kind) for kind in IDLE_TIMERS)) if _expected(facts) else talk
    first = "silent_file" if _files_silently(talk, facts) else "idle_ask"
    minutes = rules.silent_file_min if first == "silent_file" else rules.idle_ask_min
    other = "idle_ask" if first == "silent_file" else "silent_file"
    return talk.do(
        SetTimer(first, lane, facts.now + timedelta(minutes=minutes)),
        SetTimer("idle_close", lane, facts.now + timedelta(minutes=rules.idle_close_min)),
        *((CancelTimer(lane, other),) if _expected(facts) else ()),
    )


def _expects(talk: Talk) -> bool:
    return _live(talk) or talk.conversation.said.get("kind") in ("anything_else", "unsure", "photo", "offer")


def _expected(facts: Facts) -> bool:
    return _expects(Talk(facts.conversation))


def _files_silently(talk: Talk, facts: Facts) -> bool:
    frame = talk.top
    form = form_of(frame) if frame else None
    if frame is None or form is None or form.silent is None or frame.asked != "confirm":
        return False
    return form.silent(frame.answers, facts)
