"""Category to department, urgency and callback class. Rules: domain.md 3.5, 4.6, C-61, S-TRI-02, S-TRI-03."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.model import TicketType

#: The six staff groups (design.md 4).
GROUPS = ("repair", "service", "order", "clean", "manager", "finance")


@dataclass(frozen=True, slots=True)
class Trade:
    """How one category is treated.

    Attributes:
        doing: group that mends it (repair, emergency); `blamed`: group that answers a complaint about it.
        callback: class of its callback: safety, leak or other (SLA-30..32).
        skills: words in a member's skills that fit (S-TRI-03).
        urgent: urgent unless said otherwise (domain.md 3.5).
    """

    doing: str
    blamed: str
    callback: str = "other"
    skills: tuple[str, ...] = ()
    urgent: bool = False


_WATER = ("水", "管道", "暖通")
_POWER = ("电",)
_BUILDING = ("泥瓦", "土建", "木工", "瓦工", "油漆")


def _trades() -> dict[str, Trade]:
    """The default table, keyed by the labels of nlp/data."""
    fix, desk, order, clean, boss, money = "repair", "service", "order", "clean", "manager", "finance"
    table = {
        "water_leak": Trade(fix, fix, "leak", (*_WATER, "防水", "漏")),
        "flood": Trade(fix, fix, "leak", (*_WATER, "防水", "漏"), urgent=True),
        "drain": Trade(fix, fix, "other", (*_WATER, "疏通")),
        "electricity": Trade(fix, fix, "other", _POWER),
        "electric_shock": Trade(fix, fix, "safety", _POWER, urgent=True),
        "lift": Trade(fix, fix, "safety", ("电梯", "梯"), urgent=True),
        "gas": Trade(fix, fix, "safety", ("燃气", "煤气"), urgent=True),
        "fire_facility": Trade(fix, order, "safety", ("消防",)),
        "door_access": Trade(fix, fix, "safety", ("弱电", "门禁", "智能")),
        "network": Trade(fix, fix, "other", ("弱电", "网络")),
        "gate": Trade(fix, order, "other", ("弱电", "门禁")),
        "fire_passage": Trade(order, order, "safety", ("消防", "秩序")),
        "fire": Trade(order, order, "safety", ("消防", "秩序"), urgent=True),
        "falling_object": Trade(order, order, "safety", ("秩序",)),
        "decoration": Trade(desk, desk),
        "meter": Trade(fix, money, "other", _WATER),
        "cleaning": Trade(clean, clean),
    }
    plain: dict[str, tuple[str, str, tuple[str, ...]]] = {
        "water_supply water_pressure water_quality water_meter heating": (fix, fix, _WATER),
        "lighting charging appliance ac light_pollution": (fix, fix, _POWER),
        "wall building door_window lock road facility renovation": (fix, fix, _BUILDING),
        "hygiene greening pest": (clean, clean, ("保洁", "绿化", "消杀")),
        "parking security missing medical smoking illegal_building": (order, order, ("秩序",)),
        "noise oil_smoke pets group_rent illegal_use move visitor express lost_found": (desk, desk, ()),
        "certificate contact records service_price activity rules safety": (desk, desk, ()),
        "service": (fix, desk, ()),  # "装一下" is work for hands; a question about a service goes to the desk
        "staff_attitude property_management owners_committee privacy planning handover": (desk, boss, ()),
        "fee property_fee parking_fee water_fee electricity_fee gas_fee heating_fee utility_fee": (money, money, ()),
        "arrears invoice refund deposit maintenance_fund": (money, money, ()),
    }
    for names, (doing, blamed, skills) in plain.items():
        table |= {name: Trade(doing, blamed, "other", skills) for name in names.split()}
    return table


@dataclass(frozen=True, slots=True)
class TriageRules:
    """The department split [cfg].

    Attributes:
        trades: category label -> how it is treated.
        safety_words: in the text of a repair they make it a safety facility (C-61).
        municipal: complaint categories that depend on public utilities (SLA-22).
        departments: words that name the department a complaint about people is about (domain.md 4.6).
        urgent_words: an unclear message with one of them is urgent (domain.md 3.5).
    """

    trades: Mapping[str, Trade] = field(default_factory=_trades)
    safety_words: tuple[str, ...] = (
        "消防", "灭火器", "消火栓", "消防栓", "电梯", "门禁", "监控", "摄像头", "护栏", "栏杆", "扶手", "井盖",
        "裸露", "电线掉", "漏电", "燃气", "煤气", "天然气",
    )  # fmt: skip
    municipal: tuple[str, ...] = ("water_supply", "electricity", "gas", "heating", "road", "network")
    departments: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "order": ("保安", "门岗", "秩序", "安保", "门卫", "监控室"),
            "clean": ("保洁", "清洁工", "绿化工", "环卫", "扫地"),
            "repair": ("维修", "师傅", "水电工", "工程部"),
            "finance": ("收费员", "财务"),
            "service": ("客服", "前台", "管家", "接待"),
        }
    )
    urgent_words: tuple[str, ...] = (
        "爆管", "爆了", "喷水", "跑水", "冒烟", "起火", "漏电", "触电", "煤气味", "困电梯", "砸伤", "掉落",
        "堵消防通道", "打架", "危险",
    )  # fmt: skip


#: What a category without a line of its own gets, by type of ticket.
_FALLBACK = {
    TicketType.REPAIR: "repair",
    TicketType.EMERGENCY: "order",
    TicketType.COMPLAINT: "manager",
    TicketType.PAYMENT: "finance",
}


def trade(rules: TriageRules, category: str) -> Trade | None:
    """The line of a category, None for one that the table does not know."""
    return rules.trades.get(category)


def group_of(rules: TriageRules, type_: TicketType, category: str, text: str = "") -> str:
    """The department of a ticket (domain.md 3.5, 4.6). Favours and questions are the desk's, money is finance's."""
    if type_ in (TicketType.INQUIRY, TicketType.SUGGESTION, TicketType.PRAISE, TicketType.SERVICE):
        return "service"
    if type_ is TicketType.PAYMENT:
        return "finance"
    found = trade(rules, category)
    if type_ is TicketType.COMPLAINT:
        people = department_in(rules, text) if category in ("staff_attitude", "property_management") else None
        return people or (found.blamed if found else _FALLBACK[type_])
    return found.doing if found else _FALLBACK[type_]


def department_in(rules: TriageRules, text: str) -> str | None:
    """The department whose people a text speaks of, the first named one."""
    hits = [(text.find(word), group) for group, words in rules.departments.items() for word in words if word in text]
    return min(hits)[1] if hits else None


def safety_facility(rules: TriageRules, category: str, text: str) -> bool:
    """Whether the fault concerns a safety facility, which has a two-day callback (SLA-30, C-61)."""
    found = trade(rules, category)
    return bool(found and found.callback == "safety") or any(word in text for word in rules.safety_words)


def callback_class(rules: TriageRules, type_: TicketType, category: str, text: str = "") -> str | None:
    """The kind of callback: safety, leak, suggestion or other; None for praise, which asks for no work (5.1)."""
    if type_ is TicketType.PRAISE:
        return None
    if type_ is TicketType.SUGGESTION:
        return "suggestion"
    if type_ not in (TicketType.REPAIR, TicketType.EMERGENCY):
        return "other"
    found = trade(rules, category)
    if found and found.callback == "leak":
        return "leak"
    return "safety" if safety_facility(rules, category, text) else "other"


def default_urgency(rules: TriageRules, category: str, text: str) -> str:
    """The urgency of a repair nobody has rated: by category and words (domain.md 3.5)."""
    found = trade(rules, category)
    urgent = bool(found and found.urgent) or any(word in text for word in rules.urgent_words)
    return "urgent" if urgent else "normal"
