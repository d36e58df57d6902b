"""The tone check over what a played conversation said to residents (domain.md 8.15, 8.16)."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from handlers.rules import wording

#: A quotation of what somebody typed is at least this long.
_QUOTED = 3
#: Words of a colleague in a held chat or in an answer: staff may write as they like, within what is held back.
_STAFF_WORDS = re.compile(r"staff\.held\.(words|back)|ticket\.said\.(words|result|invalid|measure)")


def typed(lines: Iterable[str]) -> list[str]:
    """What people said in a scenario; their own words in an answer are theirs."""
    said = [json.loads(line) for line in lines if line.strip()]
    return [str(each[name]) for each in said for name in ("text", "voice") if name in each]


def ill_spoken(lines: Sequence[Mapping[str, Any]], said: Sequence[str]) -> list[str]:
    """Each message to a resident that breaks a rule of the tone, with the rules."""
    found = []
    for line in lines:
        if not str(line.get("to", "")).startswith("resident:") or any(map(_STAFF_WORDS.match, line.get("keys", ()))):
            continue
        own = without(line["text"], said)
        complaint = str(line.get("ticket") or "").startswith("C")
        faults = wording.faults(own, complaint=complaint)
        if not wording.courteous(line["text"]):
            faults.append("courtesy")
        if faults:
            found.append(f"{line.get('keys')} {faults} {line['text']!r}")
    return found


def without(text: str, said: Iterable[str]) -> str:
    """The text without what it repeats of people's own words."""
    for words in said:
        for block in sorted(SequenceMatcher(None, text, words, autojunk=False).get_matching_blocks(), reverse=True):
            if block.size >= _QUOTED:
                text = text[: block.a] + "…" + text[block.a + block.size :]
    return text
