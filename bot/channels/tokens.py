"""Access tokens: fetched by one at a time, compared before they are refreshed (INV-14, protocol.md 9)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import Receipt
from bot.clock import Clock
from bot.shared import Held, Shared

#: A token is given up this long before the platform does, seconds.
MARGIN_S = 300.0
#: What is left of a token that lives no longer than the margin, as a part of its life.
SHORT_LIFE = 0.1
#: `force_refresh` works at most this often (protocol.md 9), seconds.
FORCE_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that the platform gave, and how long it lives, seconds."""

    value: str
    expires_in_s: float


#: Calls the platform; `force` asks for a new token even if the current one should still live.
Fetch = Callable[[bool], Awaitable[Grant | Receipt]]


class TokenHolder:
    """The one holder of one credential's token, among all replicas."""

    def __init__(self, key: str, fetch: Fetch, shared: Shared, clock: Clock) -> None:
        """`key` names the credential, never contains it."""
        self._key = f"token:{key}"
        self._fetch = fetch
        self._shared = shared
        self._clock = clock
        self._forced_at: datetime | None = None

    async def token(self) -> str | Receipt:
        """A token that should work, or why there is none."""
        held = await self._shared.token(self._key)
        return held.value if held is not None and self._lives(held) else await self._renew(None)

    async def renew(self, failing: str) -> str | Receipt:
        """Another token than `failing`, which the platform refused: one that was fetched meanwhile, or a new one."""
        return await self._renew(failing)

    def _lives(self, held: Held) -> bool:
        return held.until > self._clock.now()

    async def _renew(self, failing: str | None) -> str | Receipt:
        async with self._shared.alone(self._key):
            held = await self._shared.token(self._key)
            if held is not None and held.value != failing and self._lives(held):
                return held.value
            grant = await self._fetch(False)
            if isinstance(grant, Grant) and grant.value == failing:
                grant = await self._forced()
            if isinstance(grant, Receipt):
                return grant
            await self._shared.keep_token(self._key, Held(grant.value, self._until(grant)))
            return grant.value

    async def _forced(self) -> Grant | Receipt:
        """The platform still hands out the token that it refuses; a new one must be asked for, but rarely."""
        now = self._clock.now()
        if self._forced_at is not None and (now - self._forced_at).total_seconds() < FORCE_EVERY_S:
            return Receipt("token", code="refused_token")
        self._forced_at = now
        return await self._fetch(True)

    def _until(self, grant: Grant) -> datetime:
        usable_s = max(grant.expires_in_s - MARGIN_S, grant.expires_in_s * SHORT_LIFE)
        return self._clock.now() + timedelta(seconds=usable_s)
