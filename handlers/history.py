"""What was repaired in a home, with process and material, on request. Rules: S-REPAIR-22, S-TRI-06, domain.md 3.1."""

import re

from handlers.dialog.form import Step
from handlers.effects import Phrase, Say
from handlers.facts import Facts, RepairsOfHome
from storage.model import ENDED, Home, Ticket, TicketStatus

_ASKS = re.compile(
    r"(?:维修|报修|修理)(?:的)?(?:记录|历史|履历|档案)|(?:以前|之前|过去|曾经|上次)(?:都)?(?:报修|维修|修)过?(?:什么|哪些|几次|啥)|(?:修过|报修过)(?:什么|哪些|几次|啥)"
)
_UNDONE = frozenset({TicketStatus.CANCELLED, TicketStatus.MERGED})


def asks_history(text: str) -> bool:
    """Whether words ask what was repaired before."""
    return bool(_ASKS.search(text))


def of_home(home: Home, facts: Facts, key: str = "history") -> Say:
    """The last repairs of a home, newest first; `key` is the text of the list, `<key>.none` that of an empty one."""
    kept = [t for t in facts.ask(RepairsOfHome(home.id)) if t.status not in _UNDONE]
    if not kept:
        return Say(f"{key}.none", {"home": home.label})
    return Say(key, {"home": home.label, "lines": tuple(_line(ticket) for ticket in kept)})


def _line(ticket: Ticket) -> Phrase:
    result, items = ticket.extra.get("result") or {}, ticket.extra.get("items")
    done = ticket.finished_at if ticket.finished_at or ticket.status in ENDED else None
    return Phrase("history.line", {"ticket": ticket, "items": items, "result": result.get("text"), "done": done})


def answered(facts: Facts) -> list[Step]:
    """To a resident: of his own home only; a stranger's home stays unknown (design.md 10, who must be verified)."""
    homes = facts.speaker.homes
    return [of_home(held.home, facts) for held in homes] if homes else [Say("history.unbound")]
