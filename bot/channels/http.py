"""Outgoing calls: one client with time limits and the egress guard, outcomes as values (INV-14, INV-22)."""

import ipaddress
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

CONNECT_S = 3.0
TOTAL_S = 10.0
#: Bytes of an answer that are read; a JSON answer of a platform is far smaller.
MAX_ANSWER = 1_048_576
#: The reason of a trouble whose answer was larger than we read.
TOO_LARGE = "too_large"
#: Connections to one host at a time.
CONNECTIONS = 100

Permits = Callable[[str, int | None], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the kind of content and the body, whatever they mean."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any] | None:
        """The body as an object; None when it is anything else."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class Trouble:
    """No answer. `refused`: our guard forbids it; `unsent`: never left; `unknown`: nobody knows whether it acted."""

    kind: Literal["refused", "unsent", "unknown"]
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of an answer is read, bytes, and how long the call may take, seconds (None: as every call)."""

    most_bytes: int = MAX_ANSWER
    total_s: float | None = None


USUAL = Reach()


@dataclass(frozen=True, slots=True)
class Guard:
    """Where calls may go.

    Attributes:
        permits: whether a host and port is allowed at all (settings `egress`).
        inside: whether loopback and private addresses may be called: only while the server is bound to loopback.
    """

    permits: Permits
    inside: bool = False

    def allows(self, url: URL) -> bool:
        """Whether this address may be called; plain http only to a permitted inside address."""
        host = url.host
        if host is None or url.user is not None or not self.permits(host, url.port):
            return False
        if url.scheme == "https":
            return not _is_literal(host) or self.accepts(host)
        return url.scheme == "http" and self.inside and (not _is_literal(host) or not _is_public(host))

    def accepts(self, address: str) -> bool:
        """Whether a resolved address may be connected to."""
        return self.inside or _is_public(address)


class PinnedResolver(AbstractResolver):
    """Resolves once for each connection and hands over only addresses that the guard accepts."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The accepted addresses of a host.

        Raises:
            OSError: there are none.
        """
        found = [each for each in await self._inner.resolve(host, port, family) if self._guard.accepts(each["host"])]
        if not found:
            raise OSError("no address of this host may be called")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._inner.close()


class Http:
    """The shared client. Addresses are never logged: they carry tokens and keys (INV-29)."""

    def __init__(self, guard: Guard, *, connect_s: float = CONNECT_S, total_s: float = TOTAL_S) -> None:
        """Opens nothing yet; the first call does."""
        self._guard = guard
        self._connect_s = connect_s
        self._total_s = total_s
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def post_json(
        self, url: str, payload: Mapping[str, Any], *, query: Mapping[str, str] | None = None
    ) -> Answer | Trouble:
        """POST an object as plain UTF-8; people would see JSON's escapes of their characters (protocol.md 10.1)."""
        body = json.dumps(payload, ensure_ascii=False).encode()
        return await self.call("POST", url, query=query, body=body, headers={"Content-Type": "application/json"})

    async def call(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        reach: Reach = USUAL,
    ) -> Answer | Trouble:
        """One call without redirects; never raises for what the network or the other side does."""
        target = URL(url).update_query(query or {})
        if not self._guard.allows(target):
            return Trouble("refused", "egress")
        try:
            async with self._open().request(
                method, target, data=body, headers=headers, allow_redirects=False, timeout=self._limit(reach)
            ) as response:
                content = await _bounded(response, reach.most_bytes)
                return Answer(response.status, response.content_type, content, dict(response.headers))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Trouble("unsent", type(error).__name__)
        except _TooLarge:
            return Trouble("unknown", TOO_LARGE)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Trouble("unknown", type(error).__name__)

    def _limit(self, reach: Reach) -> aiohttp.ClientTimeout:
        return _timeout(self._connect_s, self._total_s if reach.total_s is None else reach.total_s)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit_per_host=CONNECTIONS, resolver=PinnedResolver(self._guard))
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._limit(USUAL), trust_env=False)
        return self._session


def _timeout(connect_s: float, total_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total_s, connect=connect_s, sock_connect=connect_s)


class _TooLarge(aiohttp.ClientPayloadError):
    """The answer is larger than we read."""


async def _bounded(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """The body; too much of it counts as unreadable."""
    body = bytearray()
    if (response.content_length or 0) > most_bytes:
        raise _TooLarge
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > most_bytes:
            raise _TooLarge
    return bytes(body)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(address: str) -> bool:
    """Whether a literal address belongs to the public network; mapped and embedded IPv4 count as what they hold."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is not None:
            return inner.is_global
    return ip.is_global and not ip.is_multicast
