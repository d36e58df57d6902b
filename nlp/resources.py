"""Data files of this package, read when first needed and kept."""

from functools import cache
from pathlib import Path
from typing import cast

import yaml

DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, str]:
    """A YAML file `name` of the data folder that maps keys to plain strings."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (DATA / name).open(encoding="utf-8") as stream:
        return cast(dict[str, str], yaml.load(stream, Loader=loader))  # noqa: S506 - a safe loader either way


@cache
def word_lists(name: str) -> dict[str, tuple[str, ...]]:
    """A YAML file whose values are words parted by blanks: key -> words, in the order of the file."""
    return {key: tuple(value.split()) for key, value in table(name).items()}
