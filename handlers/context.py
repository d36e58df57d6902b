"""What unclear words mean here and now: after a bill, with a ticket open. Rules: S-FEE-16, S-TRI-04, domain.md 8.19."""

import re
from dataclasses import replace
from datetime import timedelta

from handlers.dialog.engine import is_patient
from handlers.dialog.words import bare
from handlers.facts import Facts
from handlers.rules.access import introduces
from handlers.rules.anger import is_abuse
from handlers.rules.money_words import kind_of
from handlers.rules.ticket_words import asks_after, comes_back, wanted
from handlers.tracking import open_tickets
from handlers.venting import without_anger
from handlers.where import where_alone, with_where
from nlp.emergency import danger_now
from nlp.meaning import Act, Intent, Meaning, Sentiment
from storage.model import WORKING, TicketStatus, TicketType

#: Fixed words of domain.md 8.19 that name no wish of `dialog.keys`.
_FIXED: dict[str, Intent] = {
    "有人吗": "greeting", "有人在吗": "greeting", "有人在不": "greeting", "在不在": "greeting", "人呢": "greeting",
    "有没有人": "greeting", "有人没": "greeting",
    "改期": "progress", "改时间": "progress", "催单": "progress", "退订": "other", "订阅": "other", "解绑": "other",
    "撤回同意": "other",
}  # fmt: skip
#: What a complaint may demand; none of it asks for a person in this chat.
_DEMAND = re.compile(r"道歉|赔礼|赔偿|赔钱|说法|交代|解释|12345|媒体|记者|曝光|律师|起诉|法院|处分|开除|换人")
#: 前台让我找你们: where he comes from, not whom he wants.
_SENT_HERE = re.compile(
    r"(?:(?:让|叫|喊|要|建议)我|(?:房东|前台|邻居|中介|他们?|她).{0,2}说).{0,4}"
    r"(?:找|联系|问|来|到|在).{0,3}(?:你们?|这里?|这儿|这边|微信|线上)"
)
_BACK_AGAIN = re.compile(
    r"(?:好了)?[，,]?(?:现在|刚才|刚刚|家里)?(?:已经|又|终于|都)?(?:来|有|通)(?:了)?(?:电|水|气|网|热水|暖气|信号)了"
    r"[，,。！!~ ]*(?:谢谢|感谢|辛苦|多谢)?[^，,。！!？?]{0,8}[。！!~ ]*"
)
_TOPIC = re.compile(r"装修|停车|车位|月卡|门禁卡?|门卡|宽带|搬家|快递|访客|游泳池|健身房|充电桩")
_COMPLAINT = re.compile(
    r"(?:我|我们)(?:要|想|得|必须|一定要)(?:再)?投诉(?!.{0,4}(?:电话|热线|渠道|流程|方式|多久|的?进度))"
)
#: Words that never stand alone in praise, and those that make it one.
_BLAMES = re.compile(r"错|不对|不行|不满|太差|很差|乱|骗|没人|投诉")
_PRAISES = re.compile(r"谢|好|棒|赞|表扬|辛苦|不错|热心|周到|及时")
_A_PERSON = re.compile(r"人工|真人|客服(?!.{0,4}道歉)")
_CATEGORY = {"payment": "fee"}
#: Readings that say nothing certain about a short message.
_VAGUE = ("other", "greeting")
#: What somebody comes for, or works on.
_JOBS = (TicketType.REPAIR, TicketType.EMERGENCY, TicketType.SERVICE, TicketType.COMPLAINT)
_FINISHED = (TicketStatus.DONE, TicketStatus.CONFIRMED, TicketStatus.CLOSED)
#: Days after the finish in which "not mended" is about it.
_LATELY_DAYS = 14
#: Longer messages speak for themselves.
_SHORT = 24


def in_context(facts: Facts) -> Facts:
    """The facts with an unclear message read as what it can only mean here; a clear one is left as it is."""
    facts = _complains(_with_demand(without_anger(with_where(where_alone(facts)))))
    facts = _good_news(_place_told(_topic_named(facts)))
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message":
        return facts
    if _upset(meaning):
        return _read(facts, "complaint", "property_management", angry=True)
    if _names_ticket(meaning, facts):
        return _read(facts, "progress", meaning.first.category)
    if _asks_after(meaning, facts):
        return _read(facts, "progress", meaning.first.category)
    if meaning.first.intent == "praise" and _BLAMES.search(meaning.text) and not _PRAISES.search(meaning.text):
        money = kind_of(meaning.text) is not None
        return _read(facts, "payment" if money else "complaint", "fee" if money else "property_management")
    back = _came_back(meaning, facts)
    if back is not None:
        return back
    if not _is_unclear(meaning, facts):
        return facts
    intent = _FIXED.get(bare(meaning.text)) or _of_money(meaning, facts) or _of_ticket(meaning, facts)
    if intent is None:
        return facts
    category = meaning.first.category if intent == meaning.first.intent else _CATEGORY.get(intent, "other")
    return _read(facts, intent, category)


def _topic_named(facts: Facts) -> Facts:
    """One word that names a subject asks about it; being sent to us calls for nobody, it is how a talk begins."""
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message":
        return facts
    if _TOPIC.fullmatch(bare(meaning.text)) or (facts.speaker.person is None and _says_who(facts)):
        return _read(facts, "inquiry", meaning.first.category)
    if meaning.first.intent == "human" and len(meaning.acts) == 1 and _SENT_HERE.search(meaning.text):
        return _read(facts, "greeting", "chat")
    return facts


def _place_told(facts: Facts) -> Facts:
    """An address given while something is asked is its answer and no alarm, unless it surely is one."""
    frames = facts.conversation.frames
    meaning = facts.meaning
    if meaning is None or not frames or is_patient(frames[-1]) or meaning.slots.room is None:
        return facts
    first = meaning.first
    weak = first.intent == "emergency" and first.confidence < facts.rules.reception.certain
    return _read(facts, "other", "other") if weak and not danger_now(meaning.text, signs=True) else facts


def _good_news(facts: Facts) -> Facts:
    """已经有电了, 来水了，谢谢: what was cut off is back; that ends a matter and opens none."""
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message" or not _BACK_AGAIN.fullmatch(meaning.text.strip()):
        return facts
    read = _read(facts, "progress", meaning.first.category).meaning
    return replace(facts, meaning=replace(read, closed=True, urgency="normal", sentiment="positive")) if read else facts


def _says_who(facts: Facts) -> bool:
    """我是3栋2单元501的业主, said by somebody we do not know, while nothing is asked of him."""
    asked = any(not is_patient(frame) for frame in facts.conversation.frames)
    return not asked and facts.meaning is not None and introduces(facts.meaning.text)


def _complains(facts: Facts) -> Facts:
    """我要投诉 is a complaint whatever the words around it resemble."""
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message" or not _COMPLAINT.search(meaning.text):
        return facts
    if any(act.intent in ("complaint", "emergency") for act in meaning.acts):
        return facts
    ground = next((act.category for act in meaning.acts if act.intent == "repair"), "property_management")
    said = next((act for act in meaning.acts if _COMPLAINT.search(act.text)), meaning.first)
    blame = replace(said, intent="complaint", category=ground, confidence=facts.rules.reception.certain)
    return replace(facts, meaning=replace(meaning, acts=tuple(blame if a is said else a for a in meaning.acts)))


def _with_demand(facts: Facts) -> Facts:
    """让他给我道歉, 我打12345: what a complainant wants done calls nobody to the chat, it belongs to his complaint."""
    meaning = facts.meaning
    if meaning is None or facts.inbound.kind != "message":
        return facts
    wanted_of_us = [act for act in meaning.acts if act.intent == "human" and _DEMAND.search(act.text)]
    if not wanted_of_us or _A_PERSON.search(meaning.text):
        return facts
    others = tuple(act for act in meaning.acts if act not in wanted_of_us)
    if any(act.intent == "complaint" for act in others):
        return replace(facts, meaning=replace(meaning, acts=others))
    blame = replace(wanted_of_us[0], intent="complaint", category="staff_attitude")
    return replace(facts, meaning=replace(meaning, acts=(*others, blame)))


def _read(facts: Facts, intent: Intent, category: str, *, angry: bool = False) -> Facts:
    meaning = facts.meaning
    if meaning is None:
        return facts
    act = Act(intent, category, facts.rules.reception.certain, meaning.text, meaning.slots)
    mood: Sentiment = "angry" if angry else meaning.sentiment
    return replace(facts, meaning=replace(meaning, acts=(act,), sentiment=mood))


def _upset(meaning: Meaning) -> bool:
    """Nothing but abuse: a complaint of an angry resident, whatever it resembles (S-REC-19)."""
    if len(meaning.acts) > 1 or len(meaning.text) > _SHORT or meaning.urgency == "emergency":
        return False
    return meaning.first.intent in (*_VAGUE, "complaint", "praise", "human") and is_abuse(meaning.text)


def _names_ticket(meaning: Meaning, facts: Facts) -> bool:
    """The number of a ticket of his own and a few words: 取消R261122-003, R261122-003改到明天."""
    number = meaning.slots.ticket
    if number is None or len(meaning.acts) > 1 or len(meaning.text) > _SHORT or meaning.urgency == "emergency":
        return False
    return any(ticket.number == number.upper() for ticket in facts.tickets)


def _asks_after(meaning: Meaning, facts: Facts) -> bool:
    """A question that only a matter in hand answers: 啥时候来水, 师傅几点来; none while something else is asked."""
    if len(meaning.acts) > 1 or len(meaning.text) > _SHORT or meaning.closed or meaning.urgency == "emergency":
        return False
    asked = any(not is_patient(frame) for frame in facts.conversation.frames)
    unclear = meaning.first.confidence < facts.rules.reception.sure or meaning.first.intent in (*_VAGUE, "inquiry")
    if asked or not unclear or not asks_after(meaning.text):
        return False
    return any(ticket.type in _JOBS and ticket.status in WORKING for ticket in facts.tickets)


def _came_back(meaning: Meaning, facts: Facts) -> Facts | None:
    """好像没修好, 还是老样子, with nothing open: the matter that was finished last is not mended (S-REPAIR-16)."""
    if len(meaning.acts) > 1 or len(meaning.text) > _SHORT or facts.conversation.frames or not comes_back(meaning.text):
        return None
    if any(ticket.type in _JOBS and ticket.status in WORKING for ticket in facts.tickets):
        return None
    since = facts.now - timedelta(days=_LATELY_DAYS)
    ended = [t for t in facts.tickets if t.type.value in ("repair", "complaint") and t.status in _FINISHED]
    lately = [t for t in ended if (t.finished_at or t.created_at or since) > since]
    vague = meaning.first.category in ("", "other") or meaning.first.confidence < facts.rules.reception.sure
    if not lately or not (vague or meaning.closed or meaning.first.intent in ("progress", *_VAGUE)):
        return None
    last = max(lately, key=lambda ticket: ticket.id)
    intent: Intent = "repair" if last.type is TicketType.REPAIR else "complaint"
    read = _read(facts, intent, last.category)
    return replace(read, meaning=replace(read.meaning, closed=False)) if read.meaning else None


def _is_unclear(meaning: Meaning, facts: Facts) -> bool:
    if meaning.urgency == "emergency" or len(meaning.acts) > 1 or len(meaning.text) > _SHORT:
        return False
    first = meaning.first
    return first.confidence < facts.rules.reception.sure or first.intent in _VAGUE or bare(meaning.text) in _FIXED


def _of_money(meaning: Meaning, facts: Facts) -> Intent | None:
    """Words that question, claim or postpone a payment, after a bill; without one only where the reading is near."""
    if kind_of(meaning.text) is None:
        return None
    said = facts.conversation.said
    after_bill = said.get("kind") == "topic" and said.get("intent") == "payment"
    near = meaning.first.confidence < facts.rules.reception.certain and any(
        reading.intent == "payment" for reading in meaning.choices[:2]
    )
    return "payment" if after_bill or near else None


def _of_ticket(meaning: Meaning, facts: Facts) -> Intent | None:
    """Another time, or a hurry, with a ticket open."""
    return "progress" if open_tickets(facts) and wanted(meaning.text) in ("reschedule", "urge") else None
