"""Silence: a gentle question, a polite end, nothing for who spoke meanwhile (SLA-80)."""

from datetime import timedelta

import pytest

from storage.message import Conversation
from tests.unit.handlers.factory import NOW, meaning
from tests.unit.handlers.talks import Talk

KINDS = ("idle_ask", "idle_close", "form_expire", "silent_file")


def waiting() -> Talk:
    """A stranger who was asked for his room."""
    return Talk(person=None).hears("水龙头坏了", meaning=meaning("水龙头坏了", object="水龙头"))


def after(minutes: int) -> object:
    return NOW + timedelta(minutes=minutes)


def test_a_pending_question_is_recalled_gently() -> None:
    talk = waiting().fires("idle_ask", now=after(10))
    assert talk.keys == ["common.still_there"]
    assert talk.say("common.still_there").kind == "push"
    assert talk.conversation.frames


def test_after_a_settled_matter_more_help_is_offered_then_goodbye() -> None:
    talk = Talk(conversation=Conversation(said={"kind": "anything_else"}, touched_at=NOW))
    assert talk.fires("idle_ask", now=after(10)).keys == ["common.still_there_else"]
    assert talk.fires("idle_close", now=after(30)).keys == ["common.closed"]
    assert talk.conversation.said == {"kind": "closed"}


@pytest.mark.parametrize("kind", KINDS)
def test_who_spoke_meanwhile_is_left_alone(kind: str) -> None:
    assert not waiting().fires(kind, now=after(5)).turn.effects


@pytest.mark.parametrize("kind", KINDS)
def test_a_chat_that_a_person_holds_is_left_alone(kind: str) -> None:
    talk = Talk(conversation=Conversation(held_by=6, said={"kind": "anything_else"}, touched_at=NOW))
    assert not talk.fires(kind, now=after(60 * 24 * 8)).turn.effects


@pytest.mark.parametrize("kind", ["idle_ask", "idle_close", "silent_file"])
def test_nothing_is_said_where_nothing_waits(kind: str) -> None:
    assert not Talk(conversation=Conversation(touched_at=NOW)).fires(kind, now=after(40)).turn.effects


def test_an_incomplete_request_is_not_filed() -> None:
    assert not waiting().fires("silent_file", now=after(10)).turn.effects


def test_a_kept_form_is_forgotten_after_a_week() -> None:
    talk = waiting().fires("idle_close", now=after(30)).fires("form_expire", now=NOW + timedelta(days=8))
    assert not talk.conversation.frames
    assert talk.keys == []


def test_a_kept_form_is_not_recalled_again() -> None:
    talk = waiting().fires("idle_close", now=after(30))
    assert not talk.fires("silent_file", now=after(50)).turn.effects
