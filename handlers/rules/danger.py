"""Kinds of danger, and whether only property is at stake. Rules: S-EMERG-01, domain.md 7.13, design.md 10."""

import re

#: Category of nlp -> kind; each kind has the texts `emergency.<kind>` and `emergency.<kind>.again`.
_KINDS = {
    "fire": "fire",
    "gas": "gas",
    "lift": "lift",
    "electricity": "electric",
    "electric_shock": "electric",
    "flood": "water",
    "water_leak": "water",
    "water_supply": "water",
    "water_pressure": "water",
    "drain": "water",
    "heating": "water",
    "falling_object": "falling",
    "wall": "falling",
    "building": "falling",
    "greening": "falling",
    "security": "crime",
    "medical": "medical",
    "missing": "missing",
}
_WORDS = (
    ("fire", ("着火", "起火", "冒烟", "火灾", "烧起来", "浓烟", "焦味", "糊味")),
    ("gas", ("煤气", "燃气", "天然气", "瓦斯")),
    ("lift", ("困在电梯", "电梯里", "被困", "关在电梯", "电梯困")),
    ("electric", ("触电", "漏电", "电到", "火花", "电线掉")),
    ("water", ("爆管", "喷水", "跑水", "水管爆", "爆了", "淹", "涌水", "漫水")),
    ("falling", ("掉下来", "坠落", "砸", "脱落", "倒塌", "高空")),
    ("crime", ("小偷", "打架", "抢", "撬", "持刀", "入室", "砸门")),
    ("medical", ("晕倒", "摔倒", "流血", "昏迷", "心脏", "喘不", "受伤", "抽搐")),
    ("missing", ("走失", "不见了", "丢了孩子", "走丢")),
)
#: Words with 人 that speak of nobody in danger: a call for somebody to come, nobody hurt.
_NOBODY = re.compile(
    r"没有?人|有人吗|(?:快|赶紧|马上|赶快|叫|派|喊)?来(?:个|几个)?人|(?:叫|派|找|安排)(?:个|几个)?人|"
    r"家里有人|有人在家"
)
_PEOPLE = ("困", "人", "触电", "漏电", "伤", "孩子", "老人", "晕", "救命")


def kind_of(category: str, text: str) -> str:
    """fire, gas, lift, electric, water, falling, crime, medical, missing, else other."""
    if category in _KINDS:
        return _KINDS[category]
    return next((kind for kind, words in _WORDS if any(word in text for word in words)), "other")


def property_only(kind: str, text: str) -> bool:
    """Water gushes but nobody is in danger: a repair at urgency emergency, not an emergency ticket."""
    return kind == "water" and not any(word in _NOBODY.sub("", text) for word in _PEOPLE)
