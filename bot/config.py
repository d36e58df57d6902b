"""config.yaml and the environment -> one frozen Config; every mistake at once, each with its path."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, ValidationError

from bot.settings.base import Settings
from bot.settings.channels import Account, Channels
from bot.settings.egress import Egress, is_inside
from bot.settings.estate import Communities, Estate
from bot.settings.messages import Mistake, sentence
from bot.settings.service import Database, Llm, Redis, Server
from bot.settings.source import PREFIX, merge, read_environ, read_yaml, secrets_in
from bot.settings.staffing import Alert, Groups
from bot.settings.topics import place_topics, root_path
from handlers.facts import Estate as EstateFacts
from handlers.rules import Rules

#: Kinds of account whose channel cannot do its work yet, and what is missing.
UNFINISHED = {"wecom": "只能收，不能发", "kf": "只能通过回调校验", "pay": "没有通知地址"}
#: The community id of a single estate.
MAIN = "main"
DEFAULT_PATH = Path("config.yaml")


class ConfigErrors(Exception):  # noqa: N818 - several at once
    """The configuration cannot be used; `mistakes` holds every reason with its path."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"{mistake.path}：{mistake.text}" for mistake in mistakes))
        self.mistakes = mistakes


class Config(Settings):
    """Everything that can be set (design.md 11, "Root of config.yaml"). Frozen; build it with `load`."""

    estate: Estate = Estate()
    communities: Communities = Field(default_factory=dict)
    server: Server = Server()
    database: Database = Database()
    redis: Redis = Redis()
    var: Path = Path("var")
    channels: Channels = Channels()
    groups: Groups = Groups()
    alerts: dict[str, Alert] = Field(default_factory=dict)
    rules: Rules = Field(default_factory=Rules)
    llm: Llm = Llm()
    egress: Egress = Egress()
    _notices: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def load(cls, path: Path | None, environ: Mapping[str, str]) -> Self:
        """Read the file (default `config.yaml`; defaults alone when that is absent) under the environment.

        Raises:
            ConfigErrors: anything is wrong: unreadable file, unknown or wrong settings, unsafe combinations.
        """
        tree, mistakes = read_yaml(path or DEFAULT_PATH, required=path is not None)
        overrides, wrong_names = read_environ(environ)
        mistakes += wrong_names
        written = secrets_in(tree)
        merged = merge(tree, overrides)
        try:
            config = cls.model_validate(place_topics(merged, mistakes))
        except ValidationError as error:
            found = [sentence(dict(one), cls) for one in error.errors(include_url=False)]
            mistakes += [Mistake(root_path(one.path, merged), one.text) for one in found]
            raise ConfigErrors(mistakes) from error
        mistakes += _contradictions(config)
        if mistakes:
            raise ConfigErrors(mistakes)
        config._notices = tuple(_notices(config, written))
        return config

    @property
    def notices(self) -> tuple[str, ...]:
        """Warnings: what works but should not stay so (design.md 10: plain and compat modes)."""
        return self._notices

    @property
    def several(self) -> bool:
        """Whether one installation serves several estates."""
        return bool(self.communities)

    def estates(self) -> dict[str, Estate]:
        """Community id -> its estate; one entry `main` when no communities are configured."""
        return dict(self.communities) or {MAIN: self.estate}

    def estate_facts(self, community_id: str) -> EstateFacts:
        """What the decisions may know of an estate."""
        estate = self.estates()[community_id]
        return EstateFacts(
            community_id, estate.name, estate.city, estate.timezone, dict(estate.phones), estate.households
        )


def _contradictions(config: Config) -> list[Mistake]:
    mistakes = [
        Mistake(f"groups.{name}.robot", f"channels.robot 里没有叫 {robot} 的机器人")
        for name, robot in config.groups.robots().items()
        if robot not in config.channels.robot
    ]
    for name, account in config.channels.accounts().items():
        mistakes += _account_mistakes(config, f"channels.{name}", account)
    if config.llm.enabled:
        mistakes += [
            Mistake(f"llm.{key}", "llm.enabled 为 true 时必须填写")
            for key in ("base_url", "model")
            if not getattr(config.llm, key)
        ]
        if config.llm.base_url:
            mistakes += _base_mistakes(config, "llm.base_url", config.llm.base_url)
    public = config.server.public_url
    if public and urlsplit(public).scheme != "https" and not is_inside(urlsplit(public).hostname or ""):
        mistakes.append(Mistake("server.public_url", "对外地址必须以 https:// 开头"))
    return mistakes


def _account_mistakes(config: Config, path: str, account: Account) -> list[Mistake]:
    mistakes: list[Mistake] = []
    if account.community is not None and account.community not in config.estates():
        mistakes.append(Mistake(f"{path}.community", f"communities 里没有 {account.community}"))
    elif account.community is None and len(config.communities) > 1:
        mistakes.append(Mistake(f"{path}.community", "有多个小区时，每个渠道都要写明属于哪个小区"))
    if not account.enabled:
        return mistakes
    for key in ("api_base", "url"):
        base = getattr(account, key, None)
        if base is not None:
            mistakes += _base_mistakes(config, f"{path}.{key}", base if isinstance(base, str) else base.reveal())
    return mistakes


def _base_mistakes(config: Config, path: str, url: str) -> list[Mistake]:
    """The static half of the egress guard (INV-22): scheme, host, port; the resolved address is checked at the call."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        return [Mistake(path, "应为 https:// 开头的网址")]
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if is_inside(host):
        if not config.server.loopback:
            return [Mistake(path, "内网或本机地址只能在 server.host 为 127.0.0.1 时使用")]
        if not config.egress.permits(host, port):
            return [Mistake(path, f"内网或本机地址需先写进 egress.allow，例如 [{host}:{port}]")]
        return []
    if parts.scheme != "https":
        return [Mistake(path, "对外的地址必须以 https:// 开头")]
    if not config.egress.permits(host, port):
        return [Mistake(path, f"不是平台的默认地址；确认无误后请写进 egress.allow：[{host}]")]
    return []


def _notices(config: Config, written: list[str]) -> list[str]:
    notices = [
        f"channels.wechat.{name}.mode 为 {account.mode}：消息内容可被伪造，请在公众平台改用安全模式并改为 safe"
        for name, account in config.channels.wechat.items()
        if account.enabled and account.mode != "safe"
    ]
    notices += [
        f"channels.{name} 尚未完整接通（{UNFINISHED[kind]}），请先不要对外使用"
        for name, account in config.channels.accounts().items()
        if account.enabled and (kind := name.partition(".")[0]) in UNFINISHED
    ]
    notices += [
        f"{path} 写在配置文件里；请改用环境变量 {PREFIX}{path.upper().replace('.', '__')} 或 {path}_file"
        for path in written
    ]
    return notices
