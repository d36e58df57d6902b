"""Turns and steps as people read them: every text is rendered, so that a missing value fails the test."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from handlers.dialog.turn import take_turn
from handlers.effects import AddTask, Effect, OpenTicket, Phrase, Say, ToGroup, ToSpeaker, ToStaff
from handlers.texts import Texts
from nlp.meaning import Meaning
from storage.message import Conversation
from storage.model import Ticket
from tests.unit.handlers.factory import ESTATE, NOW, facts, ticket

E = TypeVar("E")


@cache
def texts() -> Texts:
    """The package's texts."""
    return Texts.load()


def of(kind: type[E], effects: Iterable[object]) -> list[E]:
    """The effects of one kind, in order."""
    return [effect for effect in effects if isinstance(effect, kind)]


def opened(effects: Iterable[object]) -> OpenTicket:
    """The one ticket that is opened."""
    (only,) = of(OpenTicket, effects)
    return only


def body(say: Say, effects: Iterable[object] = (), now: datetime = NOW) -> str:
    """The rendered text; a ticket of the same turn gets a number."""
    return texts().render(Phrase(say.key, say.params), estate=ESTATE, now=now, ticket=_ticket(say, effects)).body


def _ticket(say: Say, effects: Iterable[object]) -> Ticket | None:
    if say.ticket is None:
        return None
    new = next((e for e in of(OpenTicket, effects) if e.ref == say.ticket), None)
    if new is None:
        return ticket()
    return ticket(
        99, number=f"{new.type.letter}261122-099", type=new.type, category=new.category, summary=new.summary,
        home=new.home, finish_due=new.finish_due, respond_due=new.respond_due, extra=dict(new.extra),
        wanted_start=new.wanted.start if new.wanted else None, wanted_end=new.wanted.end if new.wanted else None,
    )  # fmt: skip


def to_resident(effects: Iterable[object], now: datetime = NOW) -> str:
    """Everything the speaker reads."""
    effects = list(effects)
    return "\n".join(body(say, effects, now) for say in of(Say, effects) if isinstance(say.to, ToSpeaker))


def to_groups(effects: Iterable[object]) -> dict[str, str]:
    """What each group reads."""
    effects = list(effects)
    told: dict[str, str] = {}
    for say in of(Say, effects):
        if isinstance(say.to, ToGroup):
            told[say.to.name] = f"{told.get(say.to.name, '')}{body(say, effects)}\n"
    return told


def to_staff(effects: Iterable[object]) -> dict[int, str]:
    """What each member of staff reads in private."""
    effects = list(effects)
    return {say.to.staff_id: body(say, effects) for say in of(Say, effects) if isinstance(say.to, ToStaff)}


def titles(effects: Iterable[object]) -> list[str]:
    """The titles of the tasks that people get."""
    return [texts().render(task.title, estate=ESTATE, now=NOW).body for task in of(AddTask, effects)]


def keys(effects: Iterable[object]) -> list[str]:
    """The text keys the speaker gets."""
    return [say.key for say in of(Say, effects) if isinstance(say.to, ToSpeaker)]


class Chat:
    """A resident's talk over several turns; what is known besides is given once."""

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.conversation = given.pop("conversation", Conversation())

    def say(self, text: str, meaning: Meaning | None = None, **more: Any) -> list[Effect]:
        """One turn; the effects."""
        given = self.given | more
        turn = take_turn(facts(text, meaning=meaning, conversation=self.conversation, **given))
        self.conversation = turn.conversation
        return list(turn.effects)

    def tap(self, key: str, label: str = "", meaning: Meaning | None = None) -> list[Effect]:
        """A button."""
        return self.say(label, meaning, kind="tap", data={"key": key})

    @property
    def asked(self) -> str | None:
        """The form and slot that wait for an answer."""
        frames = self.conversation.frames
        return f"{frames[-1].form}.{frames[-1].asked}" if frames else None
