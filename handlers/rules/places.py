"""Inside a home or in a public area, and whether two reports are one matter. Rules: S-REPAIR-18, S-REC-09, C-29."""

import re

from storage.model import Home, Ticket

#: Categories that are never inside a home.
PUBLIC_CATEGORIES = frozenset(
    "lift gate road greening fire_facility fire_passage charging facility hygiene parking security fire".split()  # noqa: SIM905
)
#: Categories that may be either; without a place it is asked.
EITHER = frozenset({"lighting"})
_PUBLIC = (
    "楼道", "走廊", "过道", "大堂", "大厅", "电梯", "车库", "停车场", "车位", "小区", "大门", "单元门", "岗亭",
    "花园", "广场", "天台", "楼顶", "屋顶", "楼梯", "外墙", "消防", "绿化", "儿童", "健身", "游乐", "泳池", "垃圾",
    "公共", "围墙", "井盖", "路灯", "步道", "道路", "马路", "门禁", "道闸", "充电桩", "凉亭", "快递柜", "水泵房",
    "配电房", "商铺", "底商", "门面房", "店门口", "沿街", "地下室", "架空层", "草坪", "长椅",
)  # fmt: skip
_HOME = (
    "厨房", "卫生间", "洗手间", "厕所", "浴室", "淋浴", "客厅", "卧室", "阳台", "书房", "家里", "我家", "屋里",
    "室内", "餐厅", "玄关", "次卧", "主卧", "房间", "飘窗", "入户门", "家中", "我们家", "马桶", "水龙头", "洗碗",
    "热水器", "花洒", "洗菜", "洗脸", "水槽",
)  # fmt: skip
#: Public places that belong to one building: the speaker's own is meant when he names none.
_OF_BUILDING = (
    "楼道",
    "走廊",
    "过道",
    "大堂",
    "电梯",
    "单元门",
    "天台",
    "楼顶",
    "屋顶",
    "楼梯",
    "外墙",
    "门禁",
    "架空层",
)
#: Categories that people use for one and the same trouble.
_FAMILY = {"flood": "water_leak", "electric_shock": "electricity"}
_BLOCK = re.compile(r"[\dA-Za-z一二三四五六七八九十东西南北]+(?:栋|幢|号楼|座|单元|号门|门洞|楼|层|室|号|区)")
_ROOM_ALONE = re.compile(r"(?<!\d)\d{3,4}(?:室|号|房|户)?(?!\d)")
_AROUND = re.compile(r"[\s\W_]+|就?在|就?是|这里|那里|这边|那边|旁边|附近|门口|门前|门外|那儿|对面|里面?|那个|的")
_FINISHED_AGAIN = (
    "还有点",
    "还有些",
    "还会",
    "没好",
    "老样子",
    "白修",
    "又",
    "还是",
    "还在",
    "仍",
    "没修好",
    "没有修好",
    "复发",
    "再次",
    "重新",
    "依旧",
    "照样",
    "没解决",
    "修了还",
)
_ANOTHER = ("另一", "另外", "别的", "还有一处", "还有一个", "别处", "新的问题", "第二处", "不是同一")


#: 商铺6号: a shop with its number is somebody's own, like a home.
_OWN_SHOP = re.compile(r"(?:商铺|底商|门面房?|店铺|铺面)\s*[A-Za-z]?-?\d+")


def is_public(category: str, place: str | None, text: str) -> bool | None:
    """Whether a fault lies in a public area; None when neither place, words nor category say it."""
    said = f"{place or ''} {text}"
    if any(word in said for word in ("我家", "家里", "屋里", "室内", "家中", "我们家")):
        return False
    if _OWN_SHOP.search(said):
        return False
    if any(word in said for word in _PUBLIC):
        return True
    if any(word in said for word in _HOME):
        return False
    if category in PUBLIC_CATEGORIES:
        return True
    return None if category in EITHER else False


def of_building(place: str) -> bool:
    """Whether such a place exists once per building, so that the speaker's own building may be meant."""
    return any(word in place for word in _OF_BUILDING)


def place_in(text: str) -> str | None:
    """The first public place that a text names, for messages whose reading gave no place."""
    hits = [(text.find(word), -len(word), word) for word in _PUBLIC if word in text]
    return min(hits)[2] if hits else None


def only_where(text: str, place: str | None) -> bool:
    """Nothing but where: an address of a block and the name of a place tell no fault."""
    rest = _ROOM_ALONE.sub("", _BLOCK.sub("", text))
    for word in filter(None, (place, place_in(rest))):
        rest = rest.replace(word, "")
    return len(_AROUND.sub("", re.sub(r"^(我|我家|我们|位置|地址)+(是|在|住)?", "", rest))) < 2


def means_again(text: str) -> bool:
    """The words speak of a fault that came back or was not mended (S-REPAIR-16)."""
    return any(word in text for word in _FINISHED_AGAIN)


def means_another(text: str) -> bool:
    """The words speak of one more, other fault."""
    return any(word in text for word in _ANOTHER)


def family(category: str) -> str:
    """One label for the categories that people use for the same trouble."""
    return _FAMILY.get(category, category)


def same_matter(ticket: Ticket, category: str, home: Home | None, place: str | None, thing: str | None) -> bool:
    """Whether a new report is about a ticket's matter: same category and home, no other place or thing named."""
    if family(ticket.category) != family(category):
        return False
    if home and ticket.home and home.id != ticket.home.id:
        return False
    other_place = bool(place and ticket.place and not _alike(place, ticket.place))
    other_thing = bool(thing and ticket.object and not _alike(thing, ticket.object))
    return not other_place and not (other_thing and not (place and ticket.place))


def _alike(one: str, two: str) -> bool:
    return one in two or two in one
