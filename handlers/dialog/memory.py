"""The conversation while a turn is taken: what it remembers, what the turn does so far. Each change is a new value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from handlers.dialog.form import Answers
from handlers.effects import Effect, Phrase, Say, ToSpeaker
from handlers.facts import Facts
from storage.message import Conversation, Frame
from storage.model import Json


@dataclass(frozen=True, slots=True)
class Talk:
    """A turn in the making.

    Attributes:
        conversation: as it will be stored.
        batches: effects so far; each batch may use the same ticket refs, `distinct` tells them apart at the end.
        asked: a question of the innermost form went out in this turn already.
        before: said in front of the next question ("back to …", "sorry, I did not understand").
        settled: a matter was settled, so that "anything else?" is due.
    """

    conversation: Conversation
    batches: tuple[tuple[Effect, ...], ...] = ()
    asked: bool = False
    before: Phrase | None = None
    settled: bool = False

    @property
    def top(self) -> Frame | None:
        """The innermost form."""
        return self.conversation.frames[-1] if self.conversation.frames else None

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Everything so far, in order."""
        return tuple(effect for batch in self.batches for effect in batch)

    def do(self, *effects: Effect) -> "Talk":
        """Add one batch of effects."""
        return replace(self, batches=(*self.batches, effects)) if effects else self

    def remember(self, **fields: Any) -> "Talk":
        """Change fields of the conversation; most of the time they are so already."""
        held = self.conversation
        if all(getattr(held, name) == value for name, value in fields.items()):
            return self
        return replace(self, conversation=replace(held, **fields))

    def push(self, frame: Frame) -> "Talk":
        """One more form on top."""
        return self.remember(frames=(*self.conversation.frames, frame))

    def pop(self) -> "Talk":
        """Drop the innermost form; what was to be said before its question goes with it."""
        return replace(self.remember(frames=self.conversation.frames[:-1]), before=None, asked=False)

    def answered(self, answers: Answers, *, misses: int = 0, asked: str | None = None) -> "Talk":
        """Store the answers of the innermost form."""
        frame = self.conversation.frames[-1]
        renewed = replace(frame, answers=dict(answers), misses=misses, asked=asked or frame.asked)
        return self.remember(frames=(*self.conversation.frames[:-1], renewed))

    def wait(self, wishes: Iterable[Json]) -> "Talk":
        """Keep wishes until the form ends."""
        return self.remember(waiting=(*self.conversation.waiting, *wishes))


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn decided: the conversation as it will be, the effects in order, and whether the burst goes on."""

    conversation: Conversation
    effects: tuple[Effect, ...] = ()
    heard: Literal["now", "gather"] = "now"


def is_new(facts: Facts) -> bool:
    """A talk begins: nothing was said for as long as a silent talk stays open (SLA-80)."""
    touched = facts.conversation.touched_at
    idle = timedelta(minutes=facts.rules.reception.idle_close_min)
    return touched is None or facts.now - touched >= idle


def silent_min(facts: Facts) -> float:
    """Minutes since the resident was heard last; endless when he never was."""
    touched = facts.conversation.touched_at
    return (facts.now - touched).total_seconds() / 60 if touched else float("inf")


def with_before(say: Say, phrases: tuple[Phrase, ...]) -> Say:
    """The same text with phrases in front of it."""
    held = say.params.get("before")
    already = (held,) if isinstance(held, Phrase) else tuple(held or ())
    params: Mapping[str, Any] = {**say.params, "before": (*phrases, *already)}
    return replace(say, params=params)


def is_reply(effect: Effect) -> bool:
    """A sentence to the one who speaks."""
    return isinstance(effect, Say) and isinstance(effect.to, ToSpeaker)
