"""The small estate on which scenarios are played, and an understander loaded once."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config
from bot.simulation.play import Setup, perform
from bot.simulation.scenario import read
from nlp import understand

ESTATE = Path(__file__).parent / "estate"
LOADS = tuple((kind, ESTATE / f"{kind}.csv") for kind in ("homes", "residents", "staff", "bills", "faq"))
Lines = list[dict[str, Any]]


@pytest.fixture(scope="session")
def understander() -> understand.Understander:
    """The real understanding, loaded once for all scenarios."""
    return understand.load()


@pytest.fixture
def simulate(understander: understand.Understander) -> Callable[[Sequence[str]], Any]:
    """`await simulate(lines)` plays JSON lines on the small estate and gives the printed lines as dicts."""

    async def play(lines: Sequence[str]) -> Lines:
        out = io.StringIO()
        setup = Setup(Config.load(None, {}), LOADS, keys=True, understander=understander)
        await perform(read(lines), setup, out)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return play
