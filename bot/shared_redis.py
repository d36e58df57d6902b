"""What replicas share, in Redis. Without it for a while each process goes on alone: slower, nothing lost (INV-31)."""

import asyncio
import json
import logging
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.channels.base import Pace
from bot.clock import pause
from bot.shared import Event, Held, MemoryShared

log = logging.getLogger("guanjia.shared")

#: Seconds that Redis may take; it stands beside the work, not in its way.
TIMEOUT_S = 1.0
#: A lock outlives the longest call made under it, and dies with its holder.
LOCK_MS = 25_000
LOCK_POLL_S = 0.05
#: Seconds before a broken subscription is tried again.
RESUBSCRIBE_S = 1.0

#: KEYS: window. ARGV: now ms, length ms, room, member. Returns 0 when taken, else the milliseconds to wait.
_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
local taken, room = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[3])
if taken < room then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 0
end
local first = redis.call('ZRANGE', KEYS[1], taken - room, taken - room, 'WITHSCORES')[2]
return math.max(1, first + ARGV[2] - ARGV[1])
"""
#: KEYS: lock. ARGV: owner. Frees the lock only if it is still ours.
_FREE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class RedisShared:
    """Shared state under the prefix `guanjia:`; each failure falls back to this process's own memory."""

    lasting = True

    def __init__(self, url: str, *, prefix: str = "guanjia:") -> None:
        """`prefix` keeps several installations on one Redis apart."""
        self._redis: Redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )
        self._prefix = prefix
        self._own = MemoryShared()
        self._listening: Counter[str] = Counter()
        self._relays: dict[str, asyncio.Task[None]] = {}

    async def token(self, key: str) -> Held | None:
        """The token last kept under `key` by any replica."""
        try:
            stored = await self._redis.get(self._prefix + key)
        except RedisError as error:
            return await self._away(error).token(key)
        if stored is None:
            return None
        found = json.loads(stored)
        return Held(found["value"], datetime.fromtimestamp(found["until"], UTC))

    async def keep_token(self, key: str, held: Held) -> None:
        """Keep a token for all; also here, for the time when Redis is away."""
        await self._own.keep_token(key, held)
        try:
            await self._redis.set(
                self._prefix + key, json.dumps({"value": held.value, "until": held.until.timestamp()}), ex=7_200
            )
        except RedisError as error:
            self._away(error)

    @asynccontextmanager
    async def alone(self, key: str) -> AsyncIterator[None]:
        """One at a time among the replicas: first in this process, then at Redis."""
        owner, name = secrets.token_hex(16), f"{self._prefix}lock:{key}"
        async with self._own.alone(key):
            try:
                while not await self._redis.set(name, owner, nx=True, px=LOCK_MS):
                    await pause(LOCK_POLL_S)
            except RedisError as error:
                self._away(error)
            try:
                yield
            finally:
                await self._free(name, owner)

    async def _free(self, name: str, owner: str) -> None:
        try:
            await self._redis.eval(_FREE, 1, name, owner)
        except RedisError as error:
            self._away(error)

    async def take(self, key: str, pace: Pace, now: datetime, *, reserve: int = 0) -> float:
        """Take one turn of a sliding window that all replicas share."""
        room = max(pace.messages - reserve, 1)
        now_ms, length_ms = int(now.timestamp() * 1000), int(pace.seconds * 1000)
        member = f"{now_ms}:{secrets.token_hex(8)}"
        try:
            wait_ms = await self._redis.eval(
                _TAKE, 1, f"{self._prefix}pace:{key}", str(now_ms), str(length_ms), str(room), member
            )
        except RedisError as error:
            return await self._away(error).take(key, pace, now, reserve=reserve)
        return float(wait_ms) / 1000

    async def publish(self, topic: str, event: Event) -> None:
        """Tell every listener; those of this process hear it even when Redis is away."""
        try:
            await self._redis.publish(self._prefix + topic, json.dumps(event, ensure_ascii=False))
        except RedisError as error:
            await self._away(error).publish(topic, event)

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[AsyncIterator[Event]]:
        """The topic's events of all replicas."""
        async with self._own.listen(topic) as own:
            self._listening[topic] += 1
            if self._listening[topic] == 1:
                started = asyncio.Event()
                self._relays[topic] = asyncio.create_task(self._relay(topic, started))
                await started.wait()
            try:
                yield own
            finally:
                self._listening[topic] -= 1
                if not self._listening[topic]:
                    self._relays.pop(topic).cancel()

    async def _relay(self, topic: str, started: asyncio.Event) -> None:
        """Bring what Redis publishes to the listeners of this process, until cancelled."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(self._prefix + topic)
                    while True:
                        message = await subscription.get_message(timeout=RESUBSCRIBE_S)
                        started.set()
                        if message is not None:
                            await self._own.publish(topic, json.loads(message["data"]))
            except RedisError as error:
                self._away(error)
                started.set()
                await pause(RESUBSCRIBE_S)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _away(self, error: RedisError) -> MemoryShared:
        log.warning("shared.away", extra={"error": type(error).__name__})
        return self._own
