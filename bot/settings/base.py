"""What all settings share: frozen, nothing unknown, secrets that may come from files."""

from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from bot.secrets import Secret

#: Account keys end up in environment names and callback paths.
AccountKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]

#: Words that people leave in a secret's place. Compared in lower case.
DEFAULTS = frozenset(
    {"changeme", "change-me", "default", "example", "guanjia", "password", "secret", "token", "xxx", "…"}
)


class _SecretSchema:
    """Lets pydantic read a plain string into a `Secret`."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(Secret, core_schema.str_schema(strip_whitespace=True))


SecretText = Annotated[Secret, _SecretSchema]


def guarded(least: int) -> AfterValidator:
    """A check that refuses placeholders and secrets shorter than `least` characters (INV-29)."""

    def check(value: Secret) -> Secret:
        plain = value.reveal()
        if plain.lower() in DEFAULTS or plain.endswith("…"):
            raise ValueError("这是占位的默认值，请换成平台上的真实密钥")
        if len(plain) < least:
            raise ValueError(f"太短，至少 {least} 个字符；请从平台后台重新复制")
        return value

    return AfterValidator(check)


def is_secret(annotation: Any) -> bool:
    """Whether a field's annotation is a secret, optional or not."""
    return annotation is Secret or any(is_secret(arg) for arg in get_args(annotation))


class Settings(BaseModel):
    """A frozen block of settings. A secret field `x` may be given as `x_file`, the name of a file that holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        values = dict(data)
        for name, field in cls.model_fields.items():
            file_key = f"{name}_file"
            if not is_secret(field.annotation) or file_key in cls.model_fields or values.get(file_key) is None:
                continue
            if values.get(name) is not None:
                raise ValueError(f"{name} 与 {file_key} 只能写一个")
            values[name] = _read_secret(Path(str(values.pop(file_key))), file_key)
        return values


def _read_secret(path: Path, key: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{key} 指向的文件 {path} 读不出来，请检查路径和权限") from error
