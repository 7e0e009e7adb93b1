"""Trying out what the models can do: on the pictures there are, else on a drawn one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
import simplejpeg

from common.domain.prediction import PictureResult
from common.domain.shot import Outcome, Shot
from common.ports.detector import DetectOptions
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from maskwatch.trial import pictures_per_second, sample

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Detector:
    """Takes a quarter of a second for each picture; the first call takes longer."""

    def __init__(self) -> None:
        self.seconds, self.calls = 0.0, 0

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        self.calls += 1
        self.seconds += 5.0 if self.calls == 1 else 0.25 * len(pictures)
        return [PictureResult() for _ in pictures]

    def check(self) -> None: ...
    def close(self) -> None: ...


def shot(number: int, key: str) -> Shot:
    at = NOON.replace(minute=number)
    return Shot(id=f"s{number}", camera_id="c", scheduled_at=at, outcome=Outcome.PREDICTED, image_key=key)


def test_the_rate_leaves_out_the_first_call() -> None:
    detector = Detector()
    rate = pictures_per_second(detector, [b""] * 8, options=DetectOptions(), seconds=10, now=lambda: detector.seconds)
    assert (rate, detector.calls) == (pytest.approx(4.0), 6)


def test_the_newest_pictures_are_taken_and_one_that_is_gone_is_passed_over(
    repository: Repository, store: ObjectStore
) -> None:
    with repository.begin() as unit:
        for number, key in enumerate(("old", "gone", "new")):
            unit.shots.record(shot(number, f"snapshots/{key}.jpg"))
    store.put("snapshots/old.jpg", b"old")
    store.put("snapshots/new.jpg", b"new")
    assert sample(repository, store, count=3) == [b"new", b"old", b"new"]


def test_without_any_a_picture_is_drawn(repository: Repository, store: ObjectStore) -> None:
    pictures = sample(repository, store, count=2)
    assert pictures[0] == pictures[1]
    height, width, _, _ = simplejpeg.decode_jpeg_header(pictures[0])
    assert (width, height) == (1280, 720)
