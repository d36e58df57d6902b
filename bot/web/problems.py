"""Errors as RFC 9457 problems or as a small page: what was wrong, in a sentence for whoever sent it."""

import json
import logging
from collections.abc import Awaitable, Callable

import aiohttp_jinja2
from aiohttp import web

from bot.web.keys import PARTS
from handlers.effects import Phrase
from storage.errors import StorageError

log = logging.getLogger("guanjia.web")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
#: Sentences for the errors that the framework itself raises.
_KEYS = {
    400: "unreadable",
    401: "log_in",
    403: "forbidden",
    404: "missing",
    405: "method",
    408: "slow",
    413: "too_large",
    415: "unsupported",
    429: "slower",
}


def sentence(app: web.Application, key: str) -> str:
    """The text `web.<key>` of texts/web.yaml."""
    parts = app[PARTS]
    return parts.texts.render(Phrase(f"web.{key}"), estate=parts.setting.estate, now=parts.clock.now()).body


def problem(request: web.Request, status: int, key: str) -> web.StreamResponse:
    """The sentence `web.<key>`: a page for somebody who opened an address, a problem document for our own pages."""
    if "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/"):
        context = {"estate": request.app[PARTS].setting.estate, "sentence": sentence(request.app, key)}
        return aiohttp_jinja2.render_template("error.html", request, context, status=status)
    body = {"type": "about:blank", "title": key, "status": status, "detail": sentence(request.app, key)}
    return web.json_response(
        body, status=status, content_type="application/problem+json", dumps=lambda o: json.dumps(o, ensure_ascii=False)
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No traceback ever leaves; what the sender controls is a 4xx, a busy database a 503 with a kind sentence."""
    if "Content-Encoding" in request.headers and not request.path.startswith("/callback/"):
        return problem(request, 415, "unsupported")  # nobody needs it, and what unpacks may be a bomb (threat 11)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or request.path.startswith("/callback/"):
            raise  # a platform reads statuses only
        response = problem(request, error.status, _KEYS.get(error.status, "unreadable"))
        if error.status in (408, 413):
            response.force_close()  # what is left of the body is not read
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except StorageError as error:
        log.warning("web.busy", extra={"route": route_of(request), "error": type(error).__name__})
        return problem(request, 503, "busy")
    except Exception:
        log.exception("web.failed", extra={"route": route_of(request)})
        return problem(request, 500, "failed")


def route_of(request: web.Request) -> str:
    """The declared path, for the log: what stands in its place in the address may be personal."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """The same protective headers on every answer, live streams and errors included (INV-24, threat 8)."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers["Server"] = "guanjia"
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    # Our own scripts and styles are asked for again, so that a new version shows at once; the rest is nobody's to keep.
    headers.setdefault("Cache-Control", "no-cache" if request.path.startswith("/static/") else "no-store")


def same_origin(request: web.Request) -> bool:
    """Whether a state change comes from our own page: the Origin names this host (INV-27)."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") in (None, "same-origin", "none")
    public = request.app[PARTS].config.server.public_url
    return origin.partition("://")[2] == request.host or (public is not None and origin == public)
