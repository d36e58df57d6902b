"""回访: is it solved, are you content; a poor answer brings the ticket back at once.

Rules: S-CB-01, S-CB-03, S-SURV-03, SLA-94.
"""

import re
from collections.abc import Mapping
from typing import Any

from handlers import ticketing
from handlers.dialog.form import Answers, Form, Got, Read, Slot, Step
from handlers.dialog.words import is_no, is_yes
from handlers.effects import Button, Phrase, Say
from handlers.facts import Facts, TicketById
from handlers.readers import spoken, tapped
from handlers.ticketing.moves import contact_by
from storage.model import Ticket, TicketStatus, TicketType

#: Negated troubles: good news, taken out before bad news is looked for.
_FINE = re.compile(
    r"(?:没有?|没什么|没啥|无)(?:别的|其他|任何|大)?(?:问题|毛病|意见|不满意?|不好)|不(?:再|会再)?(?:漏|堵|响|滴|渗|跳闸|闪)(?:水|了)*|"
    r"不错|不差|不赖|挺好|蛮好|还好(?!.*漏)|还行|还可以|还不错|很快|不用再?(?:来|修)"
)
_UNSOLVED = re.compile(
    r"(?:还|又|仍|依然|依旧|一直|照样|照旧)(?:是|在|会|有点?|开始)*(?:漏|堵|坏|响|滴|渗|跳|闪|停|不|没|老样子|那样|有问题|有味)|"
    r"没(?:有)?(?:人来|来人|来|修|好|解决|弄好|处理|搞好|动静|变化|用|效果|见人)|未(?:解决|修|处理|好)|(?:部分|只|才)(?:解决|修|好)了?(?:一)?(?:部分|半|点|个)?|"
    r"(?:师傅|工人|维修|人)(?:根本|一直|都|还)?没(?:有)?(?:来|到|出现)|修(?:坏|不好)|更(?:严重|坏|糟)|老样子|白修|有问题|不行|没用"
)
_UNHAPPY = re.compile(
    r"不(?:太|是很|怎么|够|大)?满意|(?:很|太|真|极|非常)差|差(?:劲|评|得很|极了)|不(?:太)?(?:好|理想)|失望|糟(?:糕|透)|敷衍|拖(?:拉|拖|了)|"
    r"态度(?:不|很?差|恶劣|冷)|太慢|生气|气死|投诉|👎|😡|😠|\[(?:怒|发怒|弱|抓狂)\]"
)
_GOOD = re.compile(
    r"满意|已?解决|修好|搞定|好(?:了|的|评|用)|很好|可以|正常|谢谢|感谢|辛苦|棒|赞|及时|专业|靠谱|完美|ok|👍|👌|😊|😄|🙏|❤|\[(?:强|赞|玫瑰|微笑|愉快|OK|好的)\]",
    re.IGNORECASE,
)
_SO_SO = re.compile(r"一般|凑合|马马虎虎|过得去|将就|普通|中规中矩")
_SCORE = re.compile(
    r"^(?:打|给|我给|评)?\s*([1-5一二两三四五])\s*(?:分|个?颗?星)?[。！!~ ]*$|([1-5一二两三四五])\s*(?:分|颗?星|个星)"
)
_FULL_MARKS = re.compile(r"满分|五星|全五|10分|十分满意")
_HANS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
#: A tapped button -> solved, score.
_TAPS: Mapping[str, tuple[bool, int | None]] = {
    "good": (True, 5),
    "so_so": (True, 3),
    "unhappy": (True, 1),
    "unsolved": (False, None),
}


def result(facts: Facts, _: Answers) -> Read:
    """Read a tap, a score of 1 to 5, or free words: 还行吧, 师傅没来, 还在漏, 👍."""
    key, text = tapped(facts) or "", spoken(facts)
    if key in _TAPS:
        solved, score = _TAPS[key]
        return _got(text, solved=solved, score=score)
    if not text:
        return _sticker(facts)
    words = _FINE.sub("好了", text)
    score = _score(words)
    if _UNSOLVED.search(words):
        return _got(text, solved=False, score=score)
    if _UNHAPPY.search(words):
        return _got(text, solved=True, score=score if score is not None else 2)
    if score is not None:
        return _got(text, solved=True, score=score)
    if _SO_SO.search(words):
        return _got(text, solved=True, score=3)
    if is_no(text):
        return _got(text, solved=False, score=None)
    if _GOOD.search(words) or is_yes(text):
        return _got(text, solved=True, score=None)
    return None


def _sticker(facts: Facts) -> Read:
    """A thumb or a rose alone: reading takes pictures out of the words and keeps the mood."""
    mood = facts.meaning.sentiment if facts.meaning else None
    said = facts.inbound.text.strip()
    if mood == "positive":
        return _got(said, solved=True, score=None)
    return _got(said, solved=True, score=2) if mood in ("negative", "angry") else None


def _got(words: str, *, solved: bool, score: int | None) -> Got:
    return Got({"words": words, "solved": solved, "score": score})


def _score(words: str) -> int | None:
    if _FULL_MARKS.search(words):
        return 5
    found = _SCORE.search(words.strip())
    if not found:
        return None
    said = found.group(1) or found.group(2)
    return _HANS.get(said) or int(said)


def shown(answers: Answers, facts: Facts) -> Mapping[str, Any]:
    """What the question says first: a later round, a second push and an unsigned job are named as such."""
    ticket = _ticket(answers, facts)
    again = ticket is not None and ticket.reopened > 0
    opening = "again" if answers.get("push") == 2 else "round" if again else "first"
    return {"opening": Phrase(f"callback.opening.{opening}"), "about": Phrase(f"callback.about.{_about(ticket)}")}


def _about(ticket: Ticket | None) -> str:
    if ticket is None or ticket.category == "other":
        return "other"
    return "work" if ticket.type in (TicketType.REPAIR, TicketType.EMERGENCY) else "matter"


def choices(_: Answers, __: Facts) -> tuple[Button, ...]:
    """The usual answers as buttons; free words count as well."""
    return tuple(Button(f"{key}:{{ticket}}", Phrase(f"callback.button.{key}")) for key in _TAPS)


def finish(answers: Answers, facts: Facts) -> list[Step]:
    """Close with thanks, or apologise first and bring the ticket back with a time (S-TRI-05, SC-D65, SC-D66)."""
    ticket = _ticket(answers, facts)
    if ticket is None or ticket.status not in (TicketStatus.DONE, TicketStatus.CONFIRMED):
        return [Say("callback.late")]
    said = answers["result"]
    score = said["score"]
    low = score is not None and score <= facts.rules.sla.low_score
    if not said["solved"] or low:
        sorry = Say(_sorry(ticket, solved=said["solved"]), {"until": contact_by(facts)}, ticket=ticket.id)
        return [sorry, *ticketing.reopened(facts, ticket, said["words"], source="callback", score=score)]
    record = {**said, "method": "chat", "reached": True, "push": answers.get("push", 1)}
    return [*ticketing.closed(facts, ticket, record), Say("callback.thanks", ticket=ticket.id)]


def _sorry(ticket: Ticket, *, solved: bool) -> str:
    if ticket.type in (TicketType.REPAIR, TicketType.EMERGENCY):
        return "callback.sorry.unhappy" if solved else "callback.sorry.unsolved"
    return "callback.sorry.matter"


def _ticket(answers: Answers, facts: Facts) -> Ticket | None:
    number = answers.get("ticket")
    return facts.ask(TicketById(number)) if isinstance(number, int) else None


FORM = Form(
    name="callback",
    version=1,
    patient=True,
    finish=finish,
    slots=(Slot("result", result, buttons=choices, params=shown),),
)
