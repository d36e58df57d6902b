"""Where settings come from: a YAML file below the environment, merged deeply."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.settings.messages import Mistake

#: `GUANJIA__A__B` sets `a.b`. Names with one underscore (GUANJIA_CONFIG) are not settings.
PREFIX = "GUANJIA__"
#: Keys whose value is a secret wherever they stand; in the file they earn a warning.
SECRET_KEYS = frozenset(
    {
        "token",
        "token_previous",
        "aes_key",
        "aes_key_previous",
        "secret",
        "api_v3_key",
        "api_key",
        "cipher_key",
        "cookie_key",
    }
)


class _Loader(yaml.SafeLoader):
    """The safe loader, but a key that stands twice in one block is an error, not a silent last word."""


def _unique_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"{key} 写了两次", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def read_yaml(path: Path, *, required: bool) -> tuple[dict[str, Any], list[Mistake]]:
    """The file's tree, and what is wrong with it. A file that is not required may be absent."""
    if not required and not path.exists():
        return {}, []
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except OSError:
        return {}, [Mistake(str(path), "配置文件读不出来，请检查路径和权限")]
    except UnicodeDecodeError:
        return {}, [Mistake(str(path), "配置文件应保存为 UTF-8 编码")]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path} 第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else str(path)
        return {}, [Mistake(where, f"YAML 写法有误：{error.problem}")]
    if tree is None:
        return {}, []
    if not isinstance(tree, dict):
        return {}, [Mistake(str(path), "最外层应是一组“名称: 值”")]
    return tree, []


def read_environ(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Mistake]]:
    """The tree that `GUANJIA__…` names spell, keys in lower case. Lists and mappings are written as JSON."""
    tree: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        keys = name[len(PREFIX) :].lower().split("__")
        if not all(keys):
            mistakes.append(Mistake(name, "名称有误，应为 GUANJIA__区块__设置"))
            continue
        branch = tree
        for key in keys[:-1]:
            branch = branch.setdefault(key, {})
            if not isinstance(branch, dict):
                break
        if not isinstance(branch, dict) or isinstance(branch.get(keys[-1]), dict):
            mistakes.append(Mistake(name, "与另一个 GUANJIA__ 变量重叠，请只保留一个"))
            continue
        try:
            branch[keys[-1]] = _value(environ[name])
        except ValueError:
            mistakes.append(Mistake(name, "列表或字典应写成 JSON"))
    return tree, mistakes


def _value(text: str) -> Any:
    if text.startswith(("[", "{")):
        return json.loads(text)
    return None if text == "null" else text


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both trees as one; where they meet, `above` wins."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def secrets_in(tree: Mapping[str, Any], path: str = "") -> list[str]:
    """Paths of secrets that are written in the file itself."""
    found: list[str] = []
    for key, value in tree.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            found += secrets_in(value, here)
        elif key in SECRET_KEYS and value:
            found.append(here)
    return found
