"""Nobody leads us to where we must not go: not by a redirect, a playlist, a device's answer or a name that changes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Client
from onvif_camera import OnvifCamera
from onvif_camera import serving as onvif_serving
from two_hosts import INSIDE, OUTSIDE, Resolver, Site, outside_only, serving

from analyzer.notify.alertmanager import AlertmanagerChannel
from analyzer.notify.apprise import AppriseChannel
from analyzer.notify.channel import Channel
from analyzer.notify.message import Message
from analyzer.notify.messenger import DirectMessenger
from analyzer.notify.mqtt import MqttChannel
from analyzer.notify.mqtt_client import CheckedClient
from analyzer.notify.texts import Texts
from analyzer.notify.webhook import WebhookChannel
from common.domain.camera import Camera
from common.domain.discovery import Search
from common.domain.notification import NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.status import status_key
from common.errors import AddressRefused, MaskwatchError, StreamError
from common.outbound.check import AddressCheck
from common.outbound.policy import AddressPolicy
from common.settings import load_settings
from grabber.discovery import discover
from grabber.probe import probe
from grabber.sources.open import open_source
from grabber.sources.source import Reading
from grabber.ws_discovery import Answer
from maskwatch import wiring
from maskwatch.telling import Messenger, channels

NEVER = threading.Event()
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")  # too short for a picture, long enough for a test
PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"


@pytest.fixture
def outside() -> Iterator[Site]:
    with serving(OUTSIDE) as site:
        yield site


@pytest.fixture
def inside() -> Iterator[Site]:
    with serving(INSIDE) as site:
        site.answers["/secret.jpg"] = (200, {"Content-Type": "image/jpeg"}, JPEG)
        yield site
        assert site.asked == []


def camera(url: str, **fields: Any) -> Camera:
    return Camera(id="c", name="Door", url=url, created_at=datetime.now(UTC), **fields)


def look(url: str, check: AddressCheck | None = None, **fields: Any) -> None:
    """Open the camera and take a shot."""
    reading = Reading(timeout=3, addresses=check or outside_only())
    with open_source(camera(url, **fields), reading) as source:
        source.shot(reading.clock() - timedelta(seconds=1), stop=NEVER)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_cameras_redirect_is_not_followed_inside(outside: Site, inside: Site, status: int) -> None:
    outside.answers["/snap.jpg"] = (status, {"Location": inside.url("/secret.jpg")}, b"")
    with pytest.raises(AddressRefused, match="this machine itself"):
        look(outside.url("/snap.jpg"))


def test_a_cameras_redirect_to_another_of_its_places_is_followed(outside: Site) -> None:
    outside.answers["/snap.jpg"] = (302, {"Location": "/real.jpg"}, b"")
    with pytest.raises(StreamError):  # it shows no real picture
        look(outside.url("/snap.jpg", host="camera.example"))
    assert outside.asked == ["/snap.jpg", "/real.jpg"]


def test_a_redirect_that_comes_later_is_checked_too(outside: Site, inside: Site) -> None:
    outside.answers["/snap.jpg"] = (200, {"Content-Type": "image/jpeg"}, JPEG)
    reading = Reading(timeout=3, addresses=outside_only())
    with open_source(camera(outside.url("/snap.jpg")), reading) as source:
        outside.answers["/snap.jpg"] = (302, {"Location": inside.url("/secret.jpg")}, b"")
        with pytest.raises(AddressRefused):
            source.shot(reading.clock(), stop=NEVER)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("#EXTINF:1.0,\n{inside}\n", id="segment"),
        pytest.param('#EXT-X-KEY:METHOD=AES-128,URI="{inside}"\n#EXTINF:1.0,\nlive0.ts\n', id="key"),
        pytest.param('#EXT-X-MAP:URI="{inside}"\n#EXTINF:1.0,\nlive0.mp4\n', id="initialisation"),
        pytest.param("#EXT-X-STREAM-INF:BANDWIDTH=1\n{inside}\n", id="variant"),
        pytest.param("#EXTINF:1.0,\nfile:///etc/passwd\n", id="file"),
        pytest.param("#EXTINF:1.0,\nsubfile,,start,0,end,9,,:/etc/passwd\n", id="subfile"),
        pytest.param("#EXTINF:1.0,\nconcat:{inside}|{inside}\n", id="concat"),
    ],
)
def test_a_playlist_leads_to_nothing_inside(outside: Site, inside: Site, lines: str) -> None:
    text = PLAYLIST + lines.format(inside=inside.url("/secret.jpg")) + "#EXT-X-ENDLIST\n"
    outside.answers["/live.m3u8"] = (200, {"Content-Type": "application/vnd.apple.mpegurl"}, text.encode())
    with pytest.raises((AddressRefused, StreamError)):
        look(outside.url("/live.m3u8"))


@pytest.mark.parametrize("scheme", ["http", "rtsp", "rtsps", "rtmp", "rtmps", "onvif"])
@pytest.mark.parametrize("host", [INSIDE, "both.example"])
def test_no_kind_of_camera_is_looked_for_inside(inside: Site, scheme: str, host: str) -> None:
    url = inside.url("/x?password=hush", scheme=scheme, host=host)
    with pytest.raises(AddressRefused) as refused:
        probe(camera(url, username="op", password="s@crt"), timeout=3, addresses=outside_only())
    assert "hush" not in str(refused.value)
    assert "s@crt" not in str(refused.value)


def test_where_a_device_says_its_stream_is_is_checked_too() -> None:
    with onvif_serving(OnvifCamera(streams={"main": "rtsp://10.99.0.7:9/live"})) as device:
        check = AddressCheck(policy=AddressPolicy.from_text(device.netloc))  # that port, and no other
        with pytest.raises(AddressRefused, match=INSIDE):  # its stream is asked for at the host that was found
            look(f"onvif://{device.netloc}/main", check, username="op", password="s&crt")


def test_a_name_that_changes_its_answer_leads_nowhere_else(outside: Site, inside: Site) -> None:
    outside.answers["/snap.jpg"] = (200, {"Content-Type": "image/jpeg"}, JPEG)
    resolver = Resolver(names={"moving.example": [[OUTSIDE], [INSIDE]]})
    url = f"http://moving.example:{outside.port}/snap.jpg"
    with pytest.raises(AddressRefused):  # the shot is a connection of its own, for which the name is asked again
        look(url, outside_only(resolver))
    assert outside.asked == ["/snap.jpg"]
    assert resolver.asked == ["moving.example"] * 2  # once for each connection


def test_an_rtsp_camera_is_called_at_the_address_that_was_checked() -> None:
    resolver = Resolver(names={"moving.example": [[OUTSIDE], [INSIDE]]})
    heard: list[bytes] = []
    with closing(socket.create_server((OUTSIDE, 0))) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            heard.append(connection.recv(4096))
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StreamError):
            look(f"rtsp://moving.example:{listening.getsockname()[1]}/live", outside_only(resolver))
        thread.join()
    assert heard[0].startswith(b"OPTIONS rtsp://127.0.0.2:")
    assert resolver.asked == ["moving.example"]


@pytest.mark.parametrize("host", [INSIDE, "127.0.0.0/30", "169.254.169.254", "both.example"])
def test_no_search_for_cameras_goes_inside(inside: Site, host: str) -> None:
    where = host if "/" in host else f"{host}:{inside.port}"
    with pytest.raises(AddressRefused):
        discover(Search(hosts=(where,), seconds=0.2), addresses=outside_only(), ask_network=lambda **_: [])


def test_who_answers_a_search_by_multicast_gets_no_login_inside(inside: Site) -> None:
    def claims(**_: object) -> list[Answer]:
        return [Answer(netloc=f"{INSIDE}:{inside.port}", name="Liar")]

    search = Search(username="op", password="s@crt", seconds=0.2)
    (found,) = discover(search, addresses=outside_only(), ask_network=claims)
    assert found.profiles == ()
    assert "this machine itself" in found.problem


def message(url: str, kind: ReceiverKind) -> Message:
    now = datetime.now(UTC)
    receiver = Receiver(id="r", name="R", kind=kind, url=url, created_at=now)
    return Message(id="m", kind=NotificationKind.TEST, receiver=receiver, title="A test", body="of it", at=now)


CHANNELS: list[tuple[type[Any], ReceiverKind, str]] = [
    (WebhookChannel, ReceiverKind.WEBHOOK, "http://{host}:{port}/hook"),
    (AlertmanagerChannel, ReceiverKind.ALERTMANAGER, "http://{host}:{port}"),
    (MqttChannel, ReceiverKind.MQTT, "mqtt://{host}:{port}/x"),
    (AppriseChannel, ReceiverKind.APPRISE, "json://{host}:{port}/x"),
    (AppriseChannel, ReceiverKind.APPRISE, "mailto://user:pw@mail.example?smtp={host}&to=a@b.example"),
]


@pytest.mark.parametrize(("kind", "of", "url"), CHANNELS)
@pytest.mark.parametrize("host", [INSIDE, "both.example"])
def test_no_message_goes_inside(inside: Site, kind: type[Any], of: ReceiverKind, url: str, host: str) -> None:
    resolver = Resolver(names={"mail.example": [[OUTSIDE]]})
    channel: Channel = kind(addresses=outside_only(resolver))
    with closing(channel), pytest.raises(AddressRefused) as refused:
        channel.send(message(url.format(host=host, port=inside.port), of))
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize(("kind", "of", "url"), [CHANNELS[0], CHANNELS[1], CHANNELS[3]])
def test_no_message_follows_a_redirect(
    outside: Site, inside: Site, kind: type[Any], of: ReceiverKind, url: str
) -> None:
    for path in ("/hook", "/api/v2/alerts", "/x", "/x/"):
        outside.answers[path] = (307, {"Location": inside.url("/secret.jpg")}, b"")
    channel: Channel = kind(addresses=outside_only())
    with closing(channel), pytest.raises(MaskwatchError):
        channel.send(message(url.format(host=OUTSIDE, port=outside.port), of))
    assert len(outside.asked) == 1


@pytest.mark.parametrize(("kind", "of", "url"), CHANNELS)
def test_no_receiver_inside_is_saved(kind: type[Any], of: ReceiverKind, url: str) -> None:
    resolver = Resolver(names={"mail.example": [[OUTSIDE]]})
    messenger = DirectMessenger(channels={}, texts=Texts(None), addresses=outside_only(resolver))
    for host in (INSIDE, "both.example"):
        with pytest.raises(AddressRefused):
            messenger.check(message(url.format(host=host, port=80), of).receiver)
    messenger.check(message(url.format(host=OUTSIDE, port=80), of).receiver)


def test_an_answer_that_never_ends_is_not_read() -> None:
    with socket.create_server((OUTSIDE, 0)) as listening:
        stop = threading.Event()
        thread = threading.Thread(target=talk_for_ever, args=(listening, stop))
        thread.start()
        with closing(WebhookChannel(addresses=outside_only())) as channel:
            channel.send(message(f"http://{OUTSIDE}:{listening.getsockname()[1]}/", ReceiverKind.WEBHOOK))
        stop.set()
        thread.join()


def talk_for_ever(listening: socket.socket, stop: threading.Event) -> None:
    connection, _ = listening.accept()
    with connection, suppress(OSError):  # until the other side has heard enough
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while not stop.is_set():
            connection.sendall(b"and " * 1000)


def test_a_token_in_a_messengers_url_is_no_host_that_a_resolver_gets_to_see() -> None:
    resolver = Resolver()
    channel = AppriseChannel(addresses=outside_only(resolver))
    with pytest.raises(MaskwatchError):
        channel.send(message("tgram://123456789:abcdefg_hijklmnop/0?redirect=yes", ReceiverKind.APPRISE))
    assert resolver.asked == []


def test_an_mqtt_connection_that_is_made_again_is_checked_again(inside: Site) -> None:
    client = CheckedClient(outside_only(), client_id="c")
    with pytest.raises(OSError, match="this machine itself"):
        client.connect(INSIDE, inside.port)


BAD_CAMERAS = [
    "rtsp://127.0.0.1/live", "http://localhost/snap.jpg", "rtsp://[::1]:554/x", "http://2130706433/", "onvif://0/",
    "http://169.254.169.254/latest/meta-data", "rtmp://both.example/x", "file:///etc/passwd", "/dev/video0",
]  # fmt: skip


@pytest.fixture
def strict(world: Any) -> Any:
    """The installation with the checks that a real one has."""
    world.console = replace(world.console, addresses=outside_only(Resolver(names={"localhost": [[INSIDE]]})))
    return world


@pytest.mark.parametrize("url", BAD_CAMERAS)
def test_the_api_saves_and_tests_no_camera_inside(strict: Any, admin: Client, url: str) -> None:
    form = {"name": "Door", "url": url}
    known = admin.post("/api/v1/cameras", json={"name": "Good", "url": "rtsp://10.0.0.7/live"}).json()
    for answer in (
        admin.post("/api/v1/cameras", json=form),
        admin.post("/api/v1/cameras/test", json=form),
        admin.patch(f"/api/v1/cameras/{known['id']}", json={"url": url}),
        admin.post(f"/api/v1/cameras/{known['id']}/test", json={"url": url}),
    ):
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == ["url"]
    assert strict.probing.asked == []
    assert [one["name"] for one in admin.get("/api/v1/cameras").json()["items"]] == ["Good"]


def test_a_camera_that_the_command_line_added_keeps_its_file(strict: Any, admin: Client) -> None:
    saved = strict.camera("Clip")
    with strict.console.repository.begin() as unit:
        unit.cameras.update(replace(saved, url="file:///srv/clip.mp4"))
    assert admin.patch(f"/api/v1/cameras/{saved.id}", json={"site": "South"}).status_code == 200
    assert admin.patch(f"/api/v1/cameras/{saved.id}", json={"url": "file:///etc/shadow"}).status_code == 422


def test_whoever_runs_the_server_may_allow_its_files(world: Any, request: pytest.FixtureRequest) -> None:
    world.console = replace(world.console, allows_files=True)
    admin: Client = request.getfixturevalue("admin")
    answer = admin.post("/api/v1/cameras", json={"name": "Clip", "url": "file:///srv/clip.mp4"})
    assert answer.status_code == 201, answer.text


def test_the_program_is_composed_with_the_checks(inside: Site) -> None:
    """What the settings say reaches everything that connects."""
    settings = load_settings(allow_addresses="")
    near = camera(inside.url("/secret.jpg"))
    with pytest.raises(AddressRefused):
        wiring.prober(settings)(near)
    with pytest.raises(AddressRefused):
        wiring.finder(settings)(Search(hosts=(f"{INSIDE}:{inside.port}",), seconds=0.5, multicast=False))
    for kind, make in channels(settings).items():
        url = next(url for _, of, url in CHANNELS if of is kind)
        with closing(make()) as channel, pytest.raises(AddressRefused):
            channel.send(message(url.format(host=INSIDE, port=inside.port), kind))
    with pytest.raises(AddressRefused):
        Messenger(settings).check(message(inside.url(), ReceiverKind.WEBHOOK).receiver)


def test_a_grabber_of_the_program_does_not_call_a_camera_inside(inside: Site, tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, allow_addresses="", broker="", store="", database="")
    adapters, stop = wiring.open_adapters(settings), threading.Event()
    adapters.repository.upgrade()
    with adapters.repository.begin() as unit:
        unit.cameras.add(camera(inside.url("/secret.jpg"), interval_seconds=1.0))
    thread = threading.Thread(target=wiring.grabber_service(settings, adapters).run, args=(stop,))
    thread.start()
    try:
        said = _wait_for_status(adapters)
    finally:
        stop.set()
        thread.join()
        adapters.close()
    assert b'"address_refused"' in said
    assert b"MASKWATCH_ALLOW_ADDRESSES" in said


def _wait_for_status(adapters: wiring.Adapters) -> bytes:
    """Until the camera is down."""
    for _ in range(600):
        said = adapters.coordination.get(status_key("c")) or b""
        if b'"down"' in said:
            return said
        time.sleep(0.05)
    raise AssertionError("the camera is not down")
