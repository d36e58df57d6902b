"""What staff sentences share: where the answer goes, which words are the reason, until when, and the tone check."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from handlers.commands.staff.find import Speaker
from handlers.dialog.form import Step
from handlers.effects import Phrase, Say, ToGroup
from handlers.facts import Facts
from handlers.rules import tone
from storage.model import Ticket

_WHEN = re.compile(
    r"(?:预计|大概|大约|约|等到|要到|到|至|改到|改成|延到|推到)?\s*(?:(?:本|这|下)?(?:周|星期|礼拜)[一二三四五六日天末]|今[天晚早]|明[天早晚]|后天|大后天|"
    r"\d{1,2}月\d{1,2}[日号]|\d{1,2}[日号]|(?:下个?|本|这个?)?月底|上午|中午|下午|晚上|早上|凌晨|傍晚|[\d一二两三四五六七八九十半]+个?(?:小时|分钟|天|周)(?:后|以后|之后|内)?|"
    r"\d{1,2}[:：]\d{2}|[\d一二两三四五六七八九十]+点(?:半|钟|[\d一二三四五十]+分?)?)+\s*(?:前|之前|左右|以后|再?来|再?修|继续|完成|送到)?"
)  # fmt: skip
_WHOLE_DAY, _EVENING = timedelta(hours=10), time(18)
_EDGES = " \t\n，,。.；;：:!！"


def where_said(speaker: Speaker, ticket: Ticket, key: str, params: Mapping[str, Any]) -> list[Step]:
    """The short answer where it was said; what was done in private the ticket's group hears too, unless secret."""
    found: list[Step] = [Say(key, params, ticket=ticket.id)]
    secret = bool(ticket.extra.get("accused_ids"))
    if speaker.group is None and ticket.group and not secret:
        found.append(
            Say(f"{key}.group", {**params, "name": speaker.staff.name}, ToGroup(ticket.group), "alert", ticket.id)
        )
    return found


def until(facts: Facts) -> datetime | None:
    """The time a sentence names, still to come: its end, for a whole day six in the evening; aware (`挂起 到周五`)."""
    window = facts.meaning.slots.time if facts.meaning else None
    if window is None:
        return None
    moment = window.end or window.start
    if window.start and window.end and window.end - window.start >= _WHOLE_DAY:
        moment = datetime.combine(window.start.astimezone(facts.estate.zone).date(), _EVENING, facts.estate.zone)
    return moment if moment and moment > facts.now else None


def left_out(said: str) -> str:
    """The words without the time in them: `等配件 到周五` is 等配件."""
    return re.sub(r"\s{2,}", " ", _WHEN.sub(" ", said)).strip(_EDGES)


def due_left_out(said: str) -> str:
    """The words without the day at their end: `每天上午巡查一次，到11月25日` keeps its mornings."""
    kept = said.strip(_EDGES)
    last = [match for match in _WHEN.finditer(kept) if match.end() == len(kept)]
    return kept[: last[0].start()].strip(_EDGES) if last else kept


def fit(words: str) -> list[Step] | None:
    """The tone check of what a resident will read: what to say to the colleague when it must not go out (8.15)."""
    problems = tone.check(words)
    if not tone.holds_back(problems):
        return None
    return [Say("staff.tone", {"why": tuple(Phrase(f"staff.tone.{problem}") for problem in problems), "words": words})]
