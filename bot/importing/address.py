"""Which home a row means: 楼栋, 单元 and 房号 in columns of their own, or all in one cell as `3-2-501`."""

import re
from collections.abc import Mapping

from bot.importing.cell import Wrong, address_part
from bot.importing.table import Cell
from storage.import_row import HomeKey

#: Words that follow each part.
PARTS = {"楼栋": "号楼|栋楼?|幢楼?|座|号|楼|#", "单元": "单元|门|梯|#", "房号": "号房|室|户|房|号|铺"}
_AREA = re.compile(r"(?P<area>.{1,4}?(?:区|期|苑|组团))(?P<building>.+)")
_TOGETHER = re.compile(
    r"(?P<building>[A-Z]?\d{1,3}|[A-Z])(?:栋|幢|号楼|座|-)(?:(?P<unit>\d{1,2}|[东西甲乙丙丁])(?:单元|-))?(?P<room>\d{2,4}[A-Z]?)"
)


def home_key(cells: Mapping[str, Cell]) -> HomeKey:
    """The home of a row.

    Raises:
        Wrong: no room, no building, or something that Excel made of them.
    """
    parts = {name: address_part(cells.get(name, ""), words, name) for name, words in PARTS.items()}
    building, unit, room = parts["楼栋"], parts["单元"], parts["房号"]
    if room is None:
        raise Wrong("不能为空")
    if building is None:
        whole = _TOGETHER.fullmatch(room)
        if whole is None:
            raise Wrong("缺少楼栋；也可以在房号里写全，例如 3-2-501")
        building, unit, room = whole["building"], whole["unit"] or unit, whole["room"]
    inside = _AREA.fullmatch(building)
    area = inside["area"] if inside else None
    return HomeKey(area, inside["building"] if inside else building, unit, room)
