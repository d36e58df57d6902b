"""The frame of a message nobody waits for: who we are, and thanks. Rules: S-REC-20, domain.md 8.16, 8.17."""

from datetime import datetime, timedelta

#: Words that end a message courteously; a question is its own end.
_ENDS = ("谢", "？", "再见", "谅解", "原谅", "放心")
_TAIL = 40


def is_out_of_the_blue(now: datetime, touched_at: datetime | None, minutes: int) -> bool:
    """Whether a push comes after a silence of the resident so long that he must hear who speaks; aware times."""
    return touched_at is None or now - touched_at > timedelta(minutes=minutes)


def lacks_self(body: str, name: str) -> bool:
    """Whether the words do not say who speaks."""
    return name not in body


def lacks_end(body: str) -> bool:
    """Whether the last sentence has no thanks, no good wish and no question; words without a full stop stay as said."""
    return body.endswith(("。", "！")) and not any(word in body[-_TAIL:] for word in _ENDS)
