"""`guanjia correct`: what a message really meant, kept as an example for the next training."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse

if TYPE_CHECKING:
    from bot.config import Config
    from bot.corrections import Correction
    from storage.model import Ticket
    from storage.unit_of_work import UnitOfWork

_NUMBER = re.compile(r"[A-Z]\d{6}-\d{1,6}")


def correct(
    what: Annotated[str | None, typer.Argument(help="工单号（如 R261122-003），或住户原话。")] = None,
    intent: Annotated[str | None, typer.Option("--intent", "-i", help="正确的意图，如 repair。")] = None,
    category: Annotated[str | None, typer.Option("--category", "-k", help="正确的类别，如 lighting。")] = None,
    by: Annotated[str | None, typer.Option("--by", help="纠正人的工号或账号。")] = None,
    show: Annotated[bool, typer.Option("--list", help="列出已有的纠正。")] = False,
    labels: Annotated[bool, typer.Option("--labels", help="列出可用的意图和类别。")] = False,
    export: Annotated[Path | None, typer.Option("--export", help="写成训练例句（*.jsonl）。")] = None,
    config: ConfigOption = None,
) -> None:
    """纠正一次理解，留作以后训练的例句；电话、房号、姓名不会保存。

    示例：guanjia correct R261122-003 --intent complaint --category noise --by W001
    导出并训练：guanjia correct --export var/examples/corrections.jsonl，再 guanjia train --corpus var/examples
    """
    if labels:
        _labels()
        return
    settings = load_config(config)
    if show or export is not None:
        _read(settings, export, show=show)
        return
    if not (what and intent and category and by):
        refuse(["请写明工单号或原话，以及 --intent、--category 和 --by；查看已有的纠正用 --list"])
    correction = _keep(settings, what, (intent, category), by)
    typer.echo(f"已记下：{correction.text} → {correction.intent}/{correction.category}（原为 {correction.was}）")


def _labels() -> None:
    from bot.llm import INTENTS
    from nlp.categories import categories

    typer.echo("意图：" + " ".join(INTENTS))
    typer.echo("类别：" + " ".join(sorted(categories())))


def _keep(settings: "Config", what: str, labels: tuple[str, str], by: str) -> "Correction":
    from bot import corrections
    from bot.accounts import find_staff
    from bot.cli._database import migrated
    from bot.clock import SystemClock
    from nlp.understand import load

    now = SystemClock().now().astimezone(next(iter(settings.estates().values())).timezone)
    with migrated(settings) as database, database.transaction() as uow:
        staff = find_staff(uow, by)
        if staff is None:
            refuse([f"没有工号或账号为 {by} 的员工"])
        ticket = _ticket(uow, what, now)
        words = corrections.words_of(uow, ticket) if ticket else what
        understander = load(settings.var / "model" if (settings.var / "model").exists() else None)
        meaning = understander.understand(words, now)
        try:
            correction = corrections.corrected(meaning, *labels, staff.number, now, ticket.number if ticket else None)
        except corrections.Refused as refused:
            refuse([str(refused)])
        corrections.keep(uow, correction, ticket.id if ticket else None)
    return correction


def _ticket(uow: "UnitOfWork", what: str, now: datetime) -> "Ticket | None":
    """The ticket that is named; None for words."""
    number = what.strip().upper()
    if not _NUMBER.fullmatch(number):
        return None
    found = uow.tickets.by_number(number, now.date())
    if not found:
        refuse([f"没有工单 {number}"])
    return found[0]


def _read(settings: "Config", export: Path | None, *, show: bool) -> None:
    from bot import corrections
    from bot.cli._database import migrated

    with migrated(settings) as database, database.reading() as uow:
        found = corrections.latest(corrections.kept(uow))
    if show:
        for one in found:
            ticket = f"  {one.ticket}" if one.ticket else ""
            typer.echo(f"{one.at:%Y-%m-%d}  {one.by}  {one.was} → {one.intent}/{one.category}  {one.text}{ticket}")
    if export is not None:
        export.parent.mkdir(parents=True, exist_ok=True)
        export.write_text("".join(f"{one.example()}\n" for one in found), encoding="utf-8")
        typer.echo(f"{len(found)} 条例句已写入 {export}")
