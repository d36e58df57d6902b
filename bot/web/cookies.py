"""Browser cookies: random tokens, stored hashed on the server (INV-27)."""

import hashlib
import secrets
from datetime import timedelta

from aiohttp import web

from bot.assembly import Parts


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_open_http(parts: Parts) -> bool:
    """Whether browsers come over plain http: on loopback with no https address in front (design.md 11, First run)."""
    server = parts.config.server
    return server.loopback and not (server.public_url or "").startswith("https://")


def cookie_name(parts: Parts, name: str) -> str:
    """`__Host-` cookies need https; without it the name is plain."""
    return name if is_open_http(parts) else f"__Host-{name}"


def set_cookie(response: web.StreamResponse, parts: Parts, name: str, token: str, *, life: timedelta | None) -> None:
    """Set a cookie that scripts cannot read; without `life` it ends with the browser session."""
    response.set_cookie(
        cookie_name(parts, name),
        token,
        max_age=int(life.total_seconds()) if life else None,
        path="/",
        secure=not is_open_http(parts),
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: web.StreamResponse, parts: Parts, name: str) -> None:
    """Take a cookie back."""
    response.del_cookie(
        cookie_name(parts, name), path="/", secure=not is_open_http(parts), httponly=True, samesite="Lax"
    )


def read_cookie(request: web.Request, parts: Parts, name: str) -> str | None:
    """The token of a cookie, if the browser sent one of a sane size."""
    token = request.cookies.get(cookie_name(parts, name))
    return token if token and len(token) <= 128 else None
