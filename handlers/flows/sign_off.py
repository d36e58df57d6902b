"""完工签认: is it solved? Yes confirms the ticket, no brings it back. Rules: S-REPAIR-13, S-REPAIR-16, SLA-85."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from handlers.dialog.form import Answers, Form, Got, Read, Slot, Start, Step
from handlers.dialog.words import is_thanks
from handlers.effects import Button, Phrase, Say
from handlers.facts import Facts, TicketById
from handlers.readers import spoken, yes_no
from handlers.rules import places
from handlers.rules.ticket import Ok, allowed
from handlers.ticketing import reopened
from handlers.tracking import manner_of, signed_off
from nlp.meaning import Act
from storage.model import Ticket, TicketType

EVENTS = ("finished",)

_SOLVED = (
    "已解决", "解决了", "修好了", "好了", "合格", "没问题", "正常", "可以了", "满意", "知道了", "明白了", "清楚了",
    "了解了", "平安", "安全了", "好使", "能用", "有电了", "有水了", "亮了", "通了", "不漏了", "不堵了", "没事了",
    "都好",
)  # fmt: skip
#: 刚才语气不好: he speaks of himself, not of the work.
_EXCUSES = re.compile(
    r"(?:刚才|刚刚|之前|早上|昨天)?是?我?的?(?:语气|态度|脾气|说话|火气)[^，,。！!]{0,4}(?:不好|冲|急|大|重)了?"
)
#: Kinds that are asked about in words of their own.
_LEADS = (TicketType.REPAIR, TicketType.EMERGENCY, TicketType.INQUIRY, TicketType.COMPLAINT, TicketType.SUGGESTION)
_UNSOLVED = (
    "有问题", "没解决", "没有解决", "未解决", "部分解决", "没好", "没修好", "没有修好", "还漏", "还在", "又漏",
    "不明白", "没明白", "不清楚", "没说清", "还是", "又坏", "不行", "不满意", "不合格", "没来", "没弄好", "没通",
    "不好", "没变", "没收到", "没到账", "没看到", "不平安", "疑问", "需要帮",
)  # fmt: skip


def told(event: str, data: Mapping[str, Any], facts: Facts) -> list[Step]:  # noqa: ARG001 - one signature
    """The work on a ticket is finished: ask its reporter whether it is solved."""
    return [Start("sign_off", {"ticket": int(data["ticket"])})]


def solved(facts: Facts, answers: Answers) -> Read:
    """Yes or no; the words of a "no" are kept for the repairman, another fault told beside it says neither."""
    facts = _without_other(facts, answers)
    if re.search(r"没有?(什么|啥)?问题", spoken(facts)):
        return Got({"yes": True, "words": spoken(facts)})
    if is_thanks(spoken(facts)):
        return Got({"yes": True, "words": spoken(facts)})
    plain = _EXCUSES.sub("", spoken(facts))
    if plain != spoken(facts) and _any(_SOLVED, plain) and not _any(_UNSOLVED, plain):
        return Got({"yes": True, "words": spoken(facts)})
    read = yes_no(_SOLVED, _UNSOLVED)(facts, answers)
    if read is None and _praises(facts):
        read = Got(True)
    return Got({"yes": read.value, "words": spoken(facts)}) if isinstance(read, Got) else read


def _without_other(facts: Facts, answers: Answers) -> Facts:
    """师傅修好了，不过客厅灯又坏了: the message without the fault that is not this ticket's."""
    ticket = facts.ask(TicketById(answers["ticket"])) if "ticket" in answers else None
    meaning = facts.meaning
    if ticket is None or meaning is None or len(meaning.acts) < 2:
        return facts
    others = [act for act in meaning.acts if act.intent == "repair" and not _of(ticket, act)]
    kept = tuple(act for act in meaning.acts if act not in others)
    if not others or not kept:
        return facts
    text = "，".join(act.text for act in kept)
    return replace(facts, meaning=replace(meaning, text=text, acts=kept), inbound=replace(facts.inbound, text=text))


def _of(ticket: Ticket, act: Act) -> bool:
    return places.same_matter(ticket, act.category, ticket.home, act.slots.place, act.slots.object)


def _any(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)


def _praises(facts: Facts) -> bool:
    """师傅手艺真好: whoever praises the work found it solved; the praise is a wish of its own besides."""
    act = facts.meaning.first if facts.meaning else None
    if facts.meaning and not spoken(facts):  # a thumb alone: pictures are taken out of the words, the mood stays
        return facts.meaning.sentiment == "positive"
    return act is not None and act.intent == "praise" and act.confidence >= facts.rules.reception.certain


def buttons(answers: Answers, facts: Facts) -> tuple[Button, ...]:
    """Two buttons that name their ticket, so that an old one is never taken for another."""
    id_ = answers["ticket"]
    manner = manner_of(facts.ask(TicketById(id_)))
    return tuple(Button(f"{key}:{id_}", Phrase(f"sign_off.button.{manner}.{key}")) for key in ("yes", "no"))


def matter(answers: Answers, facts: Facts) -> Mapping[str, Any]:
    """What was done and what to look at, by kind, and how to answer."""
    ticket = facts.ask(TicketById(answers["ticket"]))
    lead = Phrase(f"sign_off.lead.{_kind(ticket)}", {"ticket": ticket})
    return {"lead": lead, "reply": Phrase(f"sign_off.reply.{manner_of(ticket)}")}


def _kind(ticket: Ticket | None) -> str:
    if ticket is None:
        return "other"
    if ticket.type is TicketType.REPAIR and ticket.public_area:
        return "public"
    if ticket.type is TicketType.PAYMENT:
        return "inquiry"
    return ticket.type.value if ticket.type in _LEADS else "other"


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Confirm, or reopen with an apology; a ticket that moved on meanwhile is left as it is."""
    ticket = facts.ask(TicketById(answers["ticket"]))
    if ticket is None:
        return []
    said = answers["solved"]
    move = "confirm" if said["yes"] else "reopen"
    if not isinstance(allowed(ticket, move, "resident"), Ok):
        return [Say("sign_off.noted", ticket=ticket.id)]
    if said["yes"]:
        return signed_off(ticket, facts)
    sorry = "sign_off.sorry.work" if manner_of(ticket) == "work" else "sign_off.sorry.matter"
    return [*reopened(facts, ticket, said["words"], source="sign_off"), Say(sorry, ticket=ticket.id)]


FORM = Form(
    name="sign_off",
    version=1,
    patient=True,
    finish=finish,
    slots=(Slot("solved", solved, buttons=buttons, params=matter),),
)
