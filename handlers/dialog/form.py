"""How a form is declared: ordered slots and a finish. Every function in it is pure (style.md 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.effects import Button, Effect
from handlers.facts import Facts
from nlp.meaning import Act
from storage.model import Ticket

#: Slot name -> JSON-safe value (datetimes as ISO strings, rooms as dicts). Survives json.dumps and back.
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Got:
    """The message answered the question."""

    value: Any


@dataclass(frozen=True, slots=True)
class Bad:
    """The message tried to answer but cannot be taken; `reason` picks the text `<form>.bad.<slot>.<reason>`.

    `keep` is what was learned all the same (part of a room): it joins the answers for the next try.
    """

    reason: str
    keep: Answers = field(default_factory=dict)


#: None: the message is about something else.
Read = Got | Bad | None
Reader = Callable[[Facts, Answers], Read]
When = Callable[[Answers, Facts], bool]


@dataclass(frozen=True, slots=True)
class Start:
    """Open a form with answers that are known already. Commands, timers and told events may return it."""

    form: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Hold:
    """A member of staff holds this lane's chat from now on (the bot is silent); None gives it back to the bot.

    The turn sets `conversation.held_by`; told events `hold` and `released` return it (design.md 8).
    """

    staff_id: int | None


@dataclass(frozen=True, slots=True)
class Rest:
    """The talk is over for now: half-filled forms are kept to be offered again, or dropped."""

    keep: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """Bring the innermost form to its end with these answers added, as if the resident had said them."""

    answers: Answers


@dataclass(frozen=True, slots=True)
class Topic:
    """What was spoken of last: short words of the next message are understood from it (handlers.context)."""

    intent: str


Step = Effect | Start | Hold | Rest | Finish | Topic


@dataclass(frozen=True, slots=True)
class Slot:
    """One question. Its texts are `<form>.ask.<name>` and `<form>.bad.<name>.<reason>`.

    Attributes:
        read: reads the answer to this question.
        hear: picks the value out of messages meant for another slot: full names and entities only, never "1" or "好".
        when: asked only when this holds.
        optional: never asked, only heard.
        buttons: choices shown with the question.
        params: what the question's text needs.
        open: takes free words: a burst of messages is gathered before it is read.
        shared: also holds for the next matter of the same kind in this talk (home, phone): not asked twice.
    """

    name: str
    read: Reader
    hear: Reader | None = None
    when: When | None = None
    optional: bool = False
    buttons: Callable[[Answers, Facts], tuple[Button, ...]] | None = None
    params: Callable[[Answers, Facts], Mapping[str, Any]] | None = None
    open: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A flow: what to ask, in order, and what to do at the end.

    Attributes:
        starts_on: intents that open it (none for forms that only `Start` opens).
        begin: first answers from the wish that opened it.
        finish: all answers -> what to do. May return Start to go on with another form.
        ready: optional shortcut: True when nothing more need be asked (urgent: file at once).
        silent: True when enough is known to file although the resident fell silent (design.md 11, Filing).
        instead: what is done with a wish in place of opening the form: the matter is in hand already. None: open it.
        correct: puts a ticket just filed by this form right ("不对，…"). None: nothing to put right was heard.
        patient: a pushed question (sign-off, callback): not repeated after other matters, no idle question.
    """

    name: str
    version: int
    slots: tuple[Slot, ...]
    finish: Callable[[Answers, Facts], list[Step]]
    starts_on: tuple[str, ...] = ()
    begin: Callable[[Act, Facts], Answers] | None = None
    ready: When | None = None
    silent: When | None = None
    instead: Callable[[Act, Facts], list[Step] | None] | None = None
    correct: Callable[[Ticket, Facts], list[Step] | None] | None = None
    patient: bool = False
