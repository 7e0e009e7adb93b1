"""HTTP Live Streaming against a real web server."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np
import pytest

from common.domain.camera import Camera
from common.errors import StreamError
from grabber.errors import AuthFailed, CodecUnsupported, StreamEnded, StreamNotFound, StreamTimeout
from grabber.sources.open import open_source
from grabber.sources.source import Reading

NEVER = threading.Event()
LOGIN = "Basic " + b64encode(b"op:s@crt").decode()
MASTER = """#EXTM3U
#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9000000,BANDWIDTH=100000,RESOLUTION=16x12
missing/small.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=160x120
live.m3u8
"""


@dataclass
class Site:
    """What the web server serves, and what it was asked."""

    files: dict[str, bytes]
    url: str = ""
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # path, login, range

    def live(self, segments: int) -> None:
        """A playlist that ends with that segment, and goes on."""
        names = [f"#EXTINF:1.0,\nlive{number}.ts\n" for number in range(segments)]
        head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
        self.files["/live.m3u8"] = (head + "".join(names)).encode()


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Four seconds of H.264 in segments of one."""
    folder = tmp_path_factory.mktemp("hls")
    options = {"hls_time": "1", "hls_list_size": "0"}
    with av.open(str(folder / "live.m3u8"), "w", format="hls", options=options) as container:
        stream = container.add_stream("libx264", rate=10, options={"g": "10", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        noise = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
        for number in range(40):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.roll(noise, number, axis=1), format="rgb24")))
        container.mux(stream.encode(None))
    return {f"/{path.name}": path.read_bytes() for path in Path(folder).glob("*.ts")}


@pytest.fixture
def site(segments: dict[str, bytes]) -> Iterator[Site]:
    """The server; under /locked the same files ask for a login."""
    made = Site(files=dict(segments))
    made.live(2)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            login, part = self.headers.get("Authorization"), self.headers.get("Range")
            made.asked.append((self.path, login, part))
            body = made.files.get(self.path.removeprefix("/locked").partition("?")[0])
            if self.path.startswith("/locked") and login != LOGIN:
                self._answer(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
            elif body is None:
                self._answer(404, b"", {})
            elif part is not None:
                first, last = part.removeprefix("bytes=").split("-")
                self._answer(206, body[int(first) : int(last) + 1], {})
            else:
                self._answer(200, body, {})

        def log_message(self, format: str, *args: object) -> None: ...

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def camera(url: str, *, username: str | None = None) -> Camera:
    return Camera(id="c", name="Door", url=url, username=username, password="s@crt", created_at=datetime.now(UTC))


def test_the_newest_segment_is_shown_and_those_that_follow(site: Site) -> None:
    reading = Reading()
    with open_source(camera(f"{site.url}/live.m3u8"), reading) as source:
        first = source.shot(reading.clock() - timedelta(seconds=1), stop=NEVER)
        site.live(3)
        second = source.shot(reading.clock() + timedelta(seconds=0.3), stop=NEVER)
        assert (source.codec, source.fps) == ("h264", 10.0)
        assert source.bytes_per_second
    assert first is not None
    assert second is not None
    assert (first.width, first.height) == (160, 120)
    assert first.fingerprint != second.fingerprint
    assert [path for path, _, _ in site.asked if path.endswith(".ts")] == ["/live1.ts", "/live2.ts"]


def test_the_best_variant_of_a_master_playlist_is_played(site: Site) -> None:
    site.files["/master.m3u8"] = MASTER.encode()
    with open_source(camera(f"{site.url}/master.m3u8"), Reading()) as source:
        assert source.codec == "h264"
    assert "/missing/small.m3u8" not in [path for path, _, _ in site.asked]


def test_the_login_goes_to_the_camera_s_own_server_only(site: Site) -> None:
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    site.files["/far.m3u8"] = site.files["/live.m3u8"].replace(b"live", f"{elsewhere}/live".encode())
    for name in ("live", "far"):
        with open_source(camera(f"{site.url}/locked/{name}.m3u8", username="op"), Reading()) as source:
            assert source.codec == "h264"
    logins = {path: login for path, login, _ in site.asked}
    assert logins["/locked/live1.ts"] == LOGIN
    assert logins["/live1.ts"] is None


def test_segments_may_be_parts_of_one_file(site: Site) -> None:
    whole = site.files["/live0.ts"] + site.files["/live1.ts"]
    begin = len(site.files["/live0.ts"])
    site.files["/whole.ts"] = whole
    part = f"#EXT-X-BYTERANGE:{len(whole) - begin}@{begin}\nwhole.ts".encode()
    site.files["/parts.m3u8"] = site.files["/live.m3u8"].replace(b"live1.ts", part)
    with open_source(camera(f"{site.url}/parts.m3u8"), Reading()) as source:
        assert source.codec == "h264"
    assert ("/whole.ts", None, f"bytes={begin}-{len(whole) - 1}") in site.asked


@pytest.mark.parametrize(
    ("playlist", "error"),
    [
        (b"nothing of the kind", CodecUnsupported),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n", CodecUnsupported),
        (b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ngone.m3u8\n", StreamNotFound),
        (b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlocked/live.m3u8\n", AuthFailed),
    ],
)
def test_what_cannot_be_played_has_its_own_error(
    site: Site, playlist: bytes, error: type[StreamError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grabber.sources.hls.LONGEST_SEGMENT", 0.0)
    site.files["/bad.m3u8"] = playlist
    with pytest.raises(error) as caught:
        open_source(camera(f"{site.url}/bad.m3u8?token=hush"), Reading(timeout=1))
    assert "hush" not in str(caught.value)


def test_a_playlist_that_is_over_ends_the_stream(site: Site) -> None:
    site.files["/live.m3u8"] += b"#EXT-X-ENDLIST\n"
    with open_source(camera(f"{site.url}/live.m3u8"), Reading()) as source, pytest.raises(StreamEnded):
        source.shot(datetime.now(UTC) + timedelta(minutes=1), stop=NEVER)


def test_a_playlist_that_never_grows_is_a_timeout(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grabber.sources.hls.LONGEST_SEGMENT", 0.0)
    with open_source(camera(f"{site.url}/live.m3u8"), Reading(timeout=2)) as source, pytest.raises(StreamTimeout):
        source.shot(datetime.now(UTC) + timedelta(minutes=1), stop=NEVER)
