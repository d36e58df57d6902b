"""What the commands share: the configuration option, and how they speak of what is wrong."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.config import Config

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", envvar="GUANJIA_CONFIG", help="配置文件，默认 ./config.yaml。")
]
#: Bad use, bad input, bad configuration (design.md 4).
BAD_INPUT = 2


def refuse(lines: Iterable[str]) -> NoReturn:
    """Print what is wrong on standard error and exit with code 2."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(BAD_INPUT)


def load_config(path: Path | None) -> "Config":
    """The configuration; every mistake is printed with its path, then the command ends with code 2."""
    from bot.config import Config, ConfigErrors

    try:
        return Config.load(path, os.environ)
    except ConfigErrors as errors:
        lines = [f"  {mistake.path}：{mistake.text}" for mistake in errors.mistakes]
        refuse([f"配置有 {len(lines)} 处需要修改：", *lines])
