"""查进度: 到哪了, 催单, 改期, 取消, 补充; which ticket is meant is asked once. Rules: S-TRI-04, S-REC-09, INV-26."""

import re
from collections.abc import Sequence

from handlers.dialog.form import Start, Step
from handlers.effects import Button, Phrase, Say
from handlers.facts import Facts
from handlers.rules.ticket_words import Want, wanted
from handlers.tracking import open_tickets, serve, status_of
from nlp.meaning import Act
from storage.model import Ticket

INTENTS = ("progress",)


def answer(act: Act, facts: Facts) -> list[Step] | None:
    """Say where the matter stands, or do what is wanted of it; the number of a stranger's ticket looks unknown."""
    text = act.text or facts.inbound.text
    want = wanted(text)
    if act.slots.ticket:
        return _numbered(act.slots.ticket, want, text, facts)
    alive = open_tickets(facts)
    if not alive:
        return _none(facts)
    meant = _meant(alive, act, text)
    if len(meant) == 1:
        return serve(want, meant[0], text, facts)
    if want == "status" and _all(text):
        return [Say("progress.many", {"lines": tuple(status_of(t, facts) for t in meant)})]
    return [Start("which_ticket", {"want": want, "words": text, "tickets": [t.id for t in meant[:9]]})]


def _all(text: str) -> bool:
    return bool(re.search(r"都|全部|所有|哪些|几(?:个|件|单)|我的工单", text))


def _numbered(number: str, want: Want, text: str, facts: Facts) -> list[Step]:
    said = number.upper()
    own = [t for t in facts.tickets if t.number == said or t.number.endswith(f"-{said}")]
    if not own:
        return [Say("progress.unknown_number", {"number": number})]
    return serve(want, own[0], text, facts)


def _meant(alive: Sequence[Ticket], act: Act, text: str) -> Sequence[Ticket]:
    """The open tickets the words fit: by object, by category, by kind; all of them when nothing narrows it down."""
    object_ = act.slots.object
    tests = (
        lambda t: bool(object_ and t.object and (object_ in t.object or t.object in object_)),
        lambda t: act.category not in ("", "other", "fee", "property_management") and t.category == act.category,
        lambda t: any(word in text for word in _KIND_WORDS.get(t.type.value, ())),
    )
    for test in tests:
        fitting = [ticket for ticket in alive if test(ticket)]
        if fitting:
            return fitting
    return alive


_KIND_WORDS = {
    "repair": ("报修", "维修", "修"),
    "complaint": ("投诉",),
    "suggestion": ("建议",),
    "inquiry": ("问的", "咨询"),
    "payment": ("缴费", "账单", "费用", "上门收"),
    "service": ("访客", "放行", "预约"),
}


def _none(facts: Facts) -> list[Step]:
    """Nothing is open: the last one that ended, or the offer to register it (S-TRI-04)."""
    last = facts.tickets[0] if facts.tickets else None
    ended = Phrase("progress.last", {"ticket": last}) if last is not None else None
    return [Say("progress.none", {"last": ended}, buttons=(Button("wish:repair", Phrase("progress.button.repair")),))]
