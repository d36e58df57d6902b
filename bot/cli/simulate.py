"""`guanjia simulate`: a scenario through the real spine under a virtual clock (design.md 6)."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

EXAMPLE = """Example: guanjia simulate story.jsonl --load homes=homes.csv --load residents=residents.csv --load staff=staff.csv"""


def simulate(
    scenario: Annotated[Path, typer.Argument(help="JSON lines, in time order; - reads standard input.")],
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; default: the one beside you.")] = None,
    load: Annotated[list[str] | None, typer.Option("--load", help="KIND=FILE, e.g. homes=homes.csv")] = None,
    db: Annotated[str, typer.Option("--db", help="Database URL; default: a fresh one in memory.")] = "sqlite://",
    keys: Annotated[bool, typer.Option("--keys", help="Add the text key to each message.")] = False,
) -> None:
    """Play SCENARIO and print what leaves, one JSON object a line."""
    from bot.simulation.play import play
    from bot.simulation.scenario import ScenarioError

    try:
        asyncio.run(play(scenario, config, load or [], db, keys=keys, out=sys.stdout))
    except ScenarioError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
