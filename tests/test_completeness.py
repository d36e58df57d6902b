"""What must be complete across the tree: every rule ID is registered, every named file exists."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def register() -> ModuleType:
    """The tool behind `make rules`."""
    spec = importlib.util.spec_from_file_location("register", ROOT / ".ci" / "register.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rules() -> str:
    """docs/rules.md."""
    return (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_every_rule_id_in_the_tree_is_registered(register: ModuleType, rules: str) -> None:
    assert register.unknown(rules) == {}


def test_every_file_that_the_register_names_exists(rules: str) -> None:
    named = re.findall(r"`((?:bot|handlers|nlp|storage|tests)/[^`]+|config\.yaml)`", rules)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_no_rule_is_registered_twice(register: ModuleType, rules: str) -> None:
    ids = register.registered(rules)
    assert len(ids) == len(set(ids))


def test_the_product_knows_every_registered_id(register: ModuleType, rules: str) -> None:
    shipped = (ROOT / "bot" / "rule_ids.txt").read_text(encoding="utf-8").split()
    assert sorted(shipped) == sorted(register.registered(rules))


def test_ranges_name_each_of_their_rules(register: ModuleType) -> None:
    assert list(register.named_in("Rules: SLA-30..32, -39, S-CB-01, INV-7.")) == [
        "SLA-30",
        "SLA-31",
        "SLA-32",
        "SLA-39",
        "S-CB-01",
        "INV-7",
    ]


def test_every_glossary_key_of_a_role_is_a_role() -> None:
    from storage.model import Role

    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert {role.value for role in Role} <= set(re.findall(r"`([a-z_]+)`", glossary))


def test_every_question_that_a_turn_may_ask_is_answered() -> None:
    from handlers import facts
    from handlers.load import _ANSWERS

    asked = {each for each in vars(facts).values() if isinstance(each, type) and issubclass(each, facts.Query)}
    assert asked - {facts.Query} == set(_ANSWERS)
