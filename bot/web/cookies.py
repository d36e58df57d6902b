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


def cookie_name(parts: Parts, name: str) -> str:
    """`__Host-` cookies need https; on loopback they are plain (design.md 11, First run)."""
    return name if parts.config.server.loopback else f"__Host-{name}"


def set_cookie(response: web.StreamResponse, parts: Parts, name: str, token: str, *, life: timedelta | None) -> None:
    """Set a cookie that scripts cannot read; without `life` it ends with the browser session."""
    response.set_cookie(
        cookie_name(parts, name),
        token,
        max_age=int(life.total_seconds()) if life else None,
        path="/",
        secure=not parts.config.server.loopback,
        httponly=True,
        samesite="Lax",
    )


def read_cookie(request: web.Request, parts: Parts, name: str) -> str | None:
    """The token of a cookie, if the browser sent one of a sane size."""
    token = request.cookies.get(cookie_name(parts, name))
    return token if token and len(token) <= 128 else None
