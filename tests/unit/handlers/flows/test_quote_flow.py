"""报价: no work without the price and a yes (S-REPAIR-10, appendix F rule 8)."""

from dataclasses import replace

import pytest

from handlers.dialog.form import Got, Start
from handlers.effects import ChangeTicket, Say
from handlers.flows import quote
from storage.model import TicketStatus
from tests.unit.handlers.factory import NOW, facts, ticket
from tests.unit.handlers.staff.speaking import LI, groups_hear, known, of, read, staff_hear

JOB = ticket(
    3, number="R261122-003", status=TicketStatus.ARRIVED, assignee_id=LI.id, extra={"quote": {"amount_fen": 12000}}
)


def test_price_opens_the_question() -> None:
    data = {"ticket": 3, "amount_fen": 12000, "items": "换角阀", "name": "李强"}
    assert quote.told("quote", data, facts()) == [Start("quote", data)]
    asked = Say("quote.ask.consent", quote.price(data, facts()), ticket=3)
    assert "120.00元" in read(asked, (JOB,))
    assert [button.key for button in quote.buttons(data, facts())] == ["yes:3", "no:3"]


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("同意", True),
        ("可以，修吧", True),
        ("没问题", True),
        ("不同意", False),
        ("太贵了", False),
        ("我再考虑一下", False),
    ],
)
def test_consent_is_understood(text: str, *, yes: bool) -> None:
    assert quote.consent(facts(text), {}) == Got({"yes": yes, "words": text})


def test_question_back_is_no_consent() -> None:
    assert quote.consent(facts("能便宜点吗"), {}) is None


def finish(*, yes: bool, job: object = JOB) -> list[object]:
    steps = quote.finish({"ticket": 3, "consent": {"yes": yes, "words": "同意"}}, facts(known=known(job)))  # type: ignore[arg-type]
    for say in of(Say, steps):
        read(say, (job,))  # type: ignore[arg-type]
    return list(steps)


def test_yes_is_recorded_with_words_and_time_and_lets_the_work_begin() -> None:
    steps = finish(yes=True)
    (change,) = of(ChangeTicket, steps)
    assert change.extra["quote"] == {
        "amount_fen": 12000,
        "agreed": True,
        "words": "同意",
        "answered_at": NOW.isoformat(),
    }
    assert staff_hear(steps) == {LI.id: ["staff.agreed"]}
    assert groups_hear(steps) == {}


def test_no_stops_the_work_and_brings_the_desk() -> None:
    steps = finish(yes=False)
    assert staff_hear(steps) == {LI.id: ["staff.declined"]}
    assert groups_hear(steps) == {"service": ["staff.declined"]}


def test_answer_after_the_end_changes_nothing() -> None:
    steps = finish(yes=True, job=replace(JOB, status=TicketStatus.DONE))
    assert [say.key for say in of(Say, steps)] == ["quote.late"]


def test_job_nobody_holds_tells_nobody() -> None:
    assert staff_hear(finish(yes=True, job=replace(JOB, assignee_id=None))) == {}
