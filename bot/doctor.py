"""What can be wrong around the program: each check is a small function, so that one failure hides no other."""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from bot.config import Config
from handlers.rules.calendar import CalendarRules, official, year_to_announce
from storage.database import Database
from storage.errors import StorageError
from storage.model import Role

Grade = Literal["ok", "warn", "bad"]
#: Less free space than this stops mass sending (INV-32).
DISK_FREE_BYTES = 500 * 1024 * 1024
#: Roles without which alarms end nowhere (domain.md 10.2).
NEEDED_ROLES = (Role.CS_MANAGER, Role.DIRECTOR, Role.REPAIR_SUPERVISOR, Role.DUTY)


@dataclass(frozen=True, slots=True)
class Finding:
    """One result: how grave, about what, and what to do."""

    grade: Grade
    about: str
    text: str


def examine(config: Config, database: Callable[[], Database], today: date) -> Iterator[Finding]:
    """Every finding about this installation; `today` is the estate's date."""
    for notice in config.notices:
        yield Finding("warn", "配置", notice)
    yield from _modes(config)
    yield from _keys(config.var)
    yield _disk(config.var)
    yield _calendar(config.rules.calendar, today)
    yield from _database(config, database)


def _modes(config: Config) -> Iterator[Finding]:
    accounts = [name for name, account in config.channels.accounts().items() if account.enabled]
    yield Finding("ok" if accounts else "bad", "渠道", "、".join(accounts) or "没有启用任何渠道，请检查 channels")
    without = [title for name, title in config.groups.titles().items() if name not in config.groups.robots()]
    if without:
        yield Finding("warn", "工作群", f"{'、'.join(without)} 没有机器人，消息只显示在工作台上")
    if not config.server.loopback and config.server.public_url is None:
        yield Finding("warn", "地址", "server.public_url 没有填写，消息里的链接会打不开")


def _keys(var: Path) -> Iterator[Finding]:
    if not (var / "cipher.key").exists():
        yield Finding("warn", "密钥", "还没有生成（或写在环境变量里）；第一次运行 guanjia migrate 时生成")
        return
    for path in sorted(var.glob("*.key")):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("bad", "密钥", f"{path} 别人也能读，请执行：chmod 600 {path}")
            return
    yield Finding("ok", "密钥", "权限正确；请另存一份 cipher.key，丢失后姓名电话无法解密")


def _disk(var: Path) -> Finding:
    place = next(path for path in (var, *var.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free < DISK_FREE_BYTES:
        return Finding("bad", "磁盘", f"只剩 {free // 2**20} MB，请尽快清理")
    return Finding("ok", "磁盘", f"剩余 {free / 2**30:.1f} GB")


def _calendar(rules: CalendarRules, today: date) -> Finding:
    """The working-day calendar of this year and, near its end, of the next (INV-17)."""
    missing = today.year if not official(rules, today.year) else year_to_announce(rules, today)
    if missing:
        advice = f"{missing} 年还没有国务院放假安排，暂按周一至周五算；公布后请升级 holidays 库或写进 rules.calendar"
        return Finding("warn", "日历", advice)
    return Finding("ok", "日历", f"{today.year} 年放假安排齐全")


def _database(config: Config, database: Callable[[], Database]) -> Iterator[Finding]:
    kind = "SQLite，单进程" if config.database.url.startswith("sqlite") else "PostgreSQL"
    try:
        opened = database()
        if not opened.is_current():
            yield Finding("bad", "数据库", "还没有升级，请运行 guanjia migrate")
            return
        with opened.reading() as uow:
            homes, staff = uow.homes.count(), uow.staff.all()
    except StorageError as error:
        yield Finding("bad", "数据库", f"连不上或不可用：{error}")
        return
    yield Finding("ok", "数据库", f"{kind}，{homes} 户，{len(staff)} 名员工")
    roles = {member.role for member in staff}
    missing = [role.value for role in NEEDED_ROLES if role not in roles]
    if staff and missing:
        yield Finding("warn", "员工", f"没有人担任 {'、'.join(missing)}，相应的升级提醒会落到上一级")
