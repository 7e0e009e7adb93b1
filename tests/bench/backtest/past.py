"""A week of a shop, drawn by lot: people come by day, stay for a minute, and most of them wear a mask."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import create_engine, insert

from common.adapters.database.tables import faces_column, predictions
from common.domain.camera import Camera
from common.domain.prediction import CLASSES, Label
from common.domain.rule import Rule
from common.domain.shot import image_key, shot_id
from common.ports.repository import Repository

START = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday, as the shop opens
INTERVAL_SECONDS = 6.0  # ten cameras make a million pictures in a week
OPEN_HOURS = range(8, 20)
COMING_SECONDS, STAYING_SECONDS = 60.0, 60.0  # so that one person is there on average
DOUBTFUL = 0.03  # of the pictures of somebody tell little
WIDTH, HEIGHT = 1920, 1080
ROWS_AT_ONCE = 5000


@dataclass(kw_only=True)
class Visitor:
    """Somebody walking slowly through the picture."""

    label: Label
    until: datetime
    x: float
    y: float
    size: float
    step: float


def write_past(repository: Repository, url: str, *, cameras: int, pictures: int, bare: float) -> None:
    """So many pictures of each of so many cameras; `bare`: the share of people without a mask."""
    repository.upgrade()
    with repository.begin() as unit:
        for number in range(cameras):
            camera_id = f"camera-{number}"
            unit.cameras.add(Camera(id=camera_id, name=camera_id, url="rtsp://host/live", created_at=START))
        unit.rules.add(Rule(id="rule", name="No mask"))
    engine = create_engine(url)
    try:
        for number in range(cameras):
            rows = _rows(f"camera-{number}", pictures, bare, random.Random(number))
            with engine.begin() as connection:
                while some := list(islice(rows, ROWS_AT_ONCE)):
                    connection.execute(insert(predictions), some)
    finally:
        engine.dispose()


def _rows(camera_id: str, pictures: int, bare: float, lot: random.Random) -> Iterator[dict[str, Any]]:
    here: list[Visitor] = []
    for number in range(pictures):
        at = START + timedelta(seconds=number * INTERVAL_SECONDS)
        here = [one for one in here if one.until > at]
        if at.hour in OPEN_HOURS and lot.random() < INTERVAL_SECONDS / COMING_SECONDS:
            here.append(_visitor(at, bare, lot))
        faces = [_face(one, lot) for one in here]
        counts = {faces_column(label): sum(face["label"] == label.value for face in faces) for label in Label}
        yield {
            "snapshot_id": shot_id(camera_id, at),
            "camera_id": camera_id,
            "scheduled_at": at,
            "captured_at": at,
            "predicted_at": at,
            "image_key": image_key(camera_id, at),
            "width": WIDTH,
            "height": HEIGHT,
            "faces": faces,
            "model": {"detector": "yoloface-server@1", "classifier": "efficientnet-b0@1"},
            "timings_ms": {},
            **counts,
        }


def _visitor(at: datetime, bare: float, lot: random.Random) -> Visitor:
    return Visitor(
        label=Label.NO_MASK if lot.random() < bare else Label.MASK_CORRECT,
        until=at + timedelta(seconds=lot.expovariate(1 / STAYING_SECONDS)),
        x=lot.uniform(0, WIDTH - 200),
        y=lot.uniform(0, HEIGHT - 200),
        size=lot.uniform(40, 150),
        step=lot.uniform(-60, 60),
    )


def _face(one: Visitor, lot: random.Random) -> dict[str, Any]:
    one.x = min(max(0.0, one.x + one.step + lot.gauss(0, 5)), WIDTH - one.size)
    one.y = min(max(0.0, one.y + lot.gauss(0, 5)), HEIGHT - one.size)
    share = lot.uniform(0.3, 0.6) if lot.random() < DOUBTFUL else lot.uniform(0.9, 0.995)
    other = (1 - share) * lot.uniform(0.3, 0.7)
    rest = iter((other, 1 - share - other))
    shares = {label.value: round(share if label is one.label else next(rest), 4) for label in CLASSES}
    x, y, size = one.x, one.y, one.size
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    return {
        "box": [round(x, 1), round(y, 1), round(x + size, 1), round(y + 1.2 * size, 1)],
        "score": round(lot.uniform(0.6, 0.99), 3),
        "landmarks": [[round(x + across * size, 1), round(y + down * size, 1)] for across, down in points],
        "label": max(shares, key=lambda name: shares[name]) if share > 0.8 else Label.UNCERTAIN.value,
        "probabilities": shares,
        "uncovered": [],
    }
