"""A platform's JSON API behind an access token: one refresh per attempt, every outcome a receipt (INV-12, INV-14)."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.channels.base import Receipt
from bot.channels.codes import PROBE_S, TOKEN_CODES, read, receipt
from bot.channels.http import Answer, Http, Trouble
from bot.channels.tokens import Grant, TokenHolder
from bot.clock import Clock

log = logging.getLogger("guanjia.channels")

#: The request id at the end of an `errmsg`, which the vendor's support asks for; the rest may hold personal data.
_REQUEST_ID = re.compile(r"rid: ([\w-]{1,64})")


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
        """Send one message; a refused token is renewed once and the call repeated once."""
        token = await self._tokens.token()
        if isinstance(token, Receipt):
            return token
        done = await self._once(path, payload, token)
        if done.outcome != "token":
            return done
        renewed = await self._tokens.renew(token)
        return renewed if isinstance(renewed, Receipt) else await self._once(path, payload, renewed)

    async def _once(self, path: str, payload: Mapping[str, Any], token: str) -> Receipt:
        answer = read(await self._http.post_json(self._base + path, payload, query={"access_token": token}))
        if isinstance(answer, Receipt):
            return answer
        code, found = answer
        if code == 0:
            return Receipt("sent", message_id=str(found["msgid"]) if "msgid" in found else None)
        request = _REQUEST_ID.search(str(found.get("errmsg", "")))
        log.warning("channel.error", extra={"code": code, "request_id": request and request[1], "path": path})
        return receipt(code, self._clock.now(), daily=self._daily)


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
