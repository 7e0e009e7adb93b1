"""Asks the network which ONVIF cameras there are: a multicast question by UDP, answered by each for itself.

Source: OASIS Web Services Dynamic Discovery (2005/04), 5.2-5.3; ONVIF Core 7.3.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from grabber.onvif_soap import parse, text_of

MULTICAST = ("239.255.255.250", 3702)
LARGEST_DATAGRAM = 65_535
SCOPE = "onvif://www.onvif.org/"
QUESTION = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:{uuid}</w:MessageID>'
    "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
    "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
    "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A camera that answered."""

    netloc: str  # host, or host:port, as reached from here
    name: str = ""
    hardware: str = ""


def ask_network(*, seconds: float, to: tuple[str, int] = MULTICAST) -> list[Answer]:
    """The cameras that answer in that time, each once. A host without a network finds none."""
    question = QUESTION.format(uuid=uuid4()).encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for index, _name in socket.if_nameindex():  # the routing table knows only one way to a multicast address
            with contextlib.suppress(OSError):  # no address, or no multicast there
                asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s4si", b"", b"", index))
                asking.sendto(question, to)
        answers = {answer.netloc: answer for answer in _heard(asking, time.monotonic() + seconds)}
    return [answers[netloc] for netloc in sorted(answers)]


def read_answer(datagram: bytes, host: str) -> list[Answer]:
    """The cameras in an answer from that host; what is no camera's answer says nothing."""
    envelope = parse(datagram)
    if envelope is None:
        return []
    found = []
    for match in envelope.iterfind(".//{*}ProbeMatch"):
        scopes = text_of(match, "{*}Scopes").split()
        if "NetworkVideoTransmitter" in text_of(match, "{*}Types") or any(one.startswith(SCOPE) for one in scopes):
            netloc = _netloc(text_of(match, "{*}XAddrs").split(), host)
            found.append(Answer(netloc=netloc, name=_scope(scopes, "name"), hardware=_scope(scopes, "hardware")))
    return found


def _heard(asking: socket.socket, until: float) -> Iterator[Answer]:
    while (left := until - time.monotonic()) > 0:
        asking.settimeout(left)
        try:
            datagram, (host, _) = asking.recvfrom(LARGEST_DATAGRAM)
        except TimeoutError:
            return
        except OSError:  # a host that was asked refuses, out of turn
            continue
        yield from read_answer(datagram, host)


def _netloc(addresses: list[str], host: str) -> str:
    """Where the answer came from, at the port that the camera names: it may know itself by another address."""
    own = [address for address in addresses if urlsplit(address).hostname == host] or addresses
    try:
        port = urlsplit(own[0]).port if own else None
    except ValueError:
        port = None
    return host if port in (None, 80) else f"{host}:{port}"


def _scope(scopes: list[str], kind: str) -> str:
    prefix = f"{SCOPE}{kind}/"
    return next((unquote(one.removeprefix(prefix)) for one in scopes if one.startswith(prefix)), "")
