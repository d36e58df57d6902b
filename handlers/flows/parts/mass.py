"""成片故障: a supply fails in many homes of a building; one master ticket, everybody follows it (design.md 7, 10)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.dialog.form import Step
from handlers.effects import ChangeTicket, OpenTicket, Say, Subscribe, Tell
from handlers.facts import Facts, SimilarTickets, TicketById
from handlers.rules.ticket import Ok, allowed
from handlers.ticketing import clocks, file
from storage.model import Ticket, TicketStatus, TicketType

#: What fails for a whole building at once.
SUPPLIES = frozenset({"water_supply", "water_pressure", "water_quality", "electricity", "gas", "heating", "network"})
#: Households from which the fault is one matter of the building.
HOUSEHOLDS = 3


def joined(wish: OpenTicket, facts: Facts) -> list[Step] | None:
    """Follow the master of this building, or open it from the third household on; None: an ordinary report."""
    if wish.category not in SUPPLIES or wish.building is None:
        return None
    similar = facts.ask(SimilarTickets(TicketType.REPAIR.value, wish.category, wish.building))
    master = next((ticket for ticket in similar if ticket.extra.get("master")), None)
    if master is not None:
        again: dict[str, Any] = {"contacts": master.contacts + 1}
        return [
            Subscribe(master.id),
            ChangeTicket(master.id, "again", again, data={"words": wish.summary}, version=master.version),
            Say("repair.subscribed", ticket=master.id),
        ]
    others = _households(similar, wish, facts)
    return _opened(wish, others, facts) if len(others) + 1 >= HOUSEHOLDS else None


def _households(similar: tuple[Ticket, ...], wish: OpenTicket, facts: Facts) -> list[Ticket]:
    """One open ticket of each other home, the oldest first."""
    found: dict[int, Ticket] = {}
    for ticket in sorted(similar, key=lambda ticket: ticket.id):
        other = ticket.home is not None and (wish.home is None or ticket.home.id != wish.home.id)
        if other and ticket.home and ticket.reporter_lane not in (None, facts.speaker.lane):
            found.setdefault(ticket.home.id, ticket)
    return list(found.values())


def _opened(wish: OpenTicket, others: list[Ticket], facts: Facts) -> list[Step]:
    """The master: a matter of the building; each earlier reporter is told in his own lane."""
    unit = wish.unit if all(ticket.unit == wish.unit for ticket in others) else None
    extra = {**wish.extra, "master": True, "households": len(others) + 1}
    master = replace(wish, home=None, unit=unit, place=None, public_area=True, wanted=None, extra=extra)
    tells = [Tell(str(ticket.reporter_lane), "merged", {"old": ticket.id}, ticket=master.ref) for ticket in others]
    said = Say("repair.opened.mass", {"count": len(others) + 1, "content": wish.summary}, ticket=master.ref)
    return [*file(facts, master), *tells, said]


def told(data: Mapping[str, Any], facts: Facts) -> list[Step]:
    """One's own report joins the master: its clocks stop, its reporter follows the master and hears so once."""
    old, master = facts.ask(TicketById(int(data["old"]))), int(data["ticket"])
    if old is None or not isinstance(allowed(old, "merge", "system"), Ok):
        return []
    changes = {"status": TicketStatus.MERGED, "merged_into": master}
    return [
        ChangeTicket(old.id, "merge", changes, version=old.version),
        *clocks.drop_all(old),
        Subscribe(master),
        Say("repair.merged", {"number": old.number}, kind="push", ticket=master),
    ]
