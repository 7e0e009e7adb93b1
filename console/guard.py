"""What stands before every page: security headers, and the session."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.errors import Unavailable
from console.errors import NotAllowed

# Only files of ours run or style anything: a name that is shown can carry no script, whatever it holds. Browsers that
# know trusted types refuse even to parse HTML from a string.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",  # the gate looks through a webcam
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"  # a year, of this host alone: what else runs there is not ours to decide on

# Probes, the API (which asks for a session or a token itself), its description, the login, and the UI's files.
OPEN = ("/login", "/healthz", "/readyz", "/metrics", "/openapi.json", "/favicon.ico")
OPEN_FOLDERS = ("/api/", "/docs", "/assets/")


class SecurityHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SessionGuard:
    """Leads whoever has no session from a page to the login."""

    def __init__(self, app: ASGIApp, *, has_session: Callable[[HTTPConnection], bool]) -> None:
        self._app = app
        self._has_session = has_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or lead to the login."""
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            known = await run_in_threadpool(self._has_session, HTTPConnection(scope))
        except Unavailable as exc:
            await PlainTextResponse(str(exc), status_code=503)(scope, receive, send)
            return
        except NotAllowed as exc:  # the proxy in front says what cannot be believed
            await PlainTextResponse(str(exc), status_code=403)(scope, receive, send)
            return
        if known:
            await self._app(scope, receive, send)
        else:
            await _to_login(scope)(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether a path needs no session."""
    return path in OPEN or path.startswith(OPEN_FOLDERS)


def _to_login(scope: Scope) -> RedirectResponse:
    query = scope.get("query_string", b"").decode("latin-1")
    target = scope["path"] + (f"?{query}" if query else "")
    suffix = "" if target == "/" else f"?next={quote(target, safe='')}"
    return RedirectResponse(f"/login{suffix}", status_code=303)
