"""Secrets: a text that never prints itself, and the keys a first run makes for itself (INV-29)."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

#: Letters and digits that nobody confuses when a password is read off a screen.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_FILE = "admin.password"  # noqa: S105 - a name, not a password


@final
class Secret:
    """A secret text. It prints as `***`, compares in constant time and cannot be serialised by accident."""

    __slots__ = ("_plain",)

    def __init__(self, plain: str) -> None:
        self._plain = plain

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._plain

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._plain.encode(), other._plain.encode())

    def __hash__(self) -> int:
        return hash(("Secret", self._plain))

    def __bool__(self) -> bool:
        return bool(self._plain)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not serialised")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of this installation.

    Attributes:
        cipher: 32 bytes that encrypt personal columns; lose it and names and phones are lost.
        cookie: 32 bytes for what the browser keeps.
        log: 32 bytes for the keyed hash of people's ids in logs, derived from `cipher`.
        admin_password: the first administrator's password, only in the run that made it.
        made: names of the files that this call created.
    """

    cipher: Secret
    cookie: Secret
    log: bytes
    admin_password: Secret | None
    made: tuple[str, ...]

    @property
    def cipher_bytes(self) -> bytes:
        """The cipher key as 32 raw bytes."""
        return bytes.fromhex(self.cipher.reveal())

    @property
    def cookie_bytes(self) -> bytes:
        """The cookie key as 32 raw bytes."""
        return bytes.fromhex(self.cookie.reveal())


def ensure_keys(var: Path, cipher: Secret | None = None, cookie: Secret | None = None) -> Keys:
    """The installation's keys: those given in the settings, else those in `var/`, else new ones written there (0600).

    Args:
        var: the data directory; created with mode 0700.
        cipher: 64 hexadecimal digits from the settings; they win over the file.
        cookie: the same for the cookie key.

    Raises:
        ValueError: a key is no 32-byte hexadecimal text, or the cipher key of existing data is gone.
        OSError: `var` cannot be written.
    """
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    if cipher is None and not (var / "cipher.key").exists() and any(var.glob("*.db")):
        raise ValueError(f"{var} 里已有数据库，但缺少 cipher.key；新密钥解不开旧数据，请先把原来的密钥文件放回来")
    made: list[str] = []
    found = {
        name: given or _stored(var / f"{name}.key", lambda: secrets.token_hex(32), made)
        for name, given in (("cipher", cipher), ("cookie", cookie))
    }
    for name, key in found.items():
        _check_hex(name, key.reveal())
    password_file = var / _PASSWORD_FILE
    fresh = not password_file.exists()
    password = _stored(password_file, new_password, made)
    log = hmac.new(bytes.fromhex(found["cipher"].reveal()), b"guanjia log ids", hashlib.sha256).digest()
    return Keys(found["cipher"], found["cookie"], log, password if fresh else None, tuple(made))


def first_password(var: Path) -> Secret:
    """The first administrator's password, as `ensure_keys` left it in `var/`."""
    return Secret((var / _PASSWORD_FILE).read_text(encoding="utf-8").strip())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; an existing one is replaced in one step."""
    aside = path.with_name(path.name + ".new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def new_password() -> str:
    """Sixteen readable characters in four groups: 79 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def _stored(path: Path, make: Callable[[], str], made: list[str]) -> Secret:
    if not path.exists():
        write_private(path, make() + "\n")
        made.append(path.name)
    return Secret(path.read_text(encoding="utf-8").strip())


def _check_hex(name: str, text: str) -> None:
    try:
        right = len(bytes.fromhex(text)) == 32
    except ValueError:
        right = False
    if not right:
        raise ValueError(f"{name} 密钥应为 64 位十六进制字符（32 字节）")
