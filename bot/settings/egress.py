"""Where the program may call out to: the vendors' hosts, and what `egress.allow` adds (INV-22, INV-38)."""

import ipaddress
from functools import cached_property
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator

from bot.settings.base import Settings

#: Hosts of the platforms; nothing else is called without being allowed.
VENDOR_HOSTS = frozenset(
    {
        "api.weixin.qq.com",
        "api2.weixin.qq.com",
        "qyapi.weixin.qq.com",
        "oapi.dingtalk.com",
        "open.feishu.cn",
        "api.mch.weixin.qq.com",
        "api2.mch.weixin.qq.com",
    }
)


class Place(NamedTuple):
    """A host with the port that is meant; None means every port."""

    host: str
    port: int | None


def place_of(text: str) -> Place:
    """Read `host`, `host:port`, a URL or a network such as `127.0.0.0/8`.

    Raises:
        ValueError: none of these.
    """
    if "/" in text and "://" not in text:
        return Place(str(ipaddress.ip_network(text, strict=False)), None)
    parts = urlsplit(text if "://" in text else f"//{text}")
    if not parts.hostname:
        raise ValueError("应为主机、主机:端口、网址或网段，例如 127.0.0.1:9000")
    return Place(parts.hostname, parts.port)


def is_inside(host: str) -> bool:
    """Whether a literal host is loopback, private or otherwise not public. Names but localhost are not judged here."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_global


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _readable(text: str) -> str:
    place_of(text)
    return text


class Egress(Settings):
    """The outgoing allow-list. Inside addresses (loopback, private) work only while the server is bound to loopback."""

    allow: tuple[Annotated[str, AfterValidator(_readable)], ...] = ()

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The allowed places."""
        return tuple(place_of(text) for text in self.allow)

    def permits(self, host: str, port: int | None) -> bool:
        """Whether a call to this host and port is allowed at all."""
        if host in VENDOR_HOSTS:
            return True
        return any(_covers(place, host, port) for place in self.places)


def _covers(place: Place, host: str, port: int | None) -> bool:
    if place.port is not None and place.port != port:
        return False
    if "/" not in place.host:
        return place.host == host
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(place.host)
    except ValueError:
        return False
