"""A file from an address that a stranger named, without letting it reach into this server's own network.

Every host is resolved here, every address it has is checked, and the very address that was checked is connected to: a
name that answers differently the second time (DNS rebinding) gains nothing. Redirects are checked in the same way.
Neither proxies nor .netrc of the environment are used: a proxy would resolve the name once more.
Source: OWASP, "Server-Side Request Forgery Prevention Cheat Sheet".
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import IO

import httpx

from common.errors import AddressRefused
from common.outbound.policy import AddressPolicy
from model_api.errors import FetchFailed, VideoTooLarge

MOST_REDIRECTS = 5
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 20.0  # without a byte
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PUBLIC_ONLY = AddressPolicy(is_public_only=True)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]  # host and port -> its addresses


@dataclass(frozen=True, kw_only=True)
class FetchLimits:
    """What one fetch may take."""

    max_bytes: int
    seconds: float  # for all of it, redirects included
    policy: AddressPolicy = PUBLIC_ONLY  # which hosts are asked


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, by the system's resolver. Raises FetchFailed."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise FetchFailed(f"there is no host {host}") from exc
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def fetch(url: str, to: IO[bytes], *, limits: FetchLimits, resolve: Resolve = resolve) -> None:
    """Write what the address holds to a file.

    Raises AddressRefused for an address that is not asked, FetchFailed when it gives nothing in time, VideoTooLarge.
    """
    target = parse_url(url)
    try:
        async with asyncio.timeout(limits.seconds):
            for _ in range(1 + MOST_REDIRECTS):
                following = await _fetch_once(target, to, limits, resolve)
                if following is None:
                    return
                target = following
    except TimeoutError as exc:
        raise FetchFailed(f"{target.host} did not deliver within {limits.seconds:g} seconds") from exc
    raise FetchFailed(f"the address redirects more than {MOST_REDIRECTS} times")


def parse_url(url: str) -> httpx.URL:
    """The address, once it is one of http or https. Raises AddressRefused."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as exc:
        raise AddressRefused("this is no address") from exc
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise AddressRefused("only addresses of http:// and https:// are fetched")
    return parsed


async def _fetch_once(url: httpx.URL, to: IO[bytes], limits: FetchLimits, resolve: Resolve) -> httpx.URL | None:
    """None once the file is written, else where to go on."""
    port = url.port or (443 if url.scheme == "https" else 80)
    addresses = await resolve(url.host, port)
    # One that is refused refuses the host: which of several is taken must not decide.
    for address in addresses:
        if (reason := limits.policy.refusal(url.host, port, address)) is not None:
            raise AddressRefused(reason)
    timeout = httpx.Timeout(IDLE_SECONDS, connect=CONNECT_SECONDS)
    try:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=timeout) as client:
            response = await _ask(client, url, addresses)
            try:
                return await _take(response, url, to, limits)
            finally:
                await response.aclose()
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise FetchFailed(f"{url.host} cannot be read: {exc or type(exc).__name__}") from exc


async def _ask(client: httpx.AsyncClient, url: httpx.URL, addresses: Sequence[str]) -> httpx.Response:
    """The answer of the first address that can be connected to; its name stands in Host and is what TLS checks."""
    refused: httpx.HTTPError = httpx.ConnectError("it has no address")
    for address in addresses:
        request = client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
            extensions={"sni_hostname": url.host},
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            refused = exc
    raise refused


async def _take(response: httpx.Response, url: httpx.URL, to: IO[bytes], limits: FetchLimits) -> httpx.URL | None:
    if response.status_code in REDIRECTS and "location" in response.headers:
        return parse_url(str(url.join(response.headers["location"])))
    if response.status_code != httpx.codes.OK:
        raise FetchFailed(f"{url.host} answers {response.status_code} {response.reason_phrase}")
    announced = response.headers.get("content-length", "")
    seen = int(announced) if announced.isdecimal() and int(announced) > limits.max_bytes else 0
    if not seen:
        async for chunk in response.aiter_raw():
            seen += len(chunk)
            if seen > limits.max_bytes:
                break
            await asyncio.to_thread(to.write, chunk)  # a full disk cache must not stop the other callers
    if seen > limits.max_bytes:
        raise VideoTooLarge(f"the file has more than the {limits.max_bytes:,} bytes allowed")
    return None
