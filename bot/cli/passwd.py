"""`guanjia passwd`: set a member's console password, or shut his account (INV-27, INV-28)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse

if TYPE_CHECKING:
    from bot.config import Config
    from storage.model import Staff
    from storage.unit_of_work import UnitOfWork


def passwd(
    login: Annotated[str, typer.Argument(help="工号或账号；登录时就用它。")],
    config: ConfigOption = None,
    generate: Annotated[bool, typer.Option("--generate", help="生成一个密码并显示一次。")] = False,
    off: Annotated[bool, typer.Option("--disable", help="停用：不能再登录，立即退出；重设密码即恢复。")] = False,
) -> None:
    """设置或重置一位员工的工作台密码，他的其他登录随即失效。密码从终端输入，或从标准输入读一行。

    示例：guanjia passwd W001
    """
    from bot.accounts import LONGEST, SHORTEST, disable, set_password
    from bot.secrets import Secret, new_password

    settings = load_config(config)
    if off:
        with _member(settings, login) as (uow, staff):
            if not disable(uow, login, staff):
                refuse([f"{login} 没有设过密码，本来就不能登录"])
        typer.echo(f"{login} 已停用。")
        return
    password = Secret(new_password() if generate else _asked())
    if not SHORTEST <= len(password.reveal()) <= LONGEST:
        refuse([f"密码应为 {SHORTEST}–{LONGEST} 个字符"])
    with _member(settings, login) as (uow, staff):
        set_password(uow, login, staff, password)
    typer.echo(f"{login} 的密码已设置。" + (f"新密码：{password.reveal()}" if generate else ""))


@contextmanager
def _member(settings: "Config", login: str) -> "Iterator[tuple[UnitOfWork, Staff]]":
    """One transaction about a member of staff; who is not on the list ends the command."""
    from bot.accounts import find_staff
    from bot.cli._database import migrated

    with migrated(settings) as database, database.transaction() as uow:
        staff = find_staff(uow, login)
        if staff is None:
            refuse([f"没有工号或账号为 {login} 的员工，请先导入员工名单"])
        yield uow, staff


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("新密码", hide_input=True, confirmation_prompt="再输一次")
    return password
