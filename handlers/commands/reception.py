"""The desk's other callers: prospects, officials, 找某人, desk business. Rules: S-REC-02, S-REC-04, S-REC-12..14."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.desk import hand_over
from handlers.dialog.codec import home_json
from handlers.dialog.form import Start, Step
from handlers.effects import Button, Phrase, Record, Say, ToGroup, ToStaff
from handlers.facts import Facts
from handlers.rules import dispatch
from handlers.rules.access import surname
from handlers.rules.desk import is_open, next_opening
from handlers.rules.masking import masked
from handlers.ticketing.people import roster
from nlp.meaning import Act
from storage.model import Role, Staff

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
_VIEWING = re.compile(r"(?:看房|参观(?:房|样板))(?!子|的|吃)|(?:想|要|来)看.{0,10}(?:栋|号楼|户型|房子)")
#: Somebody else's viewing: goods, gates, agents.
_NOT_MINE = re.compile(r"放行|中介|客户|有人|发票|装修|房东|带人")
_TOUR = re.compile(
    r"(?:组织|安排).{0,16}(?:参观|考察|观摩)|带.{0,8}(?:学生|代表|团|老师|同事|领导).{0,8}(?:参观|考察)|"
    r"(?:参观|考察|观摩|学习交流).{0,6}(?:小区|园区|项目|物业|社区|贵)"
)
_OFFICIAL = re.compile(
    r"(?:我|我们)(?:是|这边是|这里是).{0,12}(?:街道|社区|居委|派出所|城管|消防(?:队|支队|大队)|税务|住建|媒体|记者|供应商|公司|"
    r"单位|电视台|报社|执法)(?!.{0,4}(?:对面|旁边|附近))|公务(?:接洽|来访)|检查组"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕张孔曹严华金魏陶姜谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐费廉岑薛雷贺倪汤罗毕郝安常"
    "于傅卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛米贝明戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵季强贾路江童颜郭梅林刁钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应宗丁"
    "邓郁单洪包石崔吉龚程邢裴陆荣翁段侯宁仇武刘龙叶白温习向古易廖耿文欧曾游冉关"
)
_LOOKS_FOR = re.compile(
    r"(?:找|联系|叫)(?:一?下)?(?:你们)?(?:那个)?(?:维修|客服|物业|工程|保洁|秩序|前台|财务)?(?:部|队)?的?"
    rf"(?:[{_SURNAMES}](?:师傅|工(?!地|程))|[{_SURNAMES}][\u4e00-\u9fff]?(?:主任|经理|主管|队长|管家)|主任|经理|主管|领导|负责人|管家)"
)
_AT_DESK = re.compile(
    r"(?:我|我们|人)(?:已经?|刚)?(?:到|在)(?:了)?(?:你们)?(?:前台|客服中心|服务中心|物业(?:办公室|大厅|前台)|大厅)"
    r"(?:了|这里|这儿|门口)"
)
#: Titles by which a member is called: of the office, of those who work with their hands.
_TITLE = (r"(?:主任|经理|主管|队长|班长|管家|会计|助理)", r"(?:师傅|工|队长|班长)")
_HANDS = frozenset({Role.REPAIRER, Role.REPAIR_SUPERVISOR, Role.SECURITY, Role.CLEANING})
#: The colleague that officials ask for, by the words they use; the first named one.
_POSTS: tuple[tuple[str, Role], ...] = (
    ("财务|收费", Role.FINANCE),
    ("维修主管|工程", Role.REPAIR_SUPERVISOR),
    ("客服(?:主管|经理)", Role.CS_MANAGER),
    ("主任|总经理|项目经理|负责人|领导", Role.DIRECTOR),
)


def take(text: str, facts: Facts) -> list[Step] | None:
    """Officials, people who look for somebody, prospects, visitors at the desk; None for everybody else."""
    found = official(text, facts)
    if found is not None:
        return found
    if _LOOKS_FOR.search(text):
        return _sought(text, facts)
    if _TOUR.search(text):
        return [Start("service", {"kind": "tour", "text": text})]
    if _AT_DESK.search(text):
        return _at_desk(facts)
    return _viewing(text, facts) if _VIEWING.search(text) and not _NOT_MINE.search(text) else None


def official(text: str, facts: Facts) -> list[Step] | None:
    """Authorities, media, suppliers: their counterpart gets a card, they are handed over at once (S-REC-04)."""
    if not _OFFICIAL.search(text):
        return None
    role = next((role for words, role in _POSTS if re.search(words, text)), Role.CS_MANAGER)
    met = dispatch.of_role(roster(facts), role, Role.CS_MANAGER, Role.DIRECTOR)
    record = {"purpose": masked(text), "counterpart": met[0].id if met else None}
    return [*hand_over(facts, "official"), *_card(facts, "official", met[:1]), Record("official", _lane(facts), record)]


def _sought(text: str, facts: Facts) -> list[Step]:
    """A colleague is asked for: he gets a card and can take the chat; his own number is never given (S-REC-12)."""
    meant = _named_colleague(text, roster(facts))
    found: list[Step] = [*hand_over(facts, "person")]
    record = {"sought": meant.id if meant else None, "result": "called" if meant else "unknown"}
    return [*found, *_card(facts, "person", (meant,) if meant else ()), Record("sought", _lane(facts), record)]


def _named_colleague(text: str, staff: Sequence[Staff]) -> Staff | None:
    """By full name, by surname and title where only one fits, else by the post alone."""
    full = [s for s in staff if s.name and s.name in text]
    titled = [
        s for s in staff if s.name and re.search(rf"{surname(s.name)}{_TITLE[1 if s.role in _HANDS else 0]}", text)
    ]
    named = full or titled
    if named:
        return named[0] if len(named) == 1 else None
    role = next((role for words, role in _POSTS if re.search(rf"(?:找|联系|叫)[^，。]{{0,6}}(?:{words})", text)), None)
    held = dispatch.of_role(staff, role) if role else ()
    return held[0] if len(held) == 1 else None


def _card(facts: Facts, why: str, to: Sequence[Staff]) -> list[Step]:
    take_chat = (Button(f"takeover:{facts.speaker.lane}", Phrase("human.button.take")),)
    words = {"words": masked(facts.inbound.text)}
    return [Say(f"reception.card.{why}", words, ToStaff(s.id), "alert", buttons=take_chat) for s in to]


def _at_desk(facts: Facts) -> list[Step]:
    """Somebody stands at the desk: greeted here, and the desk hears it at once; at night the duty (S-REC-02)."""
    visit = Record("visit", _lane(facts), {"words": masked(facts.inbound.text)})
    if is_open(facts.local, facts.rules.desk):
        return [Say("reception.desk.open"), Say("reception.card.desk", {}, ToGroup("service"), "alert"), visit]
    duty = dispatch.duty(facts.rules.dispatch, roster(facts), facts.local)
    told: list[Step] = [Say("reception.card.desk", {}, ToStaff(s.id), "alert", urgent=True) for s in duty]
    return [Say("reception.desk.closed", {"opens": next_opening(facts.local, facts.rules.desk)}), *told, visit]


def _lane(facts: Facts) -> str:
    return facts.speaker.lane


def _viewing(text: str, facts: Facts) -> list[Step]:
    """Viewing hours and papers, then by appointment, until nine at the latest (S-REC-13, SC-D88, SC-D98)."""
    rules = facts.rules.desk
    names = {"opens": rules.viewing_opens, "closes": rules.viewing_closes, "latest": rules.viewing_until}
    hours = {name: f"{clock:%H:%M}" for name, clock in names.items()}
    late = facts.local.time() >= rules.viewing_closes
    key = "service.viewing.after_hours" if late else "service.viewing.hours"
    return [Say(key, hours), Start("service", {"kind": "viewing", "text": text})]


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
