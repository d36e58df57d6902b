"""Forms, commands and timers are found by module; there is no list to keep (style.md 4)."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import handlers.commands
import handlers.flows
import handlers.timers
from handlers.dialog.form import Form


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]


@cache
def forms() -> dict[str, Form]:
    """Every form of `handlers.flows` by name: a flow module says `FORM = Form(...)` or `FORMS = (Form(...), ...)`."""
    found: list[Form] = []
    for module in _modules(handlers.flows):
        found += getattr(module, "FORMS", ())
        if hasattr(module, "FORM"):
            found.append(module.FORM)
    return {form.name: form for form in found}


@cache
def commands() -> dict[str, ModuleType]:
    """Command modules by intent: `INTENTS` and `answer(act, facts) -> list[Step] | None`."""
    return {intent: m for m in _modules(handlers.commands) for intent in getattr(m, "INTENTS", ())}


@cache
def listeners() -> dict[str, ModuleType]:
    """Modules by told event: `EVENTS` and `told(event, data, facts) -> list[Step]` (commands and flows)."""
    modules = _modules(handlers.commands) + _modules(handlers.flows)
    return {event: m for m in modules for event in getattr(m, "EVENTS", ())}


@cache
def timers() -> dict[str, ModuleType]:
    """Timer modules by kind: `KINDS` and `fire(kind, subject, data, facts) -> list[Step]`."""
    return {kind: m for m in _modules(handlers.timers) for kind in getattr(m, "KINDS", ())}


@cache
def recurring() -> dict[str, ModuleType]:
    """Timer modules with self-renewing jobs: `RECURRING` kinds and `first(kind, now, zone, rules) -> datetime`."""
    return {kind: m for m in _modules(handlers.timers) for kind in getattr(m, "RECURRING", ())}
