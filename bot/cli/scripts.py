"""`guanjia scripts preview`: the courtesy scripts as residents read them, checked before they go live (domain.md 8)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse

if TYPE_CHECKING:
    from bot.scripts import Shown

APP = typer.Typer(
    help="话术：预览和检查发给住户的每一句话。示例：guanjia scripts preview complaint --file 新话术.yaml",
    no_args_is_help=True,
)


@APP.callback()
def _scripts() -> None:
    """话术：预览和检查发给住户的每一句话。"""


@APP.command()
def preview(
    which: Annotated[
        list[str] | None, typer.Argument(help="只看这些：键的开头（如 complaint.）或话术编号（如 SC-D40）；默认全部。")
    ] = None,
    file: Annotated[
        list[Path] | None, typer.Option("--file", "-f", help="还没有启用的话术文件，先看样子、先检查；可多次。")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """用样例内容显示每条话术的键、编号、样子和按钮，并检查用语。var/texts 里的文件已经算在内。

    有错时逐条列出文件、键和原因，退出码为 2。检查：没有的键和占位符、漏掉的 [[ ]]、禁用语、空头承诺、
    该致歉而没有致歉、一次问几件事。

    示例：guanjia scripts preview SC-D42；guanjia scripts preview --file 新话术.yaml
    """
    from bot.clock import SystemClock
    from bot.scripts import Samples, chosen
    from handlers.texts import Texts
    from handlers.texts.check import mistakes

    settings = load_config(config)
    files = file or []
    if missing := [each for each in files if not each.is_file()]:
        refuse(f"--file {each}：没有这个文件" for each in missing)
    texts, wrong = Texts.read([settings.var / "texts", *files])
    estate = settings.estate_facts(next(iter(settings.estates())))
    keys = chosen(texts, which or [])
    if not keys:
        refuse([f"没有这样的话术：{'、'.join(which or [])}。可写键的开头，如 complaint.，或编号，如 SC-D42"])
    new = {str(each) for each in files}
    if files and not which:
        keys = [key for key in keys if texts.source(key) in new]
    samples = Samples(texts, estate, SystemClock().now().astimezone(estate.zone))
    for key in keys:
        _print(samples.show(key))
    wrong += mistakes(texts, estate, keys)
    if wrong:
        refuse([f"有 {len(wrong)} 处需要修改：", *(f"  {each}" for each in wrong)])
    typer.echo(f"共 {len(keys)} 条，检查通过。")


def _print(shown: "Shown") -> None:
    """A heading of key, script and file, then the wording, then the buttons."""
    typer.echo(" · ".join(part for part in (shown.key, shown.script, shown.source) if part))
    for line in shown.rendered.body.splitlines():
        typer.echo(f"    {line}")
    if shown.rendered.buttons:
        typer.echo("    " + " ".join(f"[{label}]" for _, label in shown.rendered.buttons))
    typer.echo()
