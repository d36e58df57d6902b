"""Slows down whoever guesses passwords: by account and by address, never a lock-out from outside (INV-28)."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import ip_address

from aiohttp import web

from bot.web.keys import PARTS

PER_ACCOUNT, PER_ADDRESS = 5, 20
WINDOW = timedelta(minutes=15)
#: Names and addresses that are remembered; the quietest is forgotten first.
REMEMBERED = 10_000
#: New chat visitors of one address in a window: far above a family or an office, far below a flood.
VISITORS = 300


class Counter:
    """Events by key in the last window; bounded."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def add(self, key: str, now: datetime) -> None:
        """Count one."""
        times = self._times.setdefault(key, deque(maxlen=self._limit))
        times.append(now)
        self._times.move_to_end(key)
        if len(self._times) > REMEMBERED:
            self._times.popitem(last=False)

    def is_full(self, key: str, now: datetime) -> bool:
        """Whether the limit was reached within the window."""
        times = self._times.get(key)
        return times is not None and len(times) >= self._limit and now - times[0] < WINDOW

    def take_back(self, key: str) -> None:
        """The latest event did not count."""
        times = self._times.get(key)
        if times:
            times.pop()

    def clear(self, key: str) -> None:
        """Forget a key."""
        self._times.pop(key, None)


class Gate:
    """Failed log-ins. An address that got into an account before is not kept out by strangers' failures."""

    def __init__(self) -> None:
        """Nobody failed yet."""
        self._names = Counter(PER_ACCOUNT)
        self._addresses = Counter(PER_ADDRESS)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.visitors = Counter(VISITORS)

    def failed(self, name: str, address: str, now: datetime) -> None:
        """Count an attempt; unknown names count like known ones, so that they cannot be told apart."""
        self._names.add(name, now)
        self._addresses.add(address, now)

    def succeeded(self, name: str, address: str) -> None:
        """The right password was given from there: that attempt was no failure."""
        self._names.clear(name)
        self._addresses.take_back(address)
        self._known[name, address] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def is_shut(self, name: str, address: str, now: datetime) -> bool:
        """Whether this attempt must wait."""
        if self._addresses.is_full(address, now):
            return True
        return (name, address) not in self._known and self._names.is_full(name, now)

    def knows(self, name: str, address: str) -> bool:
        """Whether somebody got into this account from there."""
        return (name, address) in self._known


GATE = web.AppKey("gate", Gate)


def address_of(request: web.Request) -> str:
    """The browser's address; behind our own proxies (server.proxies) the one that they report."""
    remote = request.remote or "?"
    proxies = request.app[PARTS].config.server.proxies
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while remote in proxies and hops:
        hop = hops.pop()
        if not _is_address(hop):
            break
        remote = hop
    return remote


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
