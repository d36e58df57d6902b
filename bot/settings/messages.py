"""What is wrong with a setting, as a path and a sentence that says what to do."""

import difflib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel


class Mistake(NamedTuple):
    """One wrong setting: `channels.wechat.main.mode` and what to do about it."""

    path: str
    text: str


#: pydantic error type -> sentence. Placeholders come from the error's context.
_SENTENCES = {
    "missing": "缺少必填项",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "string_type": "应为文字",
    "string_too_short": "不能少于 {min_length} 个字符",
    "string_too_long": "不能多于 {max_length} 个字符",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected} 之一",
    "enum": "只能是 {expected} 之一",
    "dict_type": "这里应是一组“名称: 值”",
    "mapping_type": "这里应是一组“名称: 值”",
    "model_type": "这里应是一组“名称: 值”",
    "dataclass_type": "这里应是一组“名称: 值”",
    "list_type": "应为列表，例如 [a, b]",
    "tuple_type": "应为列表，例如 [a, b]",
    "set_type": "应为列表，例如 [a, b]",
    "frozen_set_type": "应为列表，例如 [a, b]",
    "time_parsing": "应为时刻，例如 09:00",
    "time_type": '应为时刻，例如 "09:00"（请加引号）',
    "date_from_datetime_parsing": "应为日期，例如 2026-01-01",
    "date_parsing": "应为日期，例如 2026-01-01",
    "time_delta_parsing": "应为时长",
    "url_parsing": "应为网址，例如 https://wy.example.com",
    "url_scheme": "应为 https:// 开头的网址",
    "path_type": "应为文件路径",
}
_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})


def sentence(error: Mapping[str, Any], root: type) -> Mistake:
    """Turn one pydantic error of the model `root` into a path and a sentence."""
    location = [str(part) for part in error["loc"] if part != "[key]"]
    path = ".".join(location) or "config.yaml"
    kind = error["type"]
    if kind in _UNKNOWN:
        return Mistake(path, "没有这个设置项" + _guess(location, root))
    if kind == "string_pattern_mismatch":
        account = "[key]" in error["loc"]
        return Mistake(path, "名称只能用小写字母、数字和下划线" if account else "写法不符合要求")
    if kind == "value_error":
        return Mistake(path, str(error["ctx"]["error"]))
    text = _SENTENCES.get(kind)
    if text is None:
        return Mistake(path, f"值不合适（{error['msg']}）")
    return Mistake(path, text.format_map(error.get("ctx", {})))


def _guess(location: list[str], root: type) -> str:
    known = _known(root, location[:-1])
    near = difflib.get_close_matches(location[-1], known, n=1)
    if near:
        return f"，是否想写 {near[0]}？"
    return f"；可用的有：{'、'.join(sorted(known))}" if known else "，请检查拼写或删除"


def _known(owner: Any, location: list[str]) -> list[str]:
    """The names allowed at a place, found by walking the annotations; empty when the way is lost."""
    for part in location:
        annotation = _annotations(owner).get(part)
        if annotation is None and get_origin(owner) is dict:
            annotation = get_args(owner)[1]
        if annotation is None:
            return []
        owner = _block(annotation)
    return list(_annotations(owner))


def _annotations(owner: Any) -> dict[str, Any]:
    if isinstance(owner, type) and issubclass(owner, BaseModel):
        return {name: field.annotation for name, field in owner.model_fields.items()}
    if is_dataclass(owner):
        return {field.name: field.type for field in fields(owner)}
    return {}


def _block(annotation: Any) -> Any:
    """The model inside an annotation such as `Redis | None`."""
    if _annotations(annotation) or get_origin(annotation) is dict:
        return annotation
    return next((found for arg in get_args(annotation) if (found := _block(arg)) is not None), None)
