"""Who I am to the desk: 绑定, 解绑, 我的资料; other commands look for these words first. Rules: S-REC-07, INV-26."""

import re
from collections.abc import Callable
from datetime import timedelta

from handlers.account import begin_binding
from handlers.dialog.form import Start, Step
from handlers.effects import AddTask, Phrase, Record, Say
from handlers.facts import Facts
from handlers.rules.access import introduces
from handlers.rules.pushes import OPT_OUT
from storage.model import Role

_UNBIND = re.compile(r"解绑|解除绑定|取消绑定|注销(?:账号|我)|撤回.{0,4}(?:同意|授权)|不要再(?:用|存)我的")
_OPT_IN = re.compile(r"^(?:重新|恢复)?订阅(?:消息|通知|推送)?[。！!]?$|恢复推送")
_OPT_OUT = re.compile(r"^退订|不要再?(?:给我)?(?:发|推送)|别再?(?:给我)?(?:发|推送)")
_DATA = re.compile(r"(?:删除|导出|更正|复制|副本|查询|查看|要).{0,6}(?:个人|我的?).{0,4}(?:信息|资料|数据)")
_BIND = re.compile(r"绑定|身份(?:核对|核验|验证|认证)|(?:验证|核对|认证)身份|住户认证|业主认证")
#: Room and tail told unasked: he wants to be known.
_TELLS_TAIL = re.compile(r"(?:尾号|后四位|末四位|后4位|末4位)\D{0,3}\d{4}(?!\d)")
#: A copy within a day, a deletion within fifteen (reliability.md 6).
COPIED_IN, DELETED_IN = timedelta(hours=24), timedelta(days=15)


def take(text: str, facts: Facts) -> list[Step] | None:
    """Unbinding, a request about one's data, or binding; None: the words are about something else."""
    if facts.speaker.person is None and introduces(text):
        return _bind(facts)
    for pattern, do in _ACTS:
        if pattern.search(text):
            return do(facts)
    return None


def tells_who(text: str, facts: Facts) -> list[Step] | None:
    """A stranger names room and tail unasked: checked at once, and he hears what for (S-REC-07, PIPL art. 17)."""
    slots = facts.meaning.slots if facts.meaning else None
    named = slots is not None and slots.room is not None and slots.room.room is not None
    if facts.speaker.person is not None or not named or not _TELLS_TAIL.search(text):
        return None
    return [Say("bind_home.told", {"version": facts.rules.access.notice_version}), *_bind(facts)]


def _unbind(facts: Facts) -> list[Step]:
    return [Start("unbind", {})] if facts.speaker.person is not None else [Say("unbind.nothing")]


def _opt_out(facts: Facts) -> list[Step]:
    """No more pushes that are not needed; safety and bills still come (domain.md 8.19)."""
    return [Record(OPT_OUT, facts.speaker.lane, {"out": True}), Say("unbind.opted_out")]


def _opt_in(facts: Facts) -> list[Step]:
    return [Record(OPT_OUT, facts.speaker.lane, {"out": False}), Say("unbind.opted_in")]


def _data(facts: Facts) -> list[Step]:
    """A copy, a correction, a deletion: a person checks who asks, then does it in time (reliability.md 6)."""
    title = Phrase("bind_home.data_task")
    data = {"lane": facts.speaker.lane, "words": facts.inbound.text[:500]}
    due = facts.now + (DELETED_IN if "删除" in facts.inbound.text else COPIED_IN)
    task = AddTask("data_request", f"{facts.speaker.lane}@{facts.today}", title, Role.CS_MANAGER.value, due, data=data)
    return [task, Say("bind_home.data_request")]


def _bind(facts: Facts) -> list[Step]:
    if facts.speaker.homes:
        return [Say("bind_home.already", {"home": facts.speaker.homes[0].home})]
    return begin_binding(None, facts)


_ACTS: tuple[tuple[re.Pattern[str], Callable[[Facts], list[Step]]], ...] = (
    (_UNBIND, _unbind),
    (_OPT_IN, _opt_in),
    (_OPT_OUT, _opt_out),
    (_DATA, _data),
    (_BIND, _bind),
)
