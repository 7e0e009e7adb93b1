"""Looking for cameras: real datagrams and a real device, on the loop-back."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from onvif_camera import OnvifCamera, serving

from common.domain.discovery import Search
from common.errors import InvalidInput
from grabber.discovery import discover
from grabber.ws_discovery import Answer, ask_network, read_answer

GROUP = "239.255.255.250"
MATCH = (
    '<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>'
    "<d:Types>{types}</d:Types><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{addresses}</d:XAddrs>"
    "</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
SCOPES = "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Main%20door onvif://www.onvif.org/hardware/Eye-2"


def match(addresses: str, *, types: str = "dn:NetworkVideoTransmitter", scopes: str = SCOPES) -> bytes:
    return MATCH.format(types=types, scopes=scopes, addresses=addresses).encode()


@contextmanager
def answering(datagrams: list[bytes], *, group: str | None = None) -> Iterator[tuple[str, int]]:
    """A camera that answers every question by UDP; in a multicast group, or at its own address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("" if group else "127.0.0.1", 0))
        if group:
            loopback = struct.pack("=4s4si", socket.inet_aton(group), b"", socket.if_nametoindex("lo"))
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, loopback)
        address = (group or "127.0.0.1", listening.getsockname()[1])

        def answer() -> None:
            while True:
                question, asker = listening.recvfrom(65_535)
                if question == b"stop":
                    return
                assert b"NetworkVideoTransmitter" in question
                for datagram in datagrams:
                    listening.sendto(datagram, asker)

        thread = threading.Thread(target=answer)
        thread.start()
        yield address
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopping:
            stopping.sendto(b"stop", ("127.0.0.1", address[1]))
        thread.join()


def found_by(datagrams: list[bytes], *, group: str | None = None) -> list[Answer]:
    with answering(datagrams, group=group) as address:
        return ask_network(seconds=1.0, to=address)


def test_a_camera_answers_the_multicast_question() -> None:
    found = found_by([match("http://127.0.0.1:8080/onvif/device_service")], group=GROUP)
    assert [(one.netloc.partition(":")[2], one.name, one.hardware) for one in found] == [("8080", "Main door", "Eye-2")]


def test_each_camera_is_found_once_and_nonsense_is_passed_over() -> None:
    one, other = match("http://127.0.0.1/onvif/device_service"), match("http://127.0.0.1:8000/onvif/device_service")
    printer = match("http://127.0.0.1:99/", types="wprt:PrintDeviceType", scopes="ldap:///")
    found = found_by([b"\xff not XML", one, printer, one, other, b"<!DOCTYPE x><x/>"])
    assert [answer.netloc for answer in found] == ["127.0.0.1", "127.0.0.1:8000"]


@pytest.mark.parametrize(
    ("addresses", "netloc"),
    [
        ("http://10.0.0.9:8899/onvif/device_service http://192.168.1.20:80/onvif/device_service", "192.168.1.20"),
        ("http://10.0.0.9:8899/onvif/device_service", "192.168.1.20:8899"),  # it knows only its address elsewhere
        ("http://10.0.0.9:no-port/", "192.168.1.20"),
        ("", "192.168.1.20"),
    ],
)
def test_the_address_is_the_one_that_answered(addresses: str, netloc: str) -> None:
    (answer,) = read_answer(match(addresses), "192.168.1.20")
    assert answer.netloc == netloc


def test_a_host_is_found_without_multicast_and_shows_its_streams_to_a_login() -> None:
    with serving(OnvifCamera(streams={"main": "rtsp://x/1", "sub": "rtsp://x/2"})) as device:
        search = Search(hosts=(device.netloc, "127.0.0.1:1"), seconds=1.0)
        nobody = partial(ask_network, to=("127.0.0.1", 9))
        (stranger,) = discover(search, ask_network=nobody)
        assert (stranger.url, stranger.host, stranger.profiles) == (f"onvif://{device.netloc}", "127.0.0.1", ())
        known = Search(hosts=search.hosts, username=device.username, password=device.password, seconds=1.0)
        (friend,) = discover(known, ask_network=nobody)
    assert friend.name == "Acme Eye 2"
    assert [profile.url for profile in friend.profiles] == [f"{friend.url}/main", f"{friend.url}/sub"]
    assert (friend.profiles[0].codec, friend.profiles[0].width, friend.profiles[0].height) == ("H264", 1920, 1080)


def test_without_multicast_only_the_named_hosts_hear_the_login() -> None:
    with serving(OnvifCamera()) as device, answering([match(f"http://{device.netloc}/onvif/device_service")]) as at:
        search = Search(hosts=("127.0.0.1:1",), username=device.username, password=device.password, seconds=1.0)
        everybody = partial(ask_network, to=at)
        assert [found.host for found in discover(search, ask_network=everybody)] == ["127.0.0.1"]
        assert discover(replace(search, multicast=False), ask_network=everybody) == []


def test_a_wrong_login_is_told_and_the_camera_shown_all_the_same() -> None:
    with serving(OnvifCamera()) as device, answering([match(f"http://{device.netloc}/onvif/device_service")]) as at:
        search = Search(username=device.username, password="wr0ng!", seconds=1.0)
        (found,) = discover(search, ask_network=partial(ask_network, to=at))
    assert (found.url, found.name) == (f"onvif://{device.netloc}", "Main door")
    assert "refuses the login" in found.problem
    assert "wr0ng" not in repr((found, search))


@pytest.mark.parametrize(
    "host", ["10.0.0.0/8", "10.0.0.0/x", "camera one", "op:secret@camera", "camera:port", "", "a?b"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        discover(Search(hosts=(host,), seconds=0.1))
    assert "secret" not in str(caught.value)
