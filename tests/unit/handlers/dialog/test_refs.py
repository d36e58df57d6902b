"""Several forms that end in one turn keep their tickets apart."""

from handlers.dialog.refs import distinct
from handlers.effects import (
    AddTask,
    CancelTimer,
    ChangeTicket,
    Effect,
    OpenTicket,
    Phrase,
    Record,
    Say,
    SetTimer,
    Subscribe,
    Tell,
    Unbind,
)
from storage.model import TicketType
from tests.unit.handlers.factory import NOW


def batch(summary: str) -> list[Effect]:
    return [
        OpenTicket("t1", TicketType.REPAIR, "drain", summary),
        Say("repair.opened", ticket="t1"),
        SetTimer("respond_warn", "ticket:{t1}", NOW, ticket="t1"),
        CancelTimer("ticket:{t1}"),
        Tell("person:1", "x", ticket="t1"),
        Subscribe("t1"),
        ChangeTicket("t1", "note"),
        Record("k", "s", ticket="t1"),
        AddTask("k", "s", Phrase("x"), "front_desk", ticket="t1"),
        Unbind(),
    ]


def test_one_batch_stays_as_it_is() -> None:
    assert list(distinct([batch("a")])) == batch("a")


def test_a_second_batch_gets_refs_of_its_own() -> None:
    both = distinct([batch("a"), batch("b")])
    second = both[len(batch("a")) :]
    opened = second[0]
    assert isinstance(opened, OpenTicket)
    assert (opened.ref, opened.source_index) == ("t1.1", 1)
    refs = {getattr(effect, "ticket", None) for effect in second[1:]} - {None}
    assert refs == {"t1.1"}
    subjects = [effect.subject for effect in second if isinstance(effect, SetTimer | CancelTimer)]
    assert subjects == ["ticket:{t1.1}", "ticket:{t1.1}"]


def test_ids_of_stored_tickets_are_left_alone() -> None:
    stored: list[Effect] = [*batch("b"), Say("x", ticket=12), ChangeTicket(12, "note")]
    renamed = distinct([batch("a"), stored])
    assert [e.ticket for e in renamed[-2:] if isinstance(e, Say | ChangeTicket)] == [12, 12]
