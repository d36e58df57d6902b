"""`guanjia import KIND FILE`: a list of the office, checked whole before any of it is stored."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse


class ListKind(StrEnum):
    """The five lists."""

    HOMES = "homes"
    RESIDENTS = "residents"
    STAFF = "staff"
    BILLS = "bills"
    FAQ = "faq"


def import_(
    kind: Annotated[
        ListKind,
        typer.Argument(help="homes 房屋 · residents 住户 · staff 员工 · bills 账单 · faq 知识库", show_choices=True),
    ],
    file: Annotated[Path, typer.Argument(help="CSV（UTF-8 或 GBK）或 XLSX，第一行为中文表头。")],
    config: ConfigOption = None,
    community: Annotated[
        str | None, typer.Option("--community", help="有多个小区时，导入到哪一个（communities 里的编号）。")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="只检查，不写入。")] = False,
) -> None:
    """导入名单。有错的行一次全部列出，并且什么都不写入（退出码 2）。

    示例：guanjia import homes 房屋表.xlsx
    """
    from rich.console import Console
    from rich.progress import Progress

    from bot.cli._database import migrated
    from bot.clock import SystemClock
    from bot.importing import ImportMistakes, parse_file, store_rows

    settings = load_config(config)
    if community is not None and community not in settings.estates():
        refuse([f"没有编号为 {community} 的小区；可用的有 {'、'.join(settings.estates())}"])
    if community is None and len(settings.estates()) > 1:
        refuse(["配置了多个小区，请用 --community 写明导入到哪一个"])
    try:
        parsed = parse_file(kind.value, file)
        if check:
            typer.echo(f"{file.name}：{len(parsed.rows)} 行都可以导入。")
            return
        with (
            migrated(settings) as database,
            Progress(console=Console(stderr=True), transient=True) as bar,
            database.transaction(community) as uow,
        ):
            task = bar.add_task("正在导入", total=len(parsed.rows))
            counts = store_rows(uow, parsed, SystemClock().now(), lambda done, _: bar.update(task, completed=done))
    except ImportMistakes as wrong:
        refuse([f"{file.name} 没有导入：", *(f"  {line}" for line in wrong.lines())])
    typer.echo(f"{file.name}：新增 {counts.added}，更新 {counts.changed}，未变 {counts.same}。")
