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

# NiceGUI builds its pages from inline scripts and compiles Vue templates in the browser: hence 'unsafe-inline' and
# 'unsafe-eval'. Nothing may come from, or go to, another host.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

# Probes, the API (which asks for a session or a token itself), its description, the login, and library files.
OPEN = ("/login", "/logout", "/healthz", "/readyz", "/metrics", "/openapi.json", "/favicon.ico")
OPEN_FOLDERS = ("/api/", "/docs", "/assets/", "/_nicegui/")


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
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SessionGuard:
    """Lets nobody see a page without a session, nor talk to one over a web socket."""

    def __init__(self, app: ASGIApp, *, has_session: Callable[[HTTPConnection], bool]) -> None:
        self._app = app
        self._has_session = has_session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or lead to the login."""
        if scope["type"] not in ("http", "websocket") or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            known = await run_in_threadpool(self._has_session, HTTPConnection(scope))
        except Unavailable as exc:
            await PlainTextResponse(str(exc), status_code=503)(scope, receive, send)
            return
        if known:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["path"].startswith("/_nicegui_ws"):
            await PlainTextResponse("", status_code=401)(scope, receive, send)
        else:
            await _to_login(scope)(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether a path needs no session."""
    return path in OPEN or path.startswith(OPEN_FOLDERS)


def safe_target(path: str) -> str:
    """Where to go after the login: a path of ours, never another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _to_login(scope: Scope) -> RedirectResponse:
    query = scope.get("query_string", b"").decode("latin-1")
    target = scope["path"] + (f"?{query}" if query else "")
    suffix = "" if target == "/" else f"?next={quote(target, safe='')}"
    return RedirectResponse(f"/login{suffix}", status_code=303)
