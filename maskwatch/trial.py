"""What the models can do on this machine now, tried out: for an installation that has not looked at pictures yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from common.domain.shot import Outcome
from common.errors import NotFound
from common.ports.detector import DetectOptions, Detector
from common.ports.repository import Repository
from common.ports.store import ObjectStore

TRIAL_SECONDS = 2.0  # several batches; whoever waits for the answer does not mind
BUSY_SECOND = 20.0  # of the simulated scene: three people are in the picture
JPEG_QUALITY = 90


def pictures_per_second(
    detector: Detector,
    pictures: Sequence[bytes],
    *,
    options: DetectOptions,
    seconds: float = TRIAL_SECONDS,
    now: Callable[[], float] = time.monotonic,
) -> float:
    """Give the models the same batch again and again for so long. What else runs beside it takes its part.

    Raises Unavailable or Overloaded.
    """
    detector.predict(pictures, options=options)  # the first one may still be finding its memory
    began, done = now(), 0
    while (passed := now() - began) < seconds:
        detector.predict(pictures, options=options)
        done += len(pictures)
    return done / passed


def sample(repository: Repository, store: ObjectStore, *, count: int) -> list[bytes]:
    """So many pictures: the newest that were taken, else a drawn one. Raises Unavailable."""
    with repository.begin() as unit:
        shots = unit.shots.list(outcomes=[Outcome.PREDICTED], limit=count)
    found = []
    for shot in shots:
        try:
            found.append(store.get(shot.image_key or ""))
        except NotFound:
            continue  # retention was faster
    found = found or [_drawn()]
    return (found * count)[:count]


def _drawn() -> bytes:
    import cv2

    from maskwatch.simulation.scene import Scene
    from maskwatch.simulation.stage import Stage

    stage = Stage(Scene(started_at=datetime(2026, 1, 1, tzinfo=UTC)))
    picture = cv2.cvtColor(stage.picture(BUSY_SECOND), cv2.COLOR_YUV2BGR_I420)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
