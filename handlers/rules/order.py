"""Free or paid, the price list, what is on no list, what residents bring. Rules: S-REPAIR-02, -06, -11, -17, S-FEE-21.

domain.md 3.3: nobody in chat calls work free; a price line is named before the work, the truth is found on site (C-52).
"""

import re
from dataclasses import dataclass
from datetime import date, time

from handlers.rules.dated import FIRST_DAY


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line of 《有偿服务项目表及收费标准》: labour only, in fen for one `unit`; `words` name it in a report."""

    item: str
    unit: str
    amount_fen: int
    words: tuple[str, ...]
    since: date = FIRST_DAY
    source: str = "S-FEE-21"


_SAMPLE = (
    PriceLine("更换水龙头", "个", 3000, ("龙头",)),
    PriceLine("更换角阀、软管", "个", 2500, ("角阀", "软管", "三角阀")),
    PriceLine("疏通马桶", "次", 8000, ("马桶堵", "马桶不通", "马桶下不去", "坐便器堵", "通马桶")),
    PriceLine("疏通地漏、下水", "次", 6000, ("地漏堵", "下水道堵", "下水堵", "下水不通", "菜盆堵", "通下水", "通地漏")),
    PriceLine("更换灯具", "盏", 3000, ("灯泡", "灯管", "吸顶灯", "换灯", "换个灯", "灯坏", "灯不亮")),
    PriceLine("更换开关、插座", "个", 2000, ("开关", "插座")),
    PriceLine("更换门锁、锁芯", "把", 5000, ("门锁", "锁芯", "换锁")),
)


@dataclass(frozen=True, slots=True)
class OrderRules:
    """Values of this topic.

    Attributes:
        price_list: the published list; a new price is a new line with its first day, old lines stay (domain.md 3.3).
        sample: the list is sample data and is shown as such (domain.md F.14).
        additions: words of a wish for something new rather than for a repair.
        faults: words of something broken; with one of them a wish is a repair.
        audit_role_days: days in which a paid order is audited and handed to finance, day 1 to this day (SLA-27).
        papers_at: local time at which missing papers of an urgent job are asked of the supervisor (SLA-84).
        verdict_hours: hours in which the supervisor says whether work off the list can be done (SLA-83).
    """

    price_list: tuple[PriceLine, ...] = _SAMPLE
    sample: bool = True
    additions: tuple[str, ...] = (
        "安装", "装一下", "装个", "帮忙装", "加装", "组装", "打孔", "钻孔", "打个孔", "移位", "改造",
        "改线", "改管", "定做", "贴砖", "刷墙", "挂一下", "挂画", "布线",
    )  # fmt: skip
    faults: tuple[str, ...] = (
        "坏", "漏", "堵", "不亮", "断", "裂", "掉", "松", "不通", "不转", "打不开", "关不",
        "跳闸", "没电", "没水", "没反应", "卡",
    )  # fmt: skip
    audit_role_days: int = 3
    papers_at: time = time(20)
    verdict_hours: int = 4


_OWN = re.compile(
    r"(?:材料|配件|龙头|灯具?|锁|角阀|马桶|花洒|软管|插座|开关|东西).{0,6}(?:我|我们|家里)?(?:自己|都)?(?:已经?)?(?:买好|买了|备好|准备好|有新的)"
    r"|(?:我|我们)?自(?:己|家)?(?:买|备|带|准备).{0,4}(?:材料|配件|新的|龙头|灯|锁|角阀|马桶|花洒|软管|插座|开关)|自备材料|材料自备"
)
_DEFECT = re.compile(r"保修期|质保期|交房|收房|验房|刚入住|新房|开发商|空鼓|房屋质量|交付(?:时|后|标准)")


def price_of(rules: OrderRules, text: str, day: date) -> PriceLine | None:
    """The line of the list that a text names, as in force on `day`; the longest word decides."""
    lines = [line for line in rules.price_list if line.since <= day]
    hits = [(len(word), line.since, line) for line in lines for word in line.words if word in text]
    return max(hits, key=lambda hit: hit[:2])[2] if hits else None


def is_fault(rules: OrderRules, text: str) -> bool:
    """Whether the words name something broken."""
    return any(word in text for word in rules.faults)


def is_off_list(rules: OrderRules, text: str, day: date) -> bool:
    """Whether a resident wants something new that the list does not have: the supervisor decides (S-REPAIR-06)."""
    wants = any(word in text for word in rules.additions) and not is_fault(rules, text)
    return wants and price_of(rules, text, day) is None


def brings_material(text: str) -> bool:
    """Whether the resident bought the part himself; it is checked before it is used (S-REPAIR-11)."""
    return bool(_OWN.search(text))


def may_be_defect(text: str) -> bool:
    """Whether the words point to a defect of the building in warranty; staff decide (S-REPAIR-17)."""
    return bool(_DEFECT.search(text))
