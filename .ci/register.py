"""Keeps docs/rules.md in step with the tree: `make rules` writes, `--check` (and the test suite) only compares."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTER = ROOT / "docs" / "rules.md"
IDS = ROOT / "bot" / "rule_ids.txt"
CODE = ("bot", "handlers", "nlp", "storage", "config.yaml")
TESTS = ("tests",)
SUFFIXES = {".py", ".yaml", ".jsonl"}
#: Places named in a cell; the rest is counted.
SHOWN = 3

_FAMILY = r"S(?:-[A-Z0-9]{2,8}){1,2}|SLA|SC|INV|AL|J|C"
_ID = re.compile(
    rf"(?<![\w-])({_FAMILY})-([VD]?\d{{1,3}})(?![\w-])(?:\.\.(?:(?:{_FAMILY})-)?[VD]?(\d{{1,3}}))?((?:, ?-\d{{1,3}})*)"
)
_ROW = re.compile(r"\| ((?:[A-Z0-9]+-)+[VD]?\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\| (\w+) \|")


def named_in(text: str) -> Iterator[str]:
    """Every rule ID of a text; `SLA-30..32, -39` names four."""
    for family, first, last, more in _ID.findall(text):
        letter = first[0] if first[0] in "VD" else ""
        width, start = len(first) - len(letter), int(first.lstrip("VD"))
        for number in range(start, int(last or start) + 1):
            yield f"{family}-{letter}{number:0{width}d}"
        for number in re.findall(r"\d+", more):
            yield f"{family}-{letter}{int(number):0{width}d}"


def mentions(places: tuple[str, ...]) -> dict[str, list[str]]:
    """Rule ID -> the files under `places` that name it, in order."""
    found: dict[str, set[str]] = defaultdict(set)
    for place in places:
        top = ROOT / place
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.suffix in SUFFIXES and path != IDS and "sample" not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                for rule in named_in(path.read_text(encoding="utf-8")):
                    found[rule].add(name)
    return {rule: sorted(names) for rule, names in found.items()}


def registered(text: str) -> list[str]:
    """The IDs of the register, in its order."""
    return [match[1] for match in map(_ROW.fullmatch, text.splitlines()) if match]


def unknown(text: str) -> dict[str, list[str]]:
    """IDs that the tree names and the register does not have, with where."""
    known = set(registered(text))
    everywhere = mentions((*CODE, *TESTS))
    return {rule: names for rule, names in everywhere.items() if rule not in known}


def updated(text: str) -> str:
    """The register with its code, test and state columns as the tree has them."""
    code, tests = mentions(CODE), mentions(TESTS)
    lines = []
    for line in text.splitlines():
        match = _ROW.fullmatch(line)
        lines.append(_row(match, code.get(match[1], []), tests.get(match[1], [])) if match else line)
    return "\n".join(lines) + "\n"


def _row(match: re.Match[str], code: list[str], tests: list[str]) -> str:
    state = "done" if code and tests else "code" if code else "off" if match[6] == "off" else "open"
    return f"| {match[1]} |{match[2]}|{match[3]}| {_cell(code)} | {_cell(tests)} | {state} |"


def _cell(names: list[str]) -> str:
    more = f" +{len(names) - SHOWN}" if len(names) > SHOWN else ""
    return " ".join(f"`{name}`" for name in names[:SHOWN]) + more


def main() -> int:
    """Write the register and the ID list, or compare them with `--check`."""
    text = REGISTER.read_text(encoding="utf-8")
    strangers = unknown(text)
    for rule, names in sorted(strangers.items()):
        print(f"{rule} is not in docs/rules.md: {', '.join(names)}")  # noqa: T201 - a command line tool
    wanted = {REGISTER: updated(text), IDS: "\n".join(sorted(registered(text))) + "\n"}
    behind = [path for path, content in wanted.items() if path.read_text(encoding="utf-8") != content]
    if "--check" in sys.argv:
        for path in behind:
            print(f"{path.relative_to(ROOT)} is behind: run `make rules`")  # noqa: T201
        return 1 if strangers or behind else 0
    for path in behind:
        path.write_text(wanted[path], encoding="utf-8")
    return 1 if strangers else 0


if __name__ == "__main__":
    raise SystemExit(main())
