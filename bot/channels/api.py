"""A platform's JSON API behind an access token: one refresh per attempt, every outcome a receipt (INV-12, INV-14)."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from bot.channels.base import Receipt
from bot.channels.codes import PROBE_S, TOKEN_CODES, read, receipt
from bot.channels.http import MAX_ANSWER, Answer, Http, Reach, Trouble
from bot.channels.tokens import Grant, TokenHolder
from bot.clock import Clock

log = logging.getLogger("guanjia.channels")

#: The request id at the end of an `errmsg`, which the vendor's support asks for; the rest may hold personal data.
_REQUEST_ID = re.compile(r"rid: ([\w-]{1,64})")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload; the name is plain ASCII, as the platforms' parsers are old (protocol.md 10.4)."""

    name: str
    mime: str
    content: bytes


class Api:
    """Calls under one account's token."""

    def __init__(self, http: Http, base: str, tokens: TokenHolder, clock: Clock, *, daily: bool) -> None:
        """`base` without a slash at the end; `daily`: the call quota is one of the day (公众号)."""
        self._http = http
        self._base = base.rstrip("/")
        self._tokens = tokens
        self._clock = clock
        self._daily = daily

    async def post(self, path: str, payload: Mapping[str, Any]) -> Receipt:
        """Send one message."""
        return await self._under_token(lambda token: self._send(path, payload, token))

    async def fetch(self, path: str, query: Mapping[str, str], reach: Reach) -> Answer | Receipt:
        """Read something that answers with content of its own, or with a JSON object that says why not."""

        async def once(token: str) -> Answer | Receipt:
            asked = {**query, "access_token": token}
            answer = await self._http.call("GET", self._base + path, query=asked, reach=reach)
            return self._content(answer, path)

        return await self._under_token(once)

    async def upload(self, path: str, query: Mapping[str, str], file: File) -> Mapping[str, Any] | Receipt:
        """Send a file as the part `media` of a form; the object that comes back."""
        boundary, body = _form(file)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

        async def once(token: str) -> Answer | Receipt:
            asked = {**query, "access_token": token}
            answer = await self._http.call("POST", self._base + path, query=asked, body=body, headers=headers)
            return self._content(answer, path)

        done = await self._under_token(once)
        return done if isinstance(done, Receipt) else done.json() or Receipt("unknown", code="unreadable")

    async def _under_token(self, once: Callable[[str], Awaitable[T | Receipt]]) -> T | Receipt:
        """Call with the token; a refused one is renewed once and the call repeated once (INV-14)."""
        token = await self._tokens.token()
        if isinstance(token, Receipt):
            return token
        done = await once(token)
        if not isinstance(done, Receipt) or done.outcome != "token":
            return done
        renewed = await self._tokens.renew(token)
        return renewed if isinstance(renewed, Receipt) else await once(renewed)

    async def _send(self, path: str, payload: Mapping[str, Any], token: str) -> Receipt:
        answer = read(await self._http.post_json(self._base + path, payload, query={"access_token": token}))
        if isinstance(answer, Receipt):
            return answer
        code, found = answer
        if code == 0:
            return Receipt("sent", message_id=str(found["msgid"]) if "msgid" in found else None)
        return self._refused(code, found, path)

    def _content(self, answer: Answer | Trouble, path: str) -> Answer | Receipt:
        """An answer without an error code in it is what was asked for."""
        if isinstance(answer, Trouble) or answer.status >= 300:
            done = read(answer)
            return done if isinstance(done, Receipt) else Receipt("unknown", code="unreadable")
        found = answer.json() if len(answer.body) <= MAX_ANSWER else None
        code = found.get("errcode", 0) if found else 0
        return answer if found is None or code == 0 else self._refused(code, found, path)

    def _refused(self, code: int, found: Mapping[str, Any], path: str) -> Receipt:
        request = _REQUEST_ID.search(str(found.get("errmsg", "")))
        log.warning("channel.error", extra={"code": code, "request_id": request and request[1], "path": path})
        return receipt(code, self._clock.now(), daily=self._daily)


def _form(file: File) -> tuple[str, bytes]:
    """A boundary and a form of one file."""
    boundary = f"guanjia-{secrets.token_hex(16)}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="{file.name}"; '
        f"filelength={len(file.content)}\r\nContent-Type: {file.mime}\r\n\r\n"
    )
    return boundary, head.encode() + file.content + f"\r\n--{boundary}--\r\n".encode()


def granted(answer: Answer | Trouble, now: datetime) -> Grant | Receipt:
    """Read the answer of a token call. A bad secret is a mistake of configuration here, not a stale token."""
    found = answer.json() if isinstance(answer, Answer) else None
    if found is not None and isinstance(found.get("access_token"), str) and _lives(found.get("expires_in")):
        return Grant(found["access_token"], float(found["expires_in"]))
    outcome = read(answer)
    if isinstance(outcome, Receipt):
        # Asking for a token has no effect that could double: an unknown outcome is simply tried again.
        return replace(outcome, outcome="retry") if outcome.outcome == "unknown" else outcome
    code, _ = outcome
    if code in TOKEN_CODES:
        return Receipt("config", code=str(code), pause_s=PROBE_S)
    return receipt(code, now, daily=False)


def _lives(expires_in: object) -> bool:
    return isinstance(expires_in, int) and not isinstance(expires_in, bool) and expires_in > 0
