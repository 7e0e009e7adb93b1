"""What the settings, and whoever starts a command, let us connect to."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from common.errors import AddressRefused
from common.outbound.check import PORTS, AddressCheck, host_and_port
from common.outbound.policy import AddressPolicy
from common.settings import Settings


def address_check(settings: Settings) -> AddressCheck:
    """For cameras and receivers."""
    return AddressCheck(policy=AddressPolicy.from_text(settings.allow_addresses))


def allowing(settings: Settings, sources: Iterable[str]) -> Settings:
    """The settings, and leave to connect to just the sources that this command was started with."""
    named = [entry for source in sources if (entry := _entry(source))]
    return settings.model_copy(update={"allow_addresses": ",".join(filter(None, [settings.allow_addresses, *named]))})


def _entry(source: str) -> str | None:
    try:
        host, port = host_and_port(source, schemes=PORTS)
    except AddressRefused:  # a file, a device, or what the form will refuse
        return None
    shown = f"[{host}]" if ":" in host else host
    return shown if urlsplit(source).scheme == "onvif" else f"{shown}:{port}"  # ONVIF's streams are at another port
