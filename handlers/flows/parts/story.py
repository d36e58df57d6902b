"""A matter told in the resident's words, bit by bit: a list that grows with every message about it."""

import re

from handlers.dialog.form import Answers, Bad, Got, Read, Reader
from handlers.facts import Facts
from handlers.readers import free_text, spoken

#: Longer stories are cut; the pictures and the visit tell the rest.
MAX_PARTS = 12
_TELLING = ("repair", "complaint", "emergency", "progress")


def is_told(text: str, empty: str) -> bool:
    """Whether something is left of the words when those that only announce a matter (`empty`, a pattern) are gone."""
    rest = re.sub(r"[\s\W_]+", "", re.sub(empty, "", text))
    return len(rest) >= 2


def story_read(slot: str) -> Reader:
    """Read free words as the next part of the story."""
    read_words = free_text(min_chars=2)

    def read(facts: Facts, answers: Answers) -> Read:
        read = read_words(facts, answers)
        if read is None or isinstance(read, Bad):
            return read
        return Got([*answers.get(slot, ()), read.value][:MAX_PARTS])

    return read


def story_heard(slot: str, *intents: str) -> Reader:
    """Hear more about the same matter in a message that was meant for another question."""

    def hear(facts: Facts, answers: Answers) -> Read:
        parts = list(answers.get(slot, ()))
        act = facts.meaning.first if facts.meaning else None
        text = spoken(facts)
        if not parts or act is None or facts.meaning is None or facts.meaning.closed:
            return None
        about = act.intent in (*intents, *_TELLING) and act.confidence >= facts.rules.reception.sure
        if not about or any(text in part for part in parts):
            return None
        return Got([*parts, text][:MAX_PARTS])

    return hear
