"""The single entry for everything that happened: one inbox row (or burst) and its facts give one turn. Pure."""

import importlib
from collections.abc import Mapping
from typing import Any

from handlers import registry
from handlers.context import in_context
from handlers.dialog.engine import run
from handlers.dialog.form import Step
from handlers.dialog.gather import acknowledge, gathering, pauses
from handlers.dialog.lost import only_lost, with_note
from handlers.dialog.memory import Talk, Turn
from handlers.dialog.resident import forward, hear_resident
from handlers.dialog.settle import greet, plain, settle, settle_pushed
from handlers.facts import Facts

__all__ = ["Turn", "take_turn"]


def take_turn(facts: Facts) -> Turn:
    """Decide what to do about what happened.

    Raises:
        KeyError: a timer or told event that no module knows.
    """
    return only_lost(facts) or with_note(_turn(facts), facts)


def _turn(facts: Facts) -> Turn:
    kind = facts.inbound.kind
    talk = Talk(facts.conversation)
    if kind in ("timer", "told", "pay"):
        return settle_pushed(run(talk, facts, _internal(facts)), facts)
    if facts.speaker.staff is not None:
        steps = _staff(facts)
        if steps is not None:
            return settle_pushed(run(talk, facts, steps), facts)
    elif facts.inbound.group is not None:
        return settle_pushed(run(talk, facts, []), facts)  # a stranger in a staff group is nobody's resident
    return _resident(talk, facts)


def _internal(facts: Facts) -> list[Step]:
    """Timers, events from other lanes, and payments go to the module that knows them."""
    data = facts.inbound.data
    steps: list[Step]
    match facts.inbound.kind:
        case "timer":
            kind = data["timer"]
            steps = registry.timers()[kind].fire(kind, data["subject"], data.get("data") or {}, facts)
        case "pay":
            steps = registry.listeners()["paid"].told("paid", data, facts)
        case _:
            event = data["event"]
            steps = registry.listeners()[event].told(event, _told(data), facts)
    return steps


def _told(data: Mapping[str, Any]) -> Mapping[str, Any]:
    ticket = data.get("ticket")
    return {**(data.get("data") or {}), **({"ticket": ticket} if ticket is not None else {})}


def _staff(facts: Facts) -> list[Step] | None:
    """A staff sentence; what is none is ignored in a group, in private it is read like a resident's (design.md 11)."""
    sentences = importlib.import_module("handlers.commands.staff")  # by name: commands lie above the dialog
    steps: list[Step] | None = sentences.take(facts)
    return [] if steps is None and facts.inbound.group is not None else steps


def _resident(talk: Talk, facts: Facts) -> Turn:
    talk = talk.remember(touched_at=facts.now, address=facts.speaker.address)
    if facts.conversation.held_by is not None:
        return plain(forward(talk, facts, facts.conversation.held_by))
    facts = in_context(facts)
    if pauses(facts):
        return gathering(greet(acknowledge(talk, facts), facts))
    return settle(hear_resident(talk, facts), facts)
