"""The commands of `guanjia`, one module each, found by name and imported only when asked for.

`check_config.py` holds `check_config()` and becomes `guanjia check-config`; a module with sub-commands holds `APP`
instead. A trailing underscore keeps clear of keywords (`import_.py`); names that begin with one are no commands.
`HIDDEN = True` keeps a command out of the list.
"""

import importlib
import pkgutil
from types import ModuleType

import typer

HELP = "管家：小区物业的对话机器人。每个命令都可以加 --help 看示例。"


def names() -> dict[str, str]:
    """Command name -> module name, in alphabetical order."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name.rstrip("_").replace("_", "-"): name for name in found if not name.startswith("_")}


def build(arguments: list[str]) -> typer.Typer:
    """The command line. Only the module of the command that `arguments` begin with is imported; for help, all."""
    app = typer.Typer(
        name="guanjia", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False
    )
    app.callback()(_root)
    known = names()
    wanted = known.keys() & set(arguments[:1]) or known.keys()
    for name in known:
        if name in wanted:
            _add(app, name, importlib.import_module(f"{__name__}.{known[name]}"))
    return app


def _root() -> None:
    """管家：小区物业的对话机器人。每个命令都可以加 --help 看示例。"""


def _add(app: typer.Typer, name: str, module: ModuleType) -> None:
    group = getattr(module, "APP", None)
    if isinstance(group, typer.Typer):
        app.add_typer(group, name=name, hidden=getattr(module, "HIDDEN", False))
        return
    command = getattr(module, module.__name__.rpartition(".")[2])
    app.command(name, hidden=getattr(module, "HIDDEN", False))(command)
