"""What a reverse proxy in front says of a request, believed only of proxies that are trusted."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from console.proxies import Proxies


class BehindProxies:
    """Outermost: puts what a trusted proxy says in place of what the connection shows; takes it from all others."""

    def __init__(self, app: ASGIApp, *, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            client = scope.get("client")
            if client and self._proxies.trusts(client[0]):
                self._believe(scope)
            else:
                self._strip(scope)
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        scheme = headers.get("x-forwarded-proto", "").strip().lower()
        if scheme in ("http", "https"):
            scope["scheme"] = scheme
        # Each proxy appends whom it heard from: the last that is none of ours is the client, what stands before it
        # the client may have written itself.
        hops = [hop for value in headers.getlist("x-forwarded-for") for hop in value.split(",")]
        for address in map(_plain_address, reversed(hops)):
            if not address:
                return
            scope["client"] = (address, 0)
            if not self._proxies.trusts(address):
                return

    def _strip(self, scope: Scope) -> None:
        headers = MutableHeaders(scope=scope)
        for name in (self._proxies.user_header, self._proxies.role_header):
            if name and name in headers:
                del headers[name]


def _plain_address(hop: str) -> str:
    """Without a port; empty where it is no address."""
    text = hop.strip()
    for candidate in (text, text.rpartition(":")[0], text.partition("]")[0].removeprefix("[")):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return ""
