"""Addresses in every writing: 3栋2单元501, 3-2-501, 3#2-501, 三栋二单元五零一, 88弄9号502, A区12幢1203, 商铺5号."""

import re

from nlp.meaning import Room
from nlp.slots.numeral import SPOKEN, spell
from nlp.slots.span import MOST, Found, blank

_N = rf"(?:\d{{1,4}}|[{SPOKEN}]{{1,5}})"
_AREA = rf"(?:(?P<area>[A-Za-z]|[东南西北中]|{_N})(?P<area_kind>区|期|苑(?!小区)|组团))?\s?"
_SEP = r"[\s,，、/·.的-]{0,2}"
_ROOM_N = rf"(?:\d{{3,4}}[A-Za-z]?|[{SPOKEN}]{{2,7}})"
_ROOM = (
    rf"(?P<room>{_ROOM_N}|[\d{SPOKEN}]{{1,3}}(?=室|号房|户(?!型)))"
    r"(?:[东西中南北]户|室|号?房(?![东产子租屋价])|户(?!型)|号(?!楼|线))?"
)
_NO_UNIT_AFTER = r"(?![\d号]|[元块度吨平天年月日点层楼人户次个斤岁米分秒%栋幢座期万]|\s?(?:元|块|kg))"
_UNIT = rf"(?P<unit>{_N}|[东西南北甲乙丙丁中A-Da-d])\s?(?:单元|门洞?(?=[\s{SPOKEN}\d])|梯(?=[\s{SPOKEN}\d]))"
_WING = r"(?:[东西中南北][户边侧门头])?"

#: Building, and perhaps unit and room, each with its word.
_WORDED = re.compile(
    rf"(?<![A-Za-z\d]){_AREA}(?P<building>(?!两[栋幢座])[A-Za-z]?{_N}|[A-Za-z](?=[栋幢座])|[东南西北](?=[栋幢座]))"
    rf"(?:号楼|号(?=[\s-]?(?:{_UNIT.replace('unit', 'u1')}))|栋楼?|幢楼?|座(?!机|位|椅|谈)|橦|#楼|楼座|"
    r"#(?=\D|$|[\d\s-]{3})|号院(?=\d))"
    rf"{_SEP}(?:{_UNIT}|(?P<bare_unit>\d{{1,2}})(?=-\d{{3}}))?{_SEP}{_WING}(?:{_ROOM}{_NO_UNIT_AFTER})?"
)
_LANE = re.compile(
    rf"(?P<lane>{_N})弄{_SEP}(?P<building>{_N})(?:号楼?|栋|幢)?{_SEP}(?:{_UNIT})?{_SEP}(?:{_ROOM}{_NO_UNIT_AFTER})?"
)
_NUMBER_ROOM = re.compile(rf"(?<![\d第单表{SPOKEN}]){_AREA}(?P<building>{_N})号{_SEP}{_ROOM}{_NO_UNIT_AFTER}")
_BAR = r"\s?(?:-|#-?|/|\\|杠|横|~|_)\s?"
_BARRED = re.compile(
    rf"(?<![A-Za-z\d-]){_AREA}(?P<building>[A-Za-z]?{_N}){_BAR}(?P<unit>\d{{1,2}}|[{SPOKEN}]{{1,2}}){_BAR}(?P<room>{_ROOM_N}){_NO_UNIT_AFTER}(?![\d-])"
)
_BARRED_PAIR = re.compile(
    rf"(?<![A-Za-z\d.-]){_AREA}(?P<building>[A-Za-z]?\d{{1,2}}|[{SPOKEN}]{{1,3}}){_BAR}(?P<room>{_ROOM_N}){_NO_UNIT_AFTER}(?![\d-]|.{{0,3}}车位)"
)
#: A-3-2-501: the letter in front of three numbers is the area.
_AREA_BARRED = re.compile(
    rf"(?<![A-Za-z\d-])(?P<area>[A-Za-z])(?P<area_kind>区?){_BAR}(?P<building>\d{{1,3}}){_BAR}(?P<unit>\d{{1,2}}){_BAR}"
    rf"(?P<room>\d{{3,4}}){_NO_UNIT_AFTER}(?![\d-])"
)
_BLANKED = re.compile(
    r"(?<![A-Za-z\d-])(?P<building>\d{1,2})[\s,，、](?P<unit>\d{1,2})[\s,，、](?P<room>\d{3,4})(?![\d-])"
    + _NO_UNIT_AFTER
)
_DOTTED = re.compile(r"(?<![\d.])(?P<building>\d{1,2})\.(?P<unit>\d{1,2})\.(?P<room>\d{3,4})(?![\d.])" + _NO_UNIT_AFTER)
_LETTERED = re.compile(
    r"(?<![A-Za-z\d-])(?P<building>[A-Da-d])[\s-]?(?P<room>\d{3,4})" + _NO_UNIT_AFTER + "(?![A-Za-z-])"
)
_UNIT_ONLY = re.compile(rf"(?<![A-Za-z\d]){_UNIT}{_SEP}{_WING}(?:{_ROOM}{_NO_UNIT_AFTER})?")
_SHOP = re.compile(
    rf"(?P<building>商铺|底商|门面房?|店铺|商业街|沿街铺面?|铺面){_SEP}(?P<room>[A-Za-z]?-?{_N})(?:号铺?|铺)?(?![\d个年月天元块平点])"
)
_ROOM_WORD = re.compile(
    rf"(?<![\d{SPOKEN}A-Za-z-])(?P<room>\d{{3,4}}[A-Za-z]?|[零〇幺一二两三四五六七八九十]{{3,4}})"
    r"(?:室|号?房(?![东产子租屋价间贷款])|户(?!型|人|业))"
)
_ROOM_BARE = re.compile(
    rf"(?:^|(?<=[。！!\n])|(?<=家住|我住|住在|我是|我家|这里|这边|这是|楼上|楼下|隔壁|对门|对面|家是|房号)|(?<=房号是|我家是|这里是|这边是|房间号)|(?<=你好[，,]|您好[，,]|师傅[，,])|(?<=在))\s?"
    rf"(?P<room>\d{{3,4}}|[零〇幺一二两三四五六七八九]{{3,4}})(?=[\u4e00-\u9fff，,\s的]|$){_NO_UNIT_AFTER}(?![,，\s]\d|[多余几来天]|\s?[号米]|路|国道|医院|寝室)"
)
_ANY = re.compile(rf"[\d{SPOKEN}]|单元|[栋幢座]")
_NEIGHBOUR = re.compile(r"(楼上|楼下|隔壁|对门|对面|邻居)[家的那户是]{0,2}$")
_NO_ADDRESS = re.compile(
    r"取[件货]码|提货码|验证码|密码|车[位牌]号?|快递|包裹|运单|泊位|订单|储物柜|航班|身份证|B\d?$|负$|-$|(?:工单|单子|编|单)号?[是为:]?\s?$"
)


def find_rooms(text: str, taken: list[tuple[int, int]] | None = None) -> list[Found[Room]]:
    """Every address of `text` in order; `taken` spans (phones, tickets, sums) are not looked at."""
    if not _ANY.search(text):
        return []
    rest = blank(text, taken or [])
    found: list[Found[Room]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            room = _room(match)
            if room is None or _NO_ADDRESS.search(rest[max(0, match.start() - 5) : match.start()]):
                continue
            start = match.start() + (len(match.group()) - len(match.group().lstrip()))
            found.append(Found(start, match.end(), room))
            if len(found) == MOST:
                return sorted(found, key=lambda one: one.start)
            rest = blank(rest, [(match.start(), match.end())])
    return sorted(found, key=lambda one: one.start)


def own_room(text: str, found: list[Found[Room]]) -> Room | None:
    """The speaker's own address: the first that is not said of a neighbour, else the first."""
    for one in found:
        if not _NEIGHBOUR.search(text[max(0, one.start - 5) : one.start]):
            return one.value
    return found[0].value if found else None


def _room(match: re.Match[str]) -> Room | None:
    parts = match.groupdict()
    building, unit, room = parts.get("building"), parts.get("unit") or parts.get("bare_unit"), parts.get("room")
    if building and not _small(building, 300):
        return None
    if unit and not _small(unit, 40):
        return None
    room = spell(room).upper() if room else None
    if room and (len(room) > 5 or room.startswith("000")):
        return None
    area = f"{spell(parts['area']).upper()}{parts['area_kind'] or '区'}" if parts.get("area") else None
    return Room(
        area=area,
        building=spell(building).upper() if building else None,
        unit=spell(unit).upper() if unit else None,
        room=room,
    )


def _small(said: str, limit: int) -> bool:
    digits = "".join(character for character in spell(said) if character.isdigit())
    return not digits or int(digits) <= limit


_PATTERNS = (
    _LANE,
    _AREA_BARRED,
    _BARRED,
    _WORDED,
    _SHOP,
    _BLANKED,
    _DOTTED,
    _UNIT_ONLY,
    _NUMBER_ROOM,
    _BARRED_PAIR,
    _ROOM_WORD,
    _LETTERED,
    _ROOM_BARE,
)
