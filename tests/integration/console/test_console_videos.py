"""Showing the models a video by REST: progress, the report, and an end when nobody waits any more."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest
from httpx import Client, Response
from model_server import serving
from tiny_models import BLUE, RED, write_repository
from video_files import video_of
from world import World

from common.errors import Unavailable
from common.settings import Settings
from console.looking import LookLimits, OnProgress, VideoProgress, VideoWish
from console.modelling import Models
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.wiring import open_detector
from model_api.local import open_local_detector

# Somebody without a mask for two seconds, then with one for two.
VIDEO = video_of([{(1, 1): RED}] * 2 + [{(1, 1): BLUE}] * 2)
PATH = "/api/v1/try/video"
PATIENCE_SECONDS = 30


@contextmanager
def tiny(folder: Path) -> Iterator[Looks]:
    """In process: coloured squares are faces."""
    settings = Settings(models=write_repository(folder), max_video_bytes=200_000)
    looks = Looks(settings, open_detector)
    yield looks
    looks.close()


@contextmanager
def tiny_elsewhere(folder: Path) -> Iterator[Looks]:
    """The same behind a model API."""
    settings = Settings(models=write_repository(folder))
    detector = open_local_detector(settings)
    with serving(detector, settings) as url:
        looks = Looks(Settings(detector=url, max_video_bytes=200_000), open_detector)
        yield looks
        looks.close()
    detector.close()


class Endless:
    """Looks at one video for ever: until it is stopped."""

    limits = LookLimits()
    variant = "server"

    def __init__(self) -> None:
        self.has_ended = threading.Event()

    def video(
        self, file: IO[bytes], wish: VideoWish, *, stop: threading.Event, on_progress: OnProgress
    ) -> dict[str, Any]:
        on_progress(VideoProgress(frames=1, planned_frames=100, seconds=1, total_seconds=100))
        stop.wait()
        self.has_ended.set()
        raise Unavailable(f"nobody waits for {wish.name}")


def let_look(world: World, looking: Any) -> None:
    settings = Settings()
    models = Models(looking=looking, shelf=Shelf(settings), records=TrainingFolder(settings))
    world.console = replace(world.console, models=models)


@pytest.fixture
def endless(world: World) -> Endless:
    made = Endless()
    let_look(world, made)
    return made


@pytest.fixture(params=[tiny, tiny_elsewhere], ids=["in process", "by a model API"])
def looks(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[Looks]:
    with request.param(tmp_path / "models") as opened:
        let_look(world, opened)
        yield opened


@pytest.fixture
def open_viewer(request: pytest.FixtureRequest) -> Callable[[], Client]:
    """A viewer of the console as it is then: the app is made with the models that the test has chosen."""
    return lambda: request.getfixturevalue("viewer")


def events(response: Response) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def stream(client: Client, content: bytes = VIDEO) -> Any:
    return client.stream("POST", PATH, files={"video": ("door.mp4", content)}, headers={"Accept": "text/event-stream"})


def test_a_video_gives_progress_then_the_report(looks: Looks, open_viewer: Callable[[], Client]) -> None:
    with stream(open_viewer()) as response:
        told = list(events(response))
    assert {kind for kind, _ in told[:-1]} <= {"progress"}
    kind, report = told[-1]
    assert kind == "report"
    assert report["source"] == "door.mp4"
    found = [(one["label"], one["start_seconds"], one["end_seconds"]) for one in report["segments"]]
    assert found == [("no_mask", 0.0, 2.0)]


def test_without_progress_the_answer_is_the_report(looks: Looks, open_viewer: Callable[[], Client]) -> None:
    response = open_viewer().post(PATH, content=VIDEO, headers={"Content-Type": "video/mp4"}, timeout=PATIENCE_SECONDS)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    assert response.json()["people"][0]["counts"]["no_mask"] == 2


def test_what_is_no_video_is_told_in_either_way(looks: Looks, open_viewer: Callable[[], Client]) -> None:
    viewer = open_viewer()
    refused = viewer.post(PATH, files={"video": b"no video at all"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable_video")
    with stream(viewer, b"no video at all") as response:
        kind, problem = list(events(response))[-1]
    assert (kind, problem["status"]) == ("problem", 422)
    assert viewer.post(PATH, content=b"x" * 200_001).json()["code"] == "image_too_large"
    assert viewer.post(PATH, files={"other": VIDEO}).json()["code"] == "invalid_input"


def test_whoever_leaves_ends_the_work_and_frees_the_place(endless: Endless, open_viewer: Callable[[], Client]) -> None:
    viewer = open_viewer()
    with stream(viewer) as response:
        told = events(response)  # kept: httpx closes what is read no more
        assert next(told)[0] == "progress"
        second = viewer.post(PATH, files={"video": VIDEO})
        assert (second.status_code, second.json()["code"]) == (429, "too_many_at_once")
    assert endless.has_ended.wait(PATIENCE_SECONDS)
