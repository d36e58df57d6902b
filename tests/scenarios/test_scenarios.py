"""Every `*.jsonl` here is a conversation; the YAML beside it says what must and what must never leave."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.tone import ill_spoken, typed

HERE = Path(__file__).parent
SCENARIOS = sorted(path.stem for path in HERE.glob("*.jsonl"))


def matches(line: dict[str, Any], pattern: dict[str, Any]) -> bool:  # noqa: C901 - one branch for each word of the YAML
    """Whether a printed line fits: equal fields, `contains` in its text, `after`/`before` by time, `key` with a `*`."""
    text = line.get("text", "")
    for name, wanted in pattern.items():
        if name == "contains":
            if not all(each in text for each in ([wanted] if isinstance(wanted, str) else wanted)):
                return False
        elif name == "before":
            if not line["at"] < str(wanted):
                return False
        elif name == "after":
            if not line["at"] > str(wanted):
                return False
        elif name == "key":
            keys = line.get("keys", ())
            if not any(key == wanted or (wanted.endswith("*") and key.startswith(wanted[:-1])) for key in keys):
                return False
        elif line.get(name) != wanted:
            return False
    return True


def find(lines: list[dict[str, Any]], pattern: dict[str, Any], start: int) -> int | None:
    """Index of the first fitting line from `start` on."""
    return next((i for i in range(start, len(lines)) if matches(lines[i], pattern)), None)


def story(lines: list[dict[str, Any]]) -> str:
    """What left, readable in a failure."""
    return "\n".join(
        f"{line['at'][5:19]} {line.get('to') or line.get('event')} [{line.get('key', line.get('status', ''))}] "
        f"{line.get('text', line.get('number', ''))!r}"
        for line in lines
    )


@pytest.mark.parametrize("name", SCENARIOS)
async def test_scenario(name: str, simulate: Any) -> None:
    """Expectations are met in order; nothing forbidden left; every sentence to a resident passes the tone check."""
    given = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    lines = await simulate(given)
    wanted = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    at = 0
    for pattern in wanted["expect"]:
        found = find(lines, pattern, at)
        assert found is not None, f"missing {pattern} in\n{story(lines)}"
        at = found if len(lines[found].get("keys", ())) > 1 else found + 1  # one message may hold several answers
    for pattern in wanted.get("never", ()):
        assert find(lines, pattern, 0) is None, f"forbidden {pattern} in\n{story(lines)}"
    for pattern, count in ((each["match"], each["times"]) for each in wanted.get("count", ())):
        assert sum(matches(line, pattern) for line in lines) == count, f"{pattern} not {count}× in\n{story(lines)}"
    assert ill_spoken(lines, typed(given)) == []
