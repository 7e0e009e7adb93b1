"""Looks for cameras: by multicast, and one host after the other where multicast does not reach (bridge networks)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import httpx

from common.domain.discovery import FoundCamera, Search
from common.errors import AddressRefused, InvalidInput, StreamError
from common.outbound.check import UNCHECKED, AddressCheck
from common.outbound.http import checked_client
from grabber.errors import AuthFailed
from grabber.onvif import OnvifDevice
from grabber.onvif_soap import Login
from grabber.ws_discovery import Answer, ask_network

PORTS = (80, 8000, 8080, 8899, 2020)  # where cameras have ONVIF: the standard's, Hikvision, Dahua, Xiongmai, TP-Link
MOST_HOSTS = 1024  # of all subnets together; more would take minutes
AT_ONCE = 64
CONNECT_SECONDS = 1.0  # in a local network a host that is there accepts at once

_HOST = re.compile(r"([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?", re.ASCII)

AskNetwork = Callable[..., list[Answer]]


def discover(
    search: Search, *, addresses: AddressCheck = UNCHECKED, ask_network: AskNetwork = ask_network
) -> list[FoundCamera]:
    """Every ONVIF camera that answers, by address; with a login also its streams.

    Raises InvalidInput for a host or subnet that is none, or for too many of them, AddressRefused for one that may not
    be asked.
    """
    candidates = _candidates(search.hosts)
    timeout = httpx.Timeout(search.seconds, connect=min(CONNECT_SECONDS, search.seconds))
    with checked_client(addresses, timeout=timeout) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = pool.submit(ask_network, seconds=search.seconds) if search.multicast else None
        swept = list(pool.map(partial(_is_onvif, client), candidates))
        answers = [Answer(netloc=netloc) for netloc, found in zip(candidates, swept, strict=True) if found]
        by_netloc = {_canonical(answer.netloc): answer for answer in (*answers, *(waiting.result() if waiting else ()))}
        return list(pool.map(partial(_described, client, search), (by_netloc[key] for key in sorted(by_netloc))))


def _described(client: httpx.Client, search: Search, answer: Answer) -> FoundCamera:
    netloc = _canonical(answer.netloc)
    url = f"onvif://{netloc}"
    host = urlsplit(url).hostname or netloc
    found = FoundCamera(url=url, host=host, name=answer.name, hardware=answer.hardware)
    if not search.username:
        return found
    login = Login(username=search.username, password=search.password or "")
    device = OnvifDevice(url, client=client, login=login)
    try:
        model = device.model()
        profiles = tuple(device.found_profile(one) for one in device.profiles())
    except (StreamError, AddressRefused) as exc:  # what answers by multicast may claim any address
        return replace(found, problem=str(exc))
    return replace(found, name=answer.name or model, hardware=answer.hardware or model, profiles=profiles)


def _is_onvif(client: httpx.Client, netloc: str) -> bool:
    try:
        OnvifDevice(f"onvif://{netloc}", client=client).check()
    except AuthFailed:  # it should tell the time to anybody, but not all do; it is there
        return True
    except StreamError:
        return False
    return True


def _candidates(hosts: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for text in hosts:
        found += [netloc for host in _hosts(text.strip()) for netloc in _at_ports(host)]
        if len(found) > MOST_HOSTS * len(PORTS):
            raise InvalidInput(f"more than {MOST_HOSTS} hosts to look at: name smaller subnets")
    return list(dict.fromkeys(_canonical(netloc) for netloc in found))


def _hosts(text: str) -> list[str]:
    """A subnet's hosts, or the host itself."""
    if "/" in text:
        try:
            network = ipaddress.IPv4Network(text, strict=False)
        except ValueError as exc:
            raise InvalidInput(f"{text!r} is no subnet; one looks like 192.168.1.0/24") from exc
        if network.num_addresses > MOST_HOSTS:
            raise InvalidInput(f"{text} has {network.num_addresses} addresses; at most {MOST_HOSTS} are looked at")
        return [str(address) for address in network.hosts()]
    if not _HOST.fullmatch(text):
        shown = text.rpartition("@")[2]  # what stands before it may be a password
        raise InvalidInput(f"{shown!r} is no host; one looks like 192.168.1.20, camera.local or 192.168.1.20:8000")
    return [text]


def _at_ports(host: str) -> list[str]:
    return [host] if urlsplit(f"//{host}").port else [f"{host}:{port}" for port in PORTS]


def _canonical(netloc: str) -> str:
    """Without the port that is meant anyway."""
    return netloc.removesuffix(":80")
