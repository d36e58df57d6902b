"""What residents read at the desk is polite, promises nothing it must not, and every question has its words."""

from importlib.resources import files

import pytest
import yaml

from handlers.registry import forms
from handlers.rules import tone
from handlers.texts import Texts

FILES = (
    "account_home", "bind_home", "door_collection", "greeting", "human", "inquiry", "payment", "praise", "progress",
    "service", "suggestion", "which_question", "which_ticket",
)  # fmt: skip
#: Staff read these.
STAFF = ("alert", "task", "reason", "note", "button", "late", "label")


def texts() -> list[tuple[str, str]]:
    """Key and wording of every resident's text."""
    found: list[tuple[str, str]] = []
    for name in FILES:
        entries = yaml.safe_load((files("handlers.texts") / f"{name}.yaml").read_text("utf-8"))
        found += [(key, entry["text"]) for key, entry in entries.items() if not set(key.split(".")) & set(STAFF)]
    return found


@pytest.mark.parametrize(("key", "wording"), texts())
def test_the_wording_passes_the_tone_check(key: str, wording: str) -> None:
    assert tone.check(wording) == []
    assert "你" not in wording.replace("您", "")


@pytest.mark.parametrize(("key", "wording"), texts())
def test_at_most_one_question_is_asked(key: str, wording: str) -> None:
    assert wording.count("？") <= 1


@pytest.mark.parametrize("name", sorted(forms()))
def test_every_question_of_a_form_has_its_words(name: str) -> None:
    known = Texts.load()
    form = forms()[name]
    assert all(known.known(f"{name}.ask.{slot.name}") for slot in form.slots if not slot.optional)
