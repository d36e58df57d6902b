"""A matter told in the resident's words, bit by bit: a list that grows with every message about it."""

import re
from collections.abc import Sequence

from handlers.dialog.form import Answers, Bad, Got, Read, Reader
from handlers.facts import Facts
from handlers.readers import free_text, spoken
from handlers.rules.fault import names_fault

#: Longer stories are cut; the pictures and the visit tell the rest.
MAX_PARTS = 12
_GREETING = re.compile(
    r"^(你好|您好|在吗|喂|请问|哈喽|hello|hi|师傅|物业|客服|管家|麻烦了?|谢谢.{0,4}|辛苦.{0,4})+[啊呀吗呢]?$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"^(我?们?(是|住|在|家)?(这里)?(是|住|在)?)?[\dA-Za-z一二三四五六七八九十东西南北]+[栋幢座号\-#].{0,14}[\d室号房户的]$"
)
_VISIT = re.compile(
    r"(现在|这会儿?|今天|明天|后天|周[一二三四五六日天末]|星期|礼拜|上午|中午|下午|晚上|随时|尽快|[\d一二两三四五六七八九十]+点|\d[:：]\d)"
    r".{0,8}(在家|有人|有空|方便|来|上门|都行|都可以|修|过来|以后|之后|之前|前|后|$)"
)
#: Words that only say what kind of matter follows.
_ANNOUNCED = re.compile(
    r"^(我们?)?(想|要|来|想要|需要)*(投诉|举报|反映|报修|报个?修|咨询)(一下|个)*(问题|情况|事情?)?$|"
    r"^我们?是(这里的|你们的?)?(业主|租户|住户|租客)$"
)
_LINK = re.compile(r"^(另外|还有|顺便(问一下|说一下)?|对了|然后|还有就是)(?=.)")
_PHONE = re.compile(r"\d{7,}")
_TELLING = ("repair", "complaint", "emergency", "progress")


def is_told(text: str, empty: str) -> bool:
    """Whether something is left of the words when those that only announce a matter (`empty`, a pattern) are gone."""
    rest = re.sub(r"[\s\W_]+", "", re.sub(empty, "", text))
    return len(rest) >= 2


def brief(parts: Sequence[str], *, visits: bool = False) -> str:
    """The matter without greeting, address and phone, which have fields of their own; so has the time of a visit."""
    pieces = [piece.strip() for part in parts for piece in re.split(r"[，,。；;！!\s]+", part)]
    pieces = [_LINK.sub("", piece) for piece in pieces]
    kept = [piece for piece in pieces if piece and not _is_frame(piece, visits=visits)]
    return "，".join(dict.fromkeys(kept)) or "；".join(parts)


def _is_frame(piece: str, *, visits: bool) -> bool:
    if names_fault(piece):
        return False
    patterns = (_GREETING, _ANNOUNCED, _ADDRESS, _PHONE, *((_VISIT,) if visits else ()))
    return any(pattern.search(piece) for pattern in patterns)


def story_read(slot: str) -> Reader:
    """Read free words as the next part of the story."""
    read_words = free_text(min_chars=2)

    def read(facts: Facts, answers: Answers) -> Read:
        said = spoken(facts)
        read = None if only_frame(said) or _GREETING.match(said) else read_words(facts, answers)
        if read is None or isinstance(read, Bad):
            return read
        return Got([*answers.get(slot, ()), read.value][:MAX_PARTS])

    return read


def only_frame(text: str) -> bool:
    """Nothing but an address or a phone number, which answers no question for words."""
    pieces = [piece for piece in re.split(r"[，,。；;！!\s]+", text.strip()) if piece]
    return bool(pieces) and all(_ADDRESS.search(piece) or _PHONE.search(piece) for piece in pieces)


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
