"""The desk's other callers: prospects, officials, 找某人, desk business. Rules: S-REC-04, S-REC-12, S-REC-13."""

import re
from collections.abc import Mapping
from typing import Any

from handlers.desk import hand_over
from handlers.dialog.codec import home_json
from handlers.dialog.form import Start, Step
from handlers.effects import Say
from handlers.facts import Facts
from nlp.meaning import Act

#: Categories of inquiries that are desk business, and the service form's kind for each.
KINDS: Mapping[str, str] = {
    "visitor": "visitor",
    "move": "move",
    "certificate": "card",
    "door_access": "card",
    "contact": "record",
    "records": "record",
    "express": "errand",
    "service": "errand",
    "lost_found": "lost",
    "invoice": "errand",
    "housing_rent": "lease",
    "decoration": "decoration",
    "activity": "activity",
    "parking": "parking",
}
#: Words that name the service whatever the category says; the first hit wins.
_WORDS: tuple[tuple[str, str], ...] = (
    ("move", r"放行|搬家|搬出|搬东西|出门条"),
    ("visitor", r"访客|来访|亲戚来|朋友来|客人来"),
    ("card", r"(?:办|补|换|领|开通).{0,6}(?:门禁卡|停车证|出入证|门卡|证|卡)"),
    ("parking", r"(?:租|办|续|申请).{0,4}车位"),
    ("lease", r"(?:帮我|委托|想).{0,6}(?:出租|租出去|卖房|出售)"),
    ("decoration", r"(?:申请|申报|办理?|报备).{0,4}装修|装修.{0,4}(?:申请|申报|报备|验收)"),
    ("lost", r"捡到|丢了|遗失|落在"),
    ("errand", r"代收|代办|代寄|便民|保洁服务|上门(?:保洁|清洗)|借(?:用|一下)?.{0,4}(?:推车|工具|雨伞|充气)"),
    ("activity", r"报名"),
    ("record", r"(?:换|改|更新|变更).{0,4}(?:手机|电话|车牌|联系方式)|过户|房子卖了"),
)
_VIEWING = re.compile(r"看房|参观(?:房|样板)|(?:想|要|来)看.{0,10}(?:栋|号楼|户型|房子)")
_OFFICIAL = re.compile(
    r"(?:我|我们)(?:是|这边是|这里是).{0,12}(?:街道|社区|居委|派出所|城管|消防(?:队|支队|大队)|税务|住建|媒体|记者|供应商|公司|单位|电视台|报社|执法)|公务|检查组"
)
_LOOKS_FOR = re.compile(
    r"(?:找|联系|叫)(?:一下)?(?:你们)?(?:[\u4e00-\u9fff]{1,2}(?:主任|经理|师傅|主管|队长|管家|工)|主任|经理|领导|负责人|管家)"
)


def take(text: str, facts: Facts) -> list[Step] | None:
    """Officials, people who look for somebody, prospects; None for everybody else."""
    if _OFFICIAL.search(text):
        return hand_over(facts, "official")
    if _LOOKS_FOR.search(text):
        return hand_over(facts, "person")
    return _viewing(text, facts) if _VIEWING.search(text) else None


def _viewing(text: str, facts: Facts) -> list[Step]:
    """Viewing hours and papers, then by appointment, until nine at the latest (S-REC-13, SC-D88, SC-D98)."""
    rules = facts.rules.desk
    names = {"opens": rules.opens, "closes": rules.closes, "latest": rules.viewing_until}
    hours = {name: f"{clock:%H:%M}" for name, clock in names.items()}
    return [Say("service.viewing.hours", hours), Start("service", {"kind": "viewing", "text": text})]


def is_service(act: Act, text: str) -> bool:
    """Whether the words ask the desk for a service: by what they name, else by their category."""
    return names_service(text) or act.category in KINDS


def names_service(text: str) -> bool:
    """Whether the words themselves name a service of the desk."""
    return _named(text) is not None


def _named(text: str) -> str | None:
    return next((kind for kind, words in _WORDS if re.search(words, text)), None)


def begin(act: Act, text: str, facts: Facts) -> dict[str, Any]:
    """First answers of the service form."""
    homes = facts.speaker.homes
    home = {"home": home_json(homes[0].home)} if len(homes) == 1 else {}
    return {"kind": _named(text) or KINDS.get(act.category, "errand"), "text": text, "category": act.category, **home}
