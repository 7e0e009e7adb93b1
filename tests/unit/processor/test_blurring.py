"""Pictures of cameras that blur faces: what the processor leaves of them, whenever it is killed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from common import messages
from common.adapters.brokers.sqlite import SqliteBroker
from common.adapters.stores.folder import FolderStore
from common.domain.crop import crop_key
from common.domain.job import Job
from common.domain.prediction import Face, Label, PictureResult, Prediction
from common.domain.shot import Outcome, Shot, blurred_key, image_key, shot_id
from common.errors import Unavailable
from common.imaging import cut_example, decode, encode
from common.ports.detector import DetectOptions
from processor.service import ProcessorService

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
BOX = (200.0, 100.0, 320.0, 260.0)
BARE = Face(box=BOX, score=0.9, landmarks=(), label=Label.NO_MASK, probabilities={})
MASKED = replace(BARE, box=(400.0, 100.0, 460.0, 180.0), label=Label.MASK_CORRECT)
JOB = Job(
    snapshot_id=shot_id("cam", NOW),
    camera_id="cam",
    scheduled_at=NOW,
    captured_at=NOW,
    expires_at=NOW + timedelta(minutes=1),
    image_key=image_key("cam", NOW, token=7),
    width=640,
    height=360,
    blur_faces=True,
)
BLURRED = blurred_key(JOB.image_key)
CROP = crop_key(JOB.image_key, 0)


def picture() -> bytes:
    detail = np.random.default_rng(0).integers(0, 256, (36, 64, 3), dtype=np.uint8)
    return encode(cv2.resize(detail, (640, 360), interpolation=cv2.INTER_NEAREST), quality=95)


class Finds:
    """Finds the same faces in every picture."""

    def __init__(self, *faces: Face) -> None:
        self.faces = faces

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        return [PictureResult(width=640, height=360, faces=self.faces) for _ in pictures]

    def check(self) -> None:
        """It is always ready."""

    def close(self) -> None:
        """It holds nothing."""


class DiesOnDelete(FolderStore):
    """As if the process were killed between publishing and deleting, so many times."""

    deaths = 0

    def delete(self, keys: Iterable[str]) -> None:
        if self.deaths:
            self.deaths -= 1
            raise Unavailable("killed")
        super().delete(keys)


class Bench:
    """A processor's queue, store and answers; each `work` is a process that takes one batch."""

    def __init__(self, folder: Path) -> None:
        self.broker = SqliteBroker(folder / "queue.db")
        self.store = DiesOnDelete(folder / "pictures")
        self.store.put(JOB.image_key, picture())

    def work(self, job: Job = JOB, *faces: Face, at: datetime = NOW, keeps_crops: bool = True) -> Exception | None:
        """What becomes of one delivery of the job: None once it is settled, else why not."""
        service = ProcessorService(
            broker=self.broker, store=self.store, detector=Finds(*faces), clock=lambda: at, keeps_crops=keeps_crops
        )
        [answer] = service._handle([messages.encode(job)])
        return answer

    def told(self, kind: type[Prediction] | type[Shot], queue: str) -> list[Prediction] | list[Shot]:
        subscription, found = self.broker.subscribe(queue, prefetch=10), []
        while (delivery := subscription.receive(0.05)) is not None:
            found.append(messages.decode(kind, delivery.body))
            delivery.ack()
        subscription.close()
        return found

    @property
    def keys(self) -> set[str]:
        return set(self.store.list())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.broker.close()
    made.store.close()


def test_a_kept_face_shows_no_neighbour_who_did_no_wrong(bench: Bench) -> None:
    neighbour = replace(MASKED, box=(330.0, 130.0, 380.0, 230.0))  # within the margin of the other's crop
    original = decode(picture())
    assert bench.work(JOB, BARE, neighbour) is None
    crop = decode(bench.store.get(CROP)).astype(int)
    bare = decode(cut_example(original, BARE.box)).astype(int)
    scale = crop.shape[0] / (1.4 * 160)  # the square is 1.4 times the face's height
    left = round((330 - (260 - 112)) * scale)
    difference = np.abs(crop - bare)
    assert difference[60:150, left + 2 :].mean() > 30  # the neighbour is not to be recognised
    assert difference[:, : left // 2].mean() < 3  # the face itself is


def test_only_the_blurred_picture_and_the_face_at_fault_stay(bench: Bench) -> None:
    assert bench.work(JOB, BARE, MASKED) is None
    assert bench.keys == {BLURRED, CROP}
    [prediction] = bench.told(Prediction, messages.PREDICTIONS)
    assert prediction.image_key == BLURRED
    before, after = decode(picture()).astype(int), decode(bench.store.get(BLURRED)).astype(int)
    for x1, y1, x2, y2 in (BARE.box, MASKED.box):
        face = slice(int(y1), int(y2)), slice(int(x1), int(x2))
        assert np.abs(np.diff(after[face], axis=1)).mean() < 0.5 * np.abs(np.diff(before[face], axis=1)).mean()
    assert np.abs(after - before)[:, :150].mean() < 8  # what is no face is as it was, but for the second compression
    crop = decode(bench.store.get(CROP)).astype(int)
    assert np.abs(np.diff(crop, axis=1)).mean() > 2  # the face itself


def test_where_no_crops_are_kept_there_is_none(bench: Bench) -> None:
    assert bench.work(JOB, BARE, keeps_crops=False) is None
    assert bench.keys == {BLURRED}


def test_a_picture_without_faces_is_stored_as_it_is(bench: Bench) -> None:
    assert bench.work(JOB) is None
    assert bench.store.get(BLURRED) == picture()
    assert bench.keys == {BLURRED}


def test_other_cameras_keep_their_pictures(bench: Bench) -> None:
    assert bench.work(replace(JOB, blur_faces=False), BARE) is None
    assert bench.keys == {JOB.image_key}
    [prediction] = bench.told(Prediction, messages.PREDICTIONS)
    assert prediction.image_key == JOB.image_key


def test_killed_before_the_original_is_gone_it_is_done_again(bench: Bench) -> None:
    bench.store.deaths = 1
    assert isinstance(bench.work(JOB, BARE), Unavailable)
    assert bench.keys == {JOB.image_key, BLURRED, CROP}
    assert bench.work(JOB, BARE) is None
    assert bench.keys == {BLURRED, CROP}
    first, second = bench.told(Prediction, messages.PREDICTIONS)
    assert first == second  # of one snapshot: counted once


def test_killed_after_that_nothing_is_predicted_or_told_again(bench: Bench) -> None:
    assert bench.work(JOB, BARE) is None
    assert len(bench.told(Prediction, messages.PREDICTIONS)) == 1
    assert bench.work(JOB) is None
    assert bench.told(Prediction, messages.PREDICTIONS) == []
    assert bench.keys == {BLURRED, CROP}


def test_a_late_job_takes_its_picture_with_it(bench: Bench) -> None:
    assert bench.work(JOB, BARE, at=NOW + timedelta(minutes=5)) is None
    [shot] = bench.told(Shot, messages.SHOTS)
    assert shot.outcome is Outcome.EXPIRED
    assert bench.keys == set()


def test_a_replayed_job_whose_picture_was_never_blurred_says_so(bench: Bench) -> None:
    bench.store.delete([JOB.image_key])
    error = bench.work(JOB, BARE)
    assert getattr(error, "code", "") == "original_gone"
    assert "blurred faces only" in str(error)
