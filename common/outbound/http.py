"""HTTP to hosts that somebody named: each connection, also of a redirect, goes to an address that was checked."""

from __future__ import annotations

import ssl
from collections.abc import Iterable

import httpcore
import httpx
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream, SyncBackend

from common.outbound.check import AddressCheck

MOST_CONNECTIONS = 100  # of one client; this and the next as httpx has them by itself
KEPT_SECONDS = 5.0  # a connection that nobody uses


class CheckedBackend(NetworkBackend):
    """Resolves and judges by itself, then connects to that very address; TLS still checks the certificate's name."""

    def __init__(self, check: AddressCheck) -> None:
        self._check = check
        self._plain = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """To the first of its addresses that answers. Raises AddressRefused beside httpcore's own errors."""
        try:
            addresses = self._check.addresses(host, port)
        except OSError as exc:
            raise httpcore.ConnectError(str(exc)) from exc
        refused: Exception = httpcore.ConnectError("it has no address")
        for address in addresses:
            try:
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                refused = exc
        raise refused


class CheckedTransport(httpx.HTTPTransport):
    """httpx's own, on `CheckedBackend`: it has no parameter for that."""

    def __init__(self, check: AddressCheck, *, verify: ssl.SSLContext | bool = True) -> None:
        context = httpx.create_ssl_context(verify, trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=CheckedBackend(check),
        )


def checked_client(
    check: AddressCheck,
    *,
    timeout: float | httpx.Timeout,
    verify: ssl.SSLContext | bool = True,
    follow_redirects: bool = False,
) -> httpx.Client:
    """Asks no proxy of the environment: it would resolve the name once more, and reach what we do not."""
    transport = CheckedTransport(check, verify=verify)
    return httpx.Client(transport=transport, timeout=timeout, trust_env=False, follow_redirects=follow_redirects)
