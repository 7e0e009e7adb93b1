"""Whatever somebody sends, it stays data: no path, no statement, no script, no memory that runs out."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import struct
import threading
import zlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import simplejpeg
from httpx import Client
from starlette.types import Message
from world import World

from common.errors import InvalidInput, UnreadableImage
from common.ports.store import ObjectStore
from console.api import limits
from console.api.build import create_api
from console.api.limits import MOST_BYTES, Body, BodyRefused
from console.paging import MOST_OF_ONE_TIME
from console.server import serve
from console.slots import Slots
from grabber.errors import PictureUnreadable
from grabber.picture import picture_from_jpeg
from model_api.errors import ModelNotFound
from model_api.header import read_header
from model_api.repository import ModelRepository

SECRET = "root:"  # how /etc/passwd begins


def raw(client: Client, path: str) -> tuple[int, bytes]:
    """The answer to a path as it stands: clients tidy up `..` before they ask."""
    place = urlsplit(str(client.base_url))
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=20)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    connection.putrequest("GET", path, skip_host=False)
    connection.putheader("Cookie", cookie)
    connection.endheaders()
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    except ConnectionResetError:  # it hung up on the rest of what we said
        return answer.status, b""
    finally:
        connection.close()


@pytest.fixture
def site(address: str, world: World) -> Any:
    """An administrator of the whole console, pages and all."""
    with Client(base_url=address) as client:
        said = client.post("/api/v1/login", json={"name": "admin", "password": "correct horse battery"})
        client.headers["X-CSRF-Token"] = said.json()["csrf_token"]
        yield client


ESCAPES = (
    "../" * 8,
    "..%2f" * 8,
    "%2e%2e/" * 8,
    "%2e%2e%2f" * 8,
    "..%5c" * 8,
    "....//" * 8,
    "%252e%252e%252f" * 8,
    "/",
)
PLACES = (
    "/assets/{}etc/passwd", "/assets/core/{}etc/passwd", "/docs/assets/{}etc/passwd", "/{}etc/passwd",
    "/api/v1/models/{}etc/passwd", "/api/v1/models/x/{}etc/passwd", "/api/v1/runs/{}etc/passwd",
    "/api/v1/snapshots/{}etc/passwd/image.jpg", "/api/v1/cameras/{}etc/passwd/latest.jpg",
    "/api/v1/queues/{}etc/passwd/dead-letters",
)  # fmt: skip


def test_no_path_leads_out_of_its_folder(site: Client) -> None:
    for place in PLACES:
        for escape in ESCAPES:
            status, body = raw(site, place.format(escape))
            assert SECRET not in body.decode(errors="replace"), (place, escape)
            assert status != 500, (place, escape, body[:300])


@pytest.mark.parametrize(
    "key", ["../x.jpg", "a/../../x", "/etc/passwd", "a//b", "a\\..\\b", "a/\0", "", ".", "a/./b", "a\nb"]
)
def test_no_key_leads_out_of_the_store(store: ObjectStore, key: str) -> None:
    for use in (store.get, lambda one: store.delete([one]), lambda one: store.put(one, b"x")):
        with pytest.raises(InvalidInput):
            use(key)


@pytest.mark.parametrize("name", ["..", "../..", "x/../../y", "/etc", "a\\b", "x\0y", "."])
def test_no_model_is_looked_for_outside_of_its_folder(name: str) -> None:
    for named in ((name, "1"), ("yoloface-server", name), (name, None)):
        with pytest.raises(ModelNotFound):
            ModelRepository().load(*named)


STATEMENTS = (
    "' OR '1'='1",
    "'; DROP TABLE cameras; --",
    "\\",
    "%",
    "_",
    '"',
    "\0",
    "${7*7}",
    "{{7*7}}",
    "💣",
    "a" * 3000,
)


def test_no_filter_is_a_statement(site: Client, world: World) -> None:
    """Every text that any list takes; after that everything is as it was."""
    door, rule = world.camera(), world.rule()
    world.alert(door, rule)
    before = {path: site.get(path).json() for path in ("/api/v1/cameras", "/api/v1/rules", "/api/v1/alerts")}
    for path, names in _text_parameters(site):
        for name in names:
            for statement in STATEMENTS:
                answer = site.get(path, params={name: statement})
                assert answer.status_code in (200, 404, 422), (path, name, statement, answer.text[:300])
                if answer.status_code == 200 and name in ("camera", "rule", "site", "zone", "by"):
                    found = answer.json().get("items", []) if "json" in answer.headers["content-type"] else []
                    assert not [one for one in found if one.get("shots") is None], (path, name, statement)
    after = {path: site.get(path).json() for path in before}
    assert after == before


def _text_parameters(site: Client) -> list[tuple[str, list[str]]]:
    """GET operations without a parameter in their path, and their parameters that take any text."""
    found = []
    for path, methods in site.get("/openapi.json").json()["paths"].items():
        asked = methods.get("get", {}).get("parameters", [])
        names = [one["name"] for one in asked if one["in"] == "query" and _is_text(one["schema"])]
        if "{" not in path and "oidc" not in path and names:
            found.append((path, names))
    assert len(found) > 8
    return found


def _is_text(schema: dict[str, Any]) -> bool:
    kinds = schema.get("anyOf", [schema])
    return any(one.get("type") == "string" and "enum" not in one and "format" not in one for one in kinds)


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = (
    "x", "AAAA", "'", "[" * 2000, cursor(None), cursor([]), cursor({}), cursor(["2026-01-01", -1]), cursor(["now", 0]),
    cursor(["9999-12-31T23:59:59.999999+00:00", 0]), cursor(["0001-01-01T00:00:00+14:00", 0]),
    cursor(["2026-01-01T00:00:00Z", MOST_OF_ONE_TIME + 1]), cursor(["2026-01-01T00:00:00Z", 10**30]),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
)  # fmt: skip


def test_no_cursor_breaks_a_list(site: Client) -> None:
    paths = [path for path, names in _text_parameters(site) if "cursor" in names]
    assert len(paths) > 6
    for path in paths:
        for forged in CURSORS:
            answer = site.get(path, params={"cursor": forged})
            assert answer.status_code in (200, 422), (path, forged[:60], answer.text[:300])


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1", "1e99", "-1"])
def test_no_time_breaks_a_list(site: Client, at: str) -> None:
    for path in ("/api/v1/snapshots", "/api/v1/events", "/api/v1/alerts", "/api/v1/audit", "/api/v1/feedback"):
        for name in ("after", "before"):
            assert site.get(path, params={name: at}).status_code in (200, 422), (path, name)
    for name in ("from", "to"):
        assert site.get("/api/v1/statistics", params={name: at}).status_code in (200, 422), name


@pytest.mark.parametrize("number", [10**20, -(10**20), 2**63, 2**31])
def test_no_number_is_too_large_to_be_refused(site: Client, world: World, number: int) -> None:
    snapshot = world.snapshot(world.camera())
    for path in (f"snapshots/{snapshot.id}/image.jpg?crop={number}", f"alerts?limit={number}", f"wall?limit={number}"):
        assert site.get(f"/api/v1/{path}").status_code in (200, 404, 422), path
    said = site.post(f"/api/v1/snapshots/{snapshot.id}/faces/{number}/feedback", json={"verdict": "right"})
    assert said.status_code in (404, 422), said.text
    form = {"name": "Door 2", "url": "rtsp://10.0.0.9/x", "interval_seconds": number, "min_face_px": number}
    assert site.post("/api/v1/cameras", json=form).status_code == 422


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 100_000, b"null", b'{"name": NaN}', b'{"name": "\\ud800", "url": "rtsp://h/x"}', b"\xff\xfe"],
)
def test_no_body_is_too_strange_to_be_refused(site: Client, body: bytes) -> None:
    for path in ("cameras", "rules", "silences", "receivers", "users", "login", "cameras/import"):
        answer = site.post(f"/api/v1/{path}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), (path, answer.status_code, answer.text[:200])
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused_before_and_while_it_comes(site: Client) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b" " * 50_000

    for content in (b" " * (MOST_BYTES + 1), endless()):
        answer = site.post("/api/v1/cameras", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    sheet = site.post("/api/v1/cameras/import", content=b"a" * 3_000_000, headers={"Content-Type": "text/csv"})
    assert sheet.status_code in (413, 422)


def test_a_head_that_is_too_large_is_refused(site: Client) -> None:
    assert raw(site, "/api/v1/cameras?x=" + "a" * 200_000)[0] in (400, 431)


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.01)

    async def nothing() -> Message:
        await asyncio.sleep(30)
        raise AssertionError("nobody waits so long")

    with pytest.raises(BodyRefused, match="took too long") as refused:
        asyncio.run(Body(nothing, most=10, seconds=lambda: 0.0).receive())
    assert (refused.value.status_code, refused.value.code) == (408, "slow_body")


def test_a_body_that_trickles_is_given_up() -> None:
    clock = iter(range(0, 1000, 20))

    async def drop() -> Message:
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def read() -> int:
        body = Body(drop, most=10_000, seconds=lambda: float(next(clock)))
        for count in range(10):
            try:
                await body.receive()
            except BodyRefused:
                return count
        return 10

    assert asyncio.run(read()) == 2  # 20 seconds of waiting each, 30 are given


def png(width: int, height: int, data: bytes) -> bytes:
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", data), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def jpeg_of(width: int, height: int) -> bytes:
    """A small picture whose header says that it is large."""
    small = bytearray(simplejpeg.encode_jpeg(np.zeros((16, 16, 3), np.uint8)))
    at = small.index(b"\xff\xc0")
    small[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(small)


GIF = b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x80\0\0" + b"\0" * 6 + b"\x2c" + b"\0" * 9 + b"\x02\0\x3b"
WEBP = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\x3f" * 2
BOMBS = {
    "png": png(60_000, 60_000, zlib.compress(b"\0" * 2_000_000, 9)),
    "png of no size": png(0, 0, b""),
    "png of a lie": png(2**31 - 1, 2**31 - 1, b"x"),
    "jpeg": jpeg_of(65_535, 65_535),
    "gif": GIF,
    "webp": WEBP,
}


@pytest.mark.parametrize("kind", BOMBS)
def test_no_model_is_shown_a_bomb(kind: str) -> None:
    try:
        header = read_header(BOMBS[kind])
    except UnreadableImage:
        return
    assert header.width * header.height > 50_000_000  # which is refused before it is decoded


@pytest.mark.parametrize("kind", BOMBS)
def test_no_camera_sends_a_bomb(kind: str) -> None:
    with pytest.raises(PictureUnreadable):
        picture_from_jpeg(BOMBS[kind], captured_at=datetime.now(UTC), address="http://camera/")


def test_nobody_takes_all_streams(world: World) -> None:
    app, stop = create_api(world.console), threading.Event()
    app.state.streams = Slots(each=1, altogether=9)
    port, thread = serve(app, host="127.0.0.1", port=0, stop=stop)
    headers = {"Authorization": f"Bearer {world.token('viewer')}"}
    with Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
        with client.stream("GET", "/api/v1/stream") as first:
            pieces = first.iter_bytes()  # forgotten, it would hang up
            assert next(pieces)
            refused = client.get("/api/v1/stream")
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        others = {"Authorization": f"Bearer {world.token('operator')}"}
        with client.stream("GET", "/api/v1/stream", headers=others) as second:
            assert second.status_code == 200
    stop.set()
    thread.join()


def test_five_wrong_passwords_are_enough(address: str, world: World) -> None:
    with Client(base_url=address) as client:
        statuses = [
            client.post("/api/v1/login", json={"name": "viewer", "password": f"guess {number}"}).status_code
            for number in range(7)
        ]
        right = client.post("/api/v1/login", json={"name": "viewer", "password": "correct horse battery"})
    assert statuses == [401] * 5 + [429] * 2
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0
