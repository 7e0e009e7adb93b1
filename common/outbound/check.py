"""Asks the resolver, and judges every address that it gives."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from common.errors import AddressRefused
from common.outbound.policy import ANYWHERE, AddressPolicy

# Where an address names none.
PORTS = {
    "http": 80, "https": 443, "onvif": 80, "rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443,
    "mqtt": 1883, "mqtts": 8883,
}  # fmt: skip

Resolve = Callable[[str, int], Sequence[str]]  # host and port -> its addresses; raises OSError for none


def resolve(host: str, port: int) -> Sequence[str]:
    """By the system's resolver, which also reads 2130706433, 0x7f.1 and 017700000001. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as exc:  # a label that is empty or too long
        raise OSError(f"there is no host {host!r}") from exc
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, kw_only=True)
class AddressCheck:
    """Says to which addresses a host that somebody named may be connected. Who connects to one of these, and does not
    resolve the name again, cannot be led elsewhere by a name that answers differently the second time."""

    policy: AddressPolicy = ANYWHERE
    resolve: Resolve = resolve

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Of the host, in the resolver's order.

        One that is refused refuses the host: which of several is taken must not decide. Raises AddressRefused, OSError.
        """
        found = self.resolve(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        for address in found:
            if (reason := self.policy.refusal(host, port, address)) is not None:
                raise AddressRefused(reason)
        return found

    def check_host(self, host: str, port: int) -> None:
        """Before a host is saved: one without an address passes, for it is checked again when it is connected to.

        Raises AddressRefused.
        """
        if self.policy.is_open:
            return
        try:
            self.addresses(host, port)
        except OSError:
            return

    def check_url(self, url: str, *, schemes: Collection[str]) -> None:
        """`check_host` of a URL's host. Raises AddressRefused, also for another scheme; no sentence repeats the URL."""
        host, port = host_and_port(url, schemes=schemes)
        self.check_host(host, port)


def host_and_port(url: str, *, schemes: Collection[str]) -> tuple[str, int]:
    """Raises AddressRefused for what is no address of one of these schemes."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise AddressRefused("this is no valid address") from exc
    if parts.scheme not in schemes:
        raise AddressRefused(f"the address must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    # Programs disagree on where a host ends that holds one of these; browsers take \ for /.
    if not host or any(sign <= " " or sign in "\\\x7f" for sign in url):
        raise AddressRefused("this is no valid address")
    return host, port or PORTS.get(parts.scheme, 0)


UNCHECKED = AddressCheck()  # for what nobody but the machine's own user can name: commands, tests
