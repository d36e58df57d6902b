"""Ticket references of several forms that end in one turn are told apart (design.md 11, Effects and texts)."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.effects import (
    AddTask,
    CancelTimer,
    ChangeTicket,
    Effect,
    OpenTicket,
    Record,
    Say,
    SetTimer,
    Subscribe,
    Tell,
    TicketRef,
)


def distinct(batches: Sequence[Sequence[Effect]]) -> tuple[Effect, ...]:
    """All effects in order; refs that an earlier batch used are renamed, source indexes counted through the turn."""
    effects: list[Effect] = []
    used: set[str] = set()
    for number, batch in enumerate(batches):
        refs = {effect.ref for effect in batch if isinstance(effect, OpenTicket)}
        names = {ref: f"{ref}.{number}" for ref in refs & used}
        used |= {names.get(ref, ref) for ref in refs}
        effects += [_renamed(effect, names) for effect in batch] if names else batch
    return _counted(effects)


def _counted(effects: list[Effect]) -> tuple[Effect, ...]:
    index = 0
    counted: list[Effect] = []
    for effect in effects:
        if isinstance(effect, OpenTicket):
            counted.append(replace(effect, source_index=index))
            index += 1
        else:
            counted.append(effect)
    return tuple(counted)


def _renamed(effect: Effect, names: dict[str, str]) -> Effect:
    match effect:
        case OpenTicket():
            return replace(effect, ref=names.get(effect.ref, effect.ref))
        case CancelTimer():
            return replace(effect, subject=_subject(effect.subject, names))
        case SetTimer():
            return replace(effect, subject=_subject(effect.subject, names), ticket=_ticket(effect.ticket, names))
        case Say() | Tell() | AddTask() | Record():
            return replace(effect, ticket=_ticket(effect.ticket, names))
        case ChangeTicket() | Subscribe():
            return replace(effect, ticket=names.get(str(effect.ticket), effect.ticket))
        case _:
            return effect


def _ticket(ticket: TicketRef | None, names: dict[str, str]) -> TicketRef | None:
    return names.get(ticket, ticket) if isinstance(ticket, str) else ticket


def _subject(subject: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        subject = subject.replace(f"{{{old}}}", f"{{{new}}}")
    return subject
