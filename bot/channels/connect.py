"""The configured accounts as channels and doors."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.base import Channel
from bot.channels.corp import corp_api
from bot.channels.http import Guard, Http
from bot.channels.media import MediaStore
from bot.channels.robot import RobotAccount, RobotChannel
from bot.channels.wechat.account import WechatAccount
from bot.channels.wechat.callback import WechatCallback
from bot.channels.wechat.channel import WechatChannel
from bot.channels.wecom import KfCallback, WecomAccount, WecomCallback
from bot.clock import Clock
from bot.config import Config
from bot.enrich import Fetches, Outside
from bot.pictures import Gallery
from bot.settings import channels as settings
from bot.shared import Shared
from bot.web.callbacks import Door
from storage.message import OutboxRow

log = logging.getLogger("guanjia.channels")


@dataclass(frozen=True, slots=True)
class Connected:
    """What the configuration connects us to."""

    channels: dict[str, Channel]
    doors: dict[str, Door]
    outside: Outside

    @property
    def http(self) -> Http:
        """The client that all of them share."""
        return self.outside.http


def connect(config: Config, shared: Shared, clock: Clock, more: Callable[[OutboxRow], str]) -> Connected:
    """Build every enabled account. `more` gives the page where a cut message can be read."""
    http = Http(Guard(config.egress.permits, inside=config.server.loopback))
    channels: dict[str, Channel] = {}
    doors: dict[str, Door] = {}
    media: dict[str, Fetches] = {}
    gallery = Gallery(config.var / "media")
    for name, account in config.channels.accounts().items():
        if not account.enabled:
            continue
        match account:
            case settings.Wechat():
                wechat = _wechat(account)
                channels[name] = channel = WechatChannel(name, wechat, http, shared, clock, more=more, gallery=gallery)
                media[name] = channel.media
                doors[name] = WechatCallback(name, wechat)
            case settings.Wecom():
                wecom = _wecom(account, agent_id=account.agent_id)
                media[name] = MediaStore(corp_api(wecom, http, shared, clock))
                doors[name] = WecomCallback(name, wecom)
            case settings.Kf():
                doors[name] = KfCallback(name, _wecom(account, open_kfid=account.open_kfid), _rung)
            case settings.Robot():
                robot = RobotAccount(account.kind, account.url, account.secret)
                channels[name] = RobotChannel(name, robot, http, shared, clock, more=more, gallery=gallery)
            case _:
                continue
    return Connected(channels, doors, Outside(http, media))


def _rung(open_kfid: str, _token: str) -> None:
    """微信客服 keeps the words for three days; until its channel reads them, the bell is logged."""
    log.warning("kf.rung", extra={"channel": open_kfid})


def _wechat(account: settings.Wechat) -> WechatAccount:
    return WechatAccount(
        app_id=account.app_id,
        original_id=account.original_id,
        token=account.token,
        secret=account.secret,
        aes_key=account.aes_key,
        previous_token=account.token_previous,
        previous_aes_key=account.aes_key_previous,
        mode=account.mode,
        reply_quota=account.reply_quota,
        api_base=account.api_base,
    )


def _wecom(account: settings.Wecom | settings.Kf, *, agent_id: int = 0, open_kfid: str = "") -> WecomAccount:
    return WecomAccount(
        corp_id=account.corp_id,
        token=account.token,
        aes_key=account.aes_key,
        secret=account.secret,
        agent_id=agent_id,
        open_kfid=open_kfid,
        previous_token=account.token_previous,
        previous_aes_key=account.aes_key_previous,
        api_base=account.api_base,
    )
