"""Which hosts an Apprise URL names: what they are is checked before each message, for Apprise connects by itself.

A name that changes its answer between our look and Apprise's own gets around that: whoever runs the installation keeps
its network's own rules for that case (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterator

import apprise

from analyzer.notify.errors import NotDelivered
from common.outbound.check import AddressCheck

# Where services keep the server that a URL names; all others have a server of their own.
PLACES = ("host", "smtp_host")


def check_service(service: apprise.NotifyBase, addresses: AddressCheck) -> None:
    """Raises AddressRefused; NotDelivered for a host that has no address."""
    for host, port in _hosts(service):
        try:
            addresses.addresses(host, port)
        except OSError as exc:
            raise NotDelivered(f"{host} cannot be reached: it has no address") from exc


def _hosts(service: apprise.NotifyBase) -> Iterator[tuple[str, int]]:
    if "host" not in service.template_tokens:  # what stands there is a token, which no resolver may get to see
        return
    found = {str(host) for place in PLACES if (host := getattr(service, place, None))}
    yield from ((host, int(service.port or 0)) for host in sorted(found))
