"""Runs of POST /v1/video that take long: progress, callers who leave, cancelling, addresses."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from model_server import serving
from slow_models import PATIENCE_SECONDS, SlowPipeline
from structlog.testing import capture_logs
from tiny_models import RED
from video_files import video_of

from common.settings import Settings
from model_api.local import LocalDetector
from model_api.moderation.runs import MOST_RUNS

VIDEO = video_of([{(1, 1): RED}] * 8, rate=4)
LATER = {"Prefer": "respond-async"}

Slow = tuple[SlowPipeline, str]


@contextmanager
def _slow(settings: Settings) -> Iterator[Slow]:
    """A server whose models answer when the test lets them, and its address for videos."""
    pipeline = SlowPipeline()
    detector = LocalDetector(pipeline=pipeline)
    with serving(detector, settings) as address:
        yield pipeline, f"{address}/v1/video"
        pipeline.go.set()
    detector.close()


@pytest.fixture
def slow() -> Iterator[Slow]:
    with _slow(Settings()) as server:
        yield server


def _post(url: str, headers: Mapping[str, str]) -> socket.socket:
    """Send a video on a connection of its own, and do not wait for the answer."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port))
    lines = {"Host": "api", "Content-Type": "video/mp4", "Content-Length": str(len(VIDEO)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    connection.sendall(f"POST {address.path} HTTP/1.1\r\n{head}\r\n".encode() + VIDEO)
    return connection


def _begin(url: str) -> httpx.URL:
    """Where a run is that answers later."""
    response = httpx.post(url, content=VIDEO, headers=LATER)
    assert response.status_code == 202, response.text
    return httpx.URL(url).join(response.headers["location"])


def _wait_for(place: httpx.URL, *states: str) -> dict[str, Any]:
    for _ in range(PATIENCE_SECONDS * 20):
        run: dict[str, Any] = httpx.get(place).json()
        if run["state"] in states:
            return run
        threading.Event().wait(0.05)
    raise AssertionError(f"it is still {run}")


def _wait_until_logged(records: Sequence[MutableMapping[str, Any]], event: str) -> None:
    for _ in range(PATIENCE_SECONDS * 100):
        if any(record["event"] == event for record in records):
            return
        threading.Event().wait(0.01)
    raise AssertionError(f"no {event} in {records}")


@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/event-stream"])
def test_a_caller_who_leaves_ends_the_run(slow: Slow, accept: str) -> None:
    pipeline, url = slow
    with capture_logs() as records:
        with _post(url, {"Accept": accept}):
            assert pipeline.begun.wait(PATIENCE_SECONDS)
        _wait_until_logged(records, "video.cancelled")
    pipeline.go.set()
    assert _wait_for(_begin(url), "done")["frames"] == 8
    assert len(pipeline.ran) <= 4 + 8  # of the first run no more than what had begun


def test_a_run_tells_how_far_it_is(slow: Slow) -> None:
    pipeline, url = slow
    place = _begin(url)
    assert pipeline.begun.wait(PATIENCE_SECONDS)
    run = _wait_for(place, "running")
    assert (run["progress"], run["frames"], run["planned_frames"], run["report"]) == (0.0, 0, 8, None)
    page = httpx.get(f"{place}/report.html")
    assert (page.status_code, page.json()["code"]) == (409, "conflict")
    pipeline.go.set()
    done = _wait_for(place, "done")
    assert (done["progress"], done["frames"], done["eta_seconds"]) == (1.0, 8, None)


def test_a_run_that_is_deleted_ends(slow: Slow) -> None:
    pipeline, url = slow
    place = _begin(url)
    assert pipeline.begun.wait(PATIENCE_SECONDS)
    with capture_logs() as records:
        assert httpx.delete(place).status_code == 204
        _wait_until_logged(records, "video.cancelled")
    assert httpx.get(place).status_code == 404
    pipeline.go.set()
    _wait_for(_begin(url), "done")
    assert len(pipeline.ran) <= 4 + 8


def test_too_many_videos_are_refused_and_taken_again_once_there_is_room(slow: Slow) -> None:
    pipeline, url = slow
    places = [_begin(url) for _ in range(MOST_RUNS)]
    assert {httpx.get(place).json()["state"] for place in places[2:]} <= {"fetching", "waiting"}
    refused = httpx.post(url, content=VIDEO, headers=LATER)
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "overloaded", "30")
    httpx.delete(places.pop())
    places.append(_begin(url))
    pipeline.go.set()
    assert {_wait_for(place, "done", "failed")["state"] for place in places} == {"done"}


def test_videos_that_are_still_received_are_counted(slow: Slow) -> None:
    """Else as many as there are connections could fill the disk."""
    _, url = slow
    unfinished = [_post(url, {"Content-Length": str(len(VIDEO) + 1)}) for _ in range(MOST_RUNS)]
    for _ in range(PATIENCE_SECONDS * 20):
        answer = httpx.post(url, content=b"", headers=LATER)
        if answer.status_code == 503:
            break
        threading.Event().wait(0.05)
    assert answer.json()["code"] == "overloaded"
    for connection in unfinished:
        connection.close()


def test_the_server_s_stop_ends_its_runs() -> None:
    pipeline = SlowPipeline()
    detector = LocalDetector(pipeline=pipeline)
    with capture_logs() as records:
        with serving(detector, Settings()) as address:
            _begin(f"{address}/v1/video")
            assert pipeline.begun.wait(PATIENCE_SECONDS)
        assert "video.cancelled" in [record["event"] for record in records]
    pipeline.go.set()
    detector.close()


class Cinema(BaseHTTPRequestHandler):
    """A server with a video, one that never ends, and one that is not there."""

    hold = threading.Event()

    def do_GET(self) -> None:
        place = self.path.partition("?")[0]
        self.send_response(404 if place == "/gone.mp4" else 200)
        self.end_headers()
        if place != "/gone.mp4":
            self.wfile.write(VIDEO)
        if place == "/stuck.mp4":
            self.hold.wait(PATIENCE_SECONDS)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def cinema() -> Iterator[str]:
    Cinema.hold.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cinema)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://user:secret@127.0.0.1:{server.server_address[1]}"
    Cinema.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_video_is_fetched_from_an_address_that_is_told_without_its_secrets(cinema: str) -> None:
    with _slow(Settings(fetch_private=True)) as (pipeline, url):
        pipeline.go.set()
        report = httpx.post(url, json={"url": f"{cinema}/door.mp4?token=secret"}).json()
        assert report["video"]["frames_looked_at"] == 8
        assert report["source"] == f"http://{cinema.rpartition('@')[2]}/door.mp4"


@pytest.mark.parametrize(
    ("place", "code", "sentence"),
    [
        pytest.param("/gone.mp4", "fetch_failed", "answers 404", id="not there"),
        pytest.param("/stuck.mp4", "fetch_failed", "within 0.5 seconds", id="hangs"),
    ],
)
def test_an_address_that_gives_nothing_is_a_bad_gateway(cinema: str, place: str, code: str, sentence: str) -> None:
    with _slow(Settings(fetch_private=True, fetch_seconds=0.5)) as (_, url):
        response = httpx.post(url, json={"url": cinema + place})
        assert (response.status_code, response.json()["code"]) == (502, code)
        assert sentence in response.json()["detail"]


def test_a_video_at_an_address_may_be_too_large_too(cinema: str) -> None:
    with _slow(Settings(fetch_private=True, max_video_bytes=100)) as (_, url):
        response = httpx.post(url, json={"url": f"{cinema}/door.mp4"})
        assert (response.status_code, response.json()["code"]) == (413, "video_too_large")


@pytest.mark.parametrize("address", ["http://10.0.0.1:1/x.mp4", "http://169.254.169.254/latest", "file:///etc/passwd"])
def test_an_address_inside_is_refused(slow: Slow, address: str) -> None:
    _, url = slow
    response = httpx.post(url, json={"url": address})
    assert (response.status_code, response.json()["code"]) == (422, "address_refused")
    later = httpx.post(url, json={"url": address}, headers=LATER)
    if later.status_code == 202:  # hosts are looked up in the run
        run = _wait_for(httpx.URL(url).join(later.headers["location"]), "failed")
        assert run["error"]["status"] == 422
    else:
        assert later.status_code == 422
