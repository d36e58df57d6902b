"""A short way to play a talk turn by turn, and to look at what was said."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from handlers.dialog.memory import Turn
from handlers.dialog.turn import take_turn
from handlers.effects import Effect, OpenTicket, Phrase, Say, SetTimer, ToSpeaker
from storage.message import Conversation
from tests.unit.handlers.factory import facts, meaning

E = TypeVar("E", bound=Effect)


class Talk:
    """One resident's conversation: each `hears` takes one turn on the state the last one left."""

    def __init__(self, **always: Any) -> None:
        """`always` is given to every `facts` (person, tickets, rules ...)."""
        self.always = always
        self.conversation: Conversation = always.pop("conversation", Conversation())
        self.turn = Turn(self.conversation)

    def hears(self, text: str = "", **more: Any) -> "Talk":
        """Take one turn."""
        self.turn = take_turn(facts(text, conversation=self.conversation, **(self.always | more)))
        self.conversation = self.turn.conversation
        return self

    def fires(self, kind: str, **more: Any) -> "Talk":
        """A timer of this lane is due."""
        return self.hears(kind="timer", data={"timer": kind, "subject": "lane", "data": {}}, **more)

    def told(self, event: str, ticket: int | None = None, **data: Any) -> "Talk":
        """An event from another lane."""
        return self.hears(kind="told", data={"event": event, "data": data, "ticket": ticket})

    def taps(self, key: str, label: str = "按钮", **more: Any) -> "Talk":
        """A button is tapped."""
        return self.hears(label, kind="tap", data={"key": key}, **more)

    @property
    def keys(self) -> list[str]:
        """Keys of what the speaker hears, in order."""
        return [effect.key for effect in self.turn.effects if isinstance(effect, Say) and effect.to == ToSpeaker()]

    def say(self, key: str) -> Say:
        """The sentence of a key."""
        return next(effect for effect in self.turn.effects if isinstance(effect, Say) and effect.key == key)

    def around(self, key: str) -> list[str]:
        """Keys of what stands before and after a sentence."""
        params = self.say(key).params
        found: list[str] = []
        for name in ("before", "after"):
            held = params.get(name) or ()
            found += [phrase.key for phrase in ((held,) if isinstance(held, Phrase) else held)]
        return found

    @property
    def opened(self) -> list[OpenTicket]:
        """Tickets of this turn."""
        return self.all(OpenTicket)

    @property
    def timers(self) -> dict[str, SetTimer]:
        """Timers set in this turn, by kind."""
        return {timer.kind: timer for timer in self.all(SetTimer)}

    def all(self, kind: type[E]) -> list[E]:
        """Effects of one kind."""
        return [effect for effect in self.turn.effects if isinstance(effect, kind)]

    @property
    def asked(self) -> str | None:
        """The question that is open: `form.slot`."""
        frame = self.conversation.frames[-1] if self.conversation.frames else None
        return f"{frame.form}.{frame.asked}" if frame else None

    @property
    def answers(self) -> dict[str, Any]:
        """Answers of the innermost form."""
        return dict(self.conversation.frames[-1].answers)

    def later(self, **fields: Any) -> "Talk":
        """The stored conversation with other fields."""
        self.conversation = replace(self.conversation, **fields)
        return self


def keys_to(turn: Turn, recipient: object) -> Sequence[str]:
    """Keys of what somebody else hears."""
    return [effect.key for effect in turn.effects if isinstance(effect, Say) and effect.to == recipient]


LEAK = meaning("厨房水管漏水", place="厨房", object="水管")
FEE = meaning("物业费怎么交", intent="payment", category="property_fee")


def leak(**more: object) -> Talk:
    """A resident who has reported a leak and is asked for a time."""
    return Talk(**more).hears("厨房水管漏水", meaning=LEAK)
