"""The API of a WeCom company: access token of one app (protocol.md 9)."""

from bot.channels.api import Api, granted
from bot.channels.base import Receipt
from bot.channels.http import Http
from bot.channels.tokens import Grant, TokenHolder
from bot.channels.wecom import WecomAccount
from bot.clock import Clock
from bot.shared import Shared

TOKEN = "/cgi-bin/gettoken"  # noqa: S105 - a path


def corp_api(account: WecomAccount, http: Http, shared: Shared, clock: Clock) -> Api:
    """Calls under the token of one app, or of 微信客服; every holder of the same credential shares the token."""
    base = account.api_base.rstrip("/")
    credentials = {"corpid": account.corp_id, "corpsecret": account.secret.reveal()}

    async def fetch(_force: bool) -> Grant | Receipt:
        """The platform gives the same token until it ends; there is nothing to force."""
        return granted(await http.call("GET", base + TOKEN, query=credentials), clock.now())

    app = account.open_kfid or str(account.agent_id)
    tokens = TokenHolder(f"wecom:{account.corp_id}:{app}", fetch, shared, clock)
    return Api(http, base, tokens, clock, daily=False)
