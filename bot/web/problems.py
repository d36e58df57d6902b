"""Errors as RFC 9457 problems: what was wrong, in a sentence for whoever sent it."""

import json
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.web.keys import PARTS
from handlers.effects import Phrase
from storage.errors import Busy

log = logging.getLogger("guanjia.web")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def sentence(app: web.Application, key: str) -> str:
    """The text `web.<key>` of texts/web.yaml."""
    parts = app[PARTS]
    return parts.texts.render(Phrase(f"web.{key}"), estate=parts.setting.estate, now=parts.clock.now()).body


def problem(request: web.Request, status: int, key: str) -> web.Response:
    """A problem response; its detail is the sentence `web.<key>`, shown to people."""
    body = {"type": "about:blank", "title": key, "status": status, "detail": sentence(request.app, key)}
    return web.json_response(
        body, status=status, content_type="application/problem+json", dumps=lambda o: json.dumps(o, ensure_ascii=False)
    )


#: Keys for the few errors that the framework itself raises.
_KEYS = {
    400: "unreadable",
    401: "log_in",
    403: "forbidden",
    404: "missing",
    405: "method",
    413: "too_large",
    429: "slower",
}


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No traceback ever leaves; what the sender controls is a 4xx, a busy database a 503 with a kind sentence."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or not request.path.startswith("/api/"):
            raise
        return problem(request, error.status, _KEYS.get(error.status, "unreadable"))
    except Busy:
        log.warning("web.busy", extra={"route": request.path})
        return problem(request, 503, "busy")
    except Exception:
        log.exception("web.failed", extra={"route": request.path})
        return problem(request, 500, "failed")


CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


@web.middleware
async def hardened(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The same protective headers on every answer (INV-24, threat 8)."""
    response = await handler(request)
    if not response.prepared:
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
    return response


def same_origin(request: web.Request) -> bool:
    """Whether a state change comes from our own page: the Origin names this host (INV-27)."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") in (None, "same-origin", "none")
    return origin.partition("://")[2] == request.host
