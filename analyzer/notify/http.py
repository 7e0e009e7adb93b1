"""One HTTP request to a receiver, and what its answer means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from analyzer.notify.channel import TIMEOUT_SECONDS
from analyzer.notify.errors import NotDelivered, Refused
from common.outbound.check import AddressCheck
from common.outbound.http import checked_client

# What a server that will take it later says; every other 4xx is its last word.
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def post(client: httpx.Client, url: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
    """Send it. Raises NotDelivered for a server that is away, busy or slow; Refused for one that will not take it,
    AddressRefused for one that may not be asked.

    No redirect is followed: a signed body goes to whom it was meant for. Of the answer only the head is read: what
    follows may never end. Sentences name the host only, since paths and
    users of such URLs are often secrets.
    """
    host = httpx.URL(url).host
    try:
        with client.stream("POST", url, content=body, headers=dict(headers)) as answer:
            pass
    except httpx.TimeoutException as exc:
        raise NotDelivered(f"{host} did not answer within {TIMEOUT_SECONDS:g} s") from exc
    except httpx.TransportError as exc:
        raise NotDelivered(f"{host} cannot be reached: {_reason(exc)}") from exc
    if answer.is_success:
        return
    said = f"{host} answered {answer.status_code} {answer.reason_phrase}".rstrip()
    if answer.is_server_error or answer.status_code in LATER:
        raise NotDelivered(said, retry_after_seconds=retry_after(answer.headers.get("Retry-After"), now=now))
    raise Refused(said)


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """The header's seconds, or its date as seconds from `now` (RFC 9110); None for none, or for what is neither."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def open_client(addresses: AddressCheck) -> httpx.Client:
    """Connects to checked addresses; asks no proxy of the environment; follows no redirect."""
    return checked_client(addresses, timeout=TIMEOUT_SECONDS, follow_redirects=False)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
