"""`guanjia evaluate`: how well labelled messages are understood, as lines or as a page."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli._shell import ConfigOption, load_config, refuse


def evaluate(
    labelled: Annotated[
        Path | None, typer.Argument(help="标注好的消息（JSON 行，与例句同一格式）；默认用自带的检验句。")
    ] = None,
    config: ConfigOption = None,
    html: Annotated[Path | None, typer.Option("--html", help="另写成网页，便于传阅。")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="模型目录，默认 var/model，没有则用内置模型。")] = None,
) -> None:
    """用标注好的消息检验理解得准不准：准确率、紧急召回、各意图的得失和最常见的混淆。

    示例：guanjia evaluate var/examples/corrections.jsonl --html 理解报告.html
    """
    from nlp.evaluate import HELD_OUT, cases, outcomes, render, report
    from nlp.understand import load

    labelled = labelled or HELD_OUT
    own = load_config(config).var / "model"
    try:
        found = cases(labelled)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        refuse([f"{labelled}：读不出来（{type(error).__name__}: {error}）"])
    if not found:
        refuse([f"{labelled}：没有消息"])
    typer.echo(f"正在理解 {len(found)} 条消息……", err=True)
    figures = report(outcomes(load(model or (own if own.exists() else None)), found))
    typer.echo(render(figures))
    if html is not None:
        html.write_text(_page(figures), encoding="utf-8")
        typer.echo(f"网页已写入 {html}", err=True)


def _page(figures: object) -> str:
    """The report as one page that needs nothing else; messages are shown as text, whatever they hold."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(loader=PackageLoader("bot.web"), autoescape=True, undefined=StrictUndefined)
    return pages.get_template("evaluation.html").render(figures=figures)
