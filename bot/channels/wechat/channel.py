"""Customer-service messages 客服消息 of an Official Account (protocol.md 10.1)."""

from collections.abc import Callable
from typing import Any

from bot.channels.api import Api, granted
from bot.channels.base import Receipt, Window
from bot.channels.codes import TOO_LONG
from bot.channels.http import Http
from bot.channels.media import MediaStore, Picture, pictures_of, shown
from bot.channels.progress import Progress
from bot.channels.text import TEXT_BYTES, clean, parts
from bot.channels.tokens import Grant, TokenHolder
from bot.channels.wechat.account import WechatAccount
from bot.clock import Clock
from bot.pictures import Gallery
from bot.shared import Shared
from storage.message import OutboxRow

SEND = "/cgi-bin/message/custom/send"
STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
CLASSIC_TOKEN = "/cgi-bin/token"  # noqa: S105 - a path

#: Where the whole of a message can be read that is too long to send; "" when there is no such page.
More = Callable[[OutboxRow], str]


def _nowhere(_: OutboxRow) -> str:
    return ""


class WechatChannel:
    """Sends what goes to followers of one account outside of a passive reply."""

    def __init__(
        self,
        name: str,
        account: WechatAccount,
        http: Http,
        shared: Shared,
        clock: Clock,
        *,
        more: More = _nowhere,
        gallery: Gallery | None = None,
    ) -> None:
        """`name` is the channel account, `wechat.main`; pictures of messages are read from `gallery`."""
        self.name = name
        self.window = Window(account.reply_quota)
        self._account = account
        self._http = http
        self._clock = clock
        self._more = more
        self._gallery = gallery
        self._progress = Progress()
        tokens = TokenHolder(f"wechat:{account.app_id}", self._fetch, shared, clock)
        self._api = Api(http, account.api_base, tokens, clock, daily=True)
        self.media = MediaStore(self._api)

    async def send(self, row: OutboxRow) -> Receipt:
        """Send one row as one to three messages and its pictures; a text found too long is cut smaller once."""
        done = await self._send(row, TEXT_BYTES)
        if done.code != str(TOO_LONG):
            return done
        self._progress.forget(row.id)
        return await self._send(row, TEXT_BYTES // 2)

    async def _send(self, row: OutboxRow, limit: int) -> Receipt:
        said: list[dict[str, Any] | Picture] = [
            *messages(row, limit, self._more(row)),
            *pictures_of(row.data.get("media")),
        ]
        if not said:
            return Receipt("content", code="empty")
        return await self._progress.send(row.id, said, lambda each: self._one(row.to.user_id, each))

    async def _one(self, to: str, said: dict[str, Any] | Picture) -> Receipt:
        """One message; a picture that is no longer there is passed over."""
        if not isinstance(said, Picture):
            return await self._api.post(SEND, said)
        content = await shown(self._gallery, said)
        if content is None:
            return Receipt("sent")
        media_id = await self.media.upload(content)
        if isinstance(media_id, Receipt):
            return media_id
        return await self._api.post(SEND, {"touser": to, "msgtype": "image", "image": {"media_id": media_id}})

    async def _fetch(self, force: bool) -> Grant | Receipt:
        base = self._account.api_base.rstrip("/")
        credentials = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.secret.reveal(),
        }
        if self._account.classic_token:
            # Every call gives a new token here, so there is nothing to force.
            answer = await self._http.call("GET", base + CLASSIC_TOKEN, query=credentials)
        else:
            answer = await self._http.post_json(base + STABLE_TOKEN, {**credentials, "force_refresh": force})
        return granted(answer, self._clock.now())


def messages(row: OutboxRow, limit: int, link: str) -> list[dict[str, Any]]:
    """The calls that say a row: texts of at most `limit` bytes, the last of them as a menu when there are buttons."""
    texts = parts(clean(row.body), limit, link=link)
    said: list[dict[str, Any]] = [
        {"touser": row.to.user_id, "msgtype": "text", "text": {"content": text}} for text in texts
    ]
    if row.buttons:
        said[-1:] = [{"touser": row.to.user_id, "msgtype": "msgmenu", "msgmenu": _menu(texts[-1:], row.buttons)}]
    return said


def _menu(head: list[str], buttons: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """A tap comes back as a text with the key as `bizmsgmenuid` (protocol.md 5)."""
    choices = [{"id": key, "content": label} for key, label in buttons]
    return {"head_content": "".join(head), "list": choices, "tail_content": ""}
