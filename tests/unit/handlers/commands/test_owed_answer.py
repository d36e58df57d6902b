"""回复业主 on a promised answer is the answer; on anything else it is a contact."""

from datetime import date
from typing import Any

import pytest

from handlers.dialog.turn import take_turn
from handlers.effects import CancelTimer, ChangeBill, ChangeTicket, Say, Tell, ToLane
from handlers.facts import BillByNumber, TicketsByNumber
from storage.model import Bill, BillStatus, Ticket, TicketStatus, TicketType
from tests.unit.handlers.factory import HOME, STAFF, facts, ticket
from tests.unit.handlers.wording import of

DESK = STAFF[5]
QUESTION = ticket(
    5, type=TicketType.INQUIRY, number="Q261122-005", group="service", extra={"promised": "2026-11-22T12:00:00+08:00"}
)


def replies(words: str, about: Ticket = QUESTION, known: Any = None) -> list[Any]:
    said = f"{about.number} 回复业主：{words}"
    asked = facts(said, staff=DESK, group="service", known={TicketsByNumber(about.number): (about,)} | (known or {}))
    return list(take_turn(asked).effects)


def test_the_answer_reaches_the_resident_and_finishes_the_question() -> None:
    effects = replies("楼顶要先申请，我把表格给您送去")
    (said,) = [say for say in of(Say, effects) if say.to == ToLane("person:7")]
    assert said.params["words"] == "楼顶要先申请，我把表格给您送去"
    (change,) = of(ChangeTicket, effects)
    assert (change.changes["status"], change.changes["assignee_id"]) == (TicketStatus.DONE, DESK.id)
    assert CancelTimer("ticket:5") in effects
    assert [tell.event for tell in of(Tell, effects)] == ["finished"]


@pytest.mark.parametrize("words", ["我去问一下，稍后答复您", "下午再回复您", "我帮您核实一下"])
def test_an_answer_put_off_leaves_the_promise_running(words: str) -> None:
    (change,) = of(ChangeTicket, replies(words))
    assert change.move == "contact"
    assert "status" not in change.changes


def test_words_about_a_job_are_a_contact() -> None:
    (change,) = of(ChangeTicket, replies("师傅下午到", ticket(6, number="R261122-006", group="service")))
    assert change.move == "contact"


@pytest.mark.parametrize(
    ("due_on", "status"), [(date(2026, 11, 10), BillStatus.OVERDUE), (date(2026, 12, 10), BillStatus.DUE)]
)
def test_the_answer_ends_the_dispute_of_its_bills(due_on: date, status: BillStatus) -> None:
    bill = Bill(1, "main", "WY001", 1, "物业费", "2026-10", 32000, 0, due_on, BillStatus.DISPUTED)
    paid = Bill(2, "main", "WY002", 1, "物业费", "2026-09", 32000, 32000, due_on, BillStatus.PAID)
    extra = {"promised": "2026-11-22T14:00:00+08:00", "bills": ["WY001", "WY002", "WY404"], "about": "dispute"}
    about = ticket(7, type=TicketType.PAYMENT, number="P261122-007", group="service", extra=extra)
    known = {BillByNumber("WY001"): (bill, HOME), BillByNumber("WY002"): (paid, HOME)}
    assert of(ChangeBill, replies("核对过了，面积没有变", about, known)) == [ChangeBill(1, status)]
