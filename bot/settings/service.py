"""How the process runs: address, database, Redis, optional model."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, HttpUrl

from bot.settings.base import SecretText, Settings, guarded
from bot.settings.egress import is_loopback


def _web_url(text: str) -> str:
    HttpUrl(text)
    return text.rstrip("/")


WebUrl = Annotated[str, AfterValidator(_web_url)]


class Server(Settings):
    """Where the server listens, and its address as people see it.

    Attributes:
        public_url: base of links in messages and QR codes; None uses host and port.
        proxies: addresses of reverse proxies whose X-Forwarded-For is believed.
        cookie_key: 64 hexadecimal digits; None: made into `var/` on the first run.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: WebUrl | None = None
    proxies: tuple[str, ...] = ()
    cookie_key: Annotated[SecretText, guarded(64)] | None = None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def base_url(self) -> str:
        """The address to print and to put into links, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"


def _database_url(text: str) -> str:
    scheme = urlsplit(text).scheme
    if scheme not in {"sqlite", "postgresql+psycopg", "postgresql"}:
        raise ValueError("应以 sqlite:/// 或 postgresql+psycopg:// 开头")
    return text


class Database(Settings):
    """The one store.

    Attributes:
        url: SQLAlchemy URL; a password in it belongs into the environment.
        cipher_key: 64 hexadecimal digits that encrypt personal columns; None: made into `var/` on the first run.
        pool: connections, PostgreSQL only.
    """

    url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///var/guanjia.db"
    cipher_key: Annotated[SecretText, guarded(64)] | None = None
    pool: int = Field(default=4, ge=1, le=64)


def _redis_url(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("应以 redis:// 开头")
    return text


class Redis(Settings):
    """What replicas share quickly; without it every process keeps its own."""

    url: Annotated[str, AfterValidator(_redis_url)] | None = None


class Llm(Settings):
    """The optional language model (design.md 3): an OpenAI-compatible endpoint, off by default.

    Attributes:
        timeout_s: then the rules answer (INV-25).
        daily_calls: budget; beyond it the offline path answers until midnight.
    """

    enabled: bool = False
    base_url: WebUrl | None = None
    model: str = ""
    api_key: Annotated[SecretText, guarded(8)] | None = None
    timeout_s: float = Field(default=2.0, gt=0, le=10)
    daily_calls: int = Field(default=500, ge=0)
