"""The butler's care after a complaint (S-COMP-23)."""

from dataclasses import replace

import pytest

from handlers.dialog.form import Step
from handlers.effects import AddTask
from handlers.facts import Recorded, SubscribersOf
from handlers.rules.pushes import OPT_OUT
from handlers.timers import care
from storage.model import Ticket, TicketStatus, TicketType
from tests.unit.handlers.factory import facts, ticket
from tests.unit.handlers.staff.speaking import known, of, resident_hears

CLOSED = ticket(3, number="C261122-003", type=TicketType.COMPLAINT, group="service", status=TicketStatus.CLOSED)


def fired(matter: Ticket, *refused: dict[str, bool]) -> list[Step]:
    snapshot = facts("x")
    answers = {Recorded(OPT_OUT, snapshot.speaker.lane): refused, SubscribersOf(matter.id): ()}
    return care.fire("care", f"ticket:{matter.id}", {}, replace(snapshot, known=known(matter, answers=answers)))


def test_resident_is_thanked_once_the_complaint_rests() -> None:
    assert resident_hears(fired(CLOSED)) == ["callback.care.thanks"]


def test_whoever_wants_no_messages_gets_none_but_the_butler_still_thinks_of_him() -> None:
    steps = fired(CLOSED, {"out": True})
    assert resident_hears(steps) == []
    assert [task.kind for task in of(AddTask, steps)] == ["care"]


@pytest.mark.parametrize("status", [TicketStatus.REOPENED, TicketStatus.CANCELLED])
def test_complaint_that_came_back_is_not_over(status: TicketStatus) -> None:
    assert fired(replace(CLOSED, status=status)) == []
