"""The transcripts of docs/conversations are what the product says today, and pass the tone check (issue 4)."""

import pytest

from nlp.understand import Understander
from tests.conversations import FOLDER, given, names, played, transcript
from tests.fakes.tone import ill_spoken, typed

HOW = "写新的：python -m tests.conversations"


@pytest.mark.parametrize("name", names())
async def test_the_transcript_is_what_leaves_today(name: str, understander: Understander) -> None:
    printed = await played(name, understander)
    assert transcript(name, printed) == (FOLDER / f"{name}.md").read_text("utf-8"), HOW
    assert ill_spoken(printed, typed(given(name))) == []


def test_there_are_ten_of_them() -> None:
    assert len(names()) == 10
