"""Whom a message reaches: pushes that were refused, people who left, answers that become one (S-REC-20)."""

from handlers import effects as e
from handlers.rules.pushes import OPT_OUT, is_optional
from storage.message import NewMessage
from storage.model import Address, Ticket
from storage.unit_of_work import UnitOfWork


def is_refused(uow: UnitOfWork, say: e.Say, lane: str) -> bool:
    """Whether the lane's owner wants no such push (退订); emergencies and answers are never refused."""
    if say.kind != "push" or say.urgent or not is_optional(say.key):
        return False
    said = uow.records.of(OPT_OUT, lane)
    return bool(said) and bool(said[-1].get("out", True))


def still_there(uow: UnitOfWork, say: e.Say, lane: str, address: Address) -> Address | None:
    """Where a person hears a push: not where he unfollowed us, perhaps on another channel of his."""
    if say.kind != "push" or address.kind != "resident" or not uow.reach.is_gone(address):
        return address
    return next((each for each in uow.identities.addresses_of(lane) if not uow.reach.is_gone(each)), None)


def unreached(say: e.Say, ticket: Ticket | None, otherwise: str) -> str:
    """The subject of the task that stands for what nobody could be told: one for each ticket, not for each message."""
    return f"ticket:{ticket.id}" if ticket is not None else say.dedupe or otherwise


def person_id_of(lane: str) -> int | None:
    """The person whose lane it is."""
    return int(lane.removeprefix("person:")) if lane.startswith("person:") else None


def joins(last: NewMessage, message: NewMessage) -> bool:
    """Whether two answers to one person can be one message."""
    plain = all(
        each.kind == "reply" and each.to.kind == "resident" and not each.dedupe and each.expires_at is None
        for each in (last, message)
    )
    return plain and last.to == message.to and last.not_before == message.not_before
