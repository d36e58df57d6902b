"""Ticket numbers: the whole number (R261122-003) or its tail (003号单)."""

import re

from nlp.slots.span import Found

_FULL = re.compile(r"(?<![A-Za-z0-9])([RCQPSTVErcqpstve])\s?(\d{6})\s?[-－]?\s?(\d{3,4})(?!\d)")
_TAIL_FIRST = re.compile(
    r"(?:工单号?|单号|单子|编号|流水号|报修单|投诉单|维修单)(?:尾号|号码|号)?(?:是|为|:|,|，|#|\s){0,4}(\d{3,4})(?!\d)"
)
_TAIL_LAST = re.compile(
    r"(?<![\d-])(\d{3,4})\s?号?(?:那个|那张|这个|这张|那|这)?\s?(?:工单|单子|报修单|投诉单|维修单|单(?![元位价独]))"
)


def find_tickets(text: str) -> list[Found[str]]:
    """Every ticket number of `text`, letters upper case, in order."""
    found = [Found(m.start(), m.end(), f"{m.group(1).upper()}{m.group(2)}-{m.group(3)}") for m in _FULL.finditer(text)]
    for pattern in (_TAIL_FIRST, _TAIL_LAST):
        for match in pattern.finditer(text):
            if all(match.end() <= one.start or match.start() >= one.end for one in found):
                found.append(Found(match.start(), match.end(), match.group(1)))
    return sorted(found, key=lambda one: one.start)
