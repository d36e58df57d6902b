"""The matter itself out of a resident's words: without greeting, address, phone and visiting time (S-REC-08, C-18).

Those have fields of their own on the ticket; what is left is what a repairman reads first.
"""

import re

_CLAUSE = re.compile(r"[，,。；;！!？?\n]+")
_GREETING = re.compile(
    r"^(你好|您好|在吗|喂|请问|师傅|物业|客服|麻烦(你们?|您)?|谢谢(你们?|您|师傅)?|辛苦了|急)+[呀啊哈吧的]?$"
)
_ROOM = re.compile(
    r"(我是|我家(住|在)?|这里是|这边是|住在?|地址是?|房号是?)?\s*"
    r"([A-Za-z]区)?\s*(\d{1,3}\s*(栋|幢|号楼|座|#|-|－)\s*)(\d{1,2}\s*(单元|-|－)\s*)?(\d{2,4}\s*(室|房|号|户)?)?"
    r"\s*(的?(业主|住户|租户))?[的 ]?"
)
_PHONE = re.compile(r"(我的?)?(联系)?(电话|手机号?|号码|联系方式)?(是|：|:)?\s*(\+?86)?\s*1\d{10}")
_VISIT = re.compile(
    r"^(我们?)?(今天|明天|后天|今晚|明早|周[一二三四五六日天末]|星期.|下周.|上午|下午|晚上|中午|早上|随时|全天|白天|"
    r"[零一二两三四五六七八九十\d]+[点时:：]\S{0,6}|以后|之后|以前|之前|都|到|至|-|左右)*"
    r"(我们?)?(家里)?(一直|都)?(有人|在家|方便|可以(来|上门)|过来|上门|能来)\S{0,4}$"
)
_EDGE = " 　、:：的-"


def gist(words: str) -> str:
    """What is left of a message when everything that has a field of its own is taken out; all of it when nothing is.

    Clauses keep their order and are joined by commas; at most 120 characters.
    """
    kept = [clean for clause in _CLAUSE.split(words) if (clean := _clause(clause.strip()))]
    short = "，".join(kept) or words.strip()
    return short if len(short) <= 120 else short[:119] + "…"


def _clause(clause: str) -> str:
    if _GREETING.match(clause) or _VISIT.match(clause):
        return ""
    rest = _PHONE.sub("", clause)
    rest = _ROOM.sub("", rest, count=1).strip(_EDGE)
    return "" if _GREETING.match(rest) or len(rest) < 2 else rest
