"""What the models are shown: pictures composed anew from scikit-image's public-domain portrait, as JPEG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import simplejpeg

from common.errors import InvalidInput
from maskwatch.simulation.backdrop import backdrop
from maskwatch.simulation.curves import Pixels
from maskwatch.simulation.people import CENTER, SCALE_STEP, person
from maskwatch.simulation.scene import Scene
from maskwatch.simulation.stage import Stage
from maskwatch.simulation.timeline import CLERK, COURIER, NURSE, REGULAR, SLOPPY, VISITOR

SIDE = 1024  # pixels: the size that the goals are about
QUALITY = 90
DIFFERENT = 4  # pictures of one kind: nothing can live on having seen the last one
NOISE = 2.0  # standard deviation, levels of 255: without it a drawing is smaller as JPEG than any photograph
ONE_VISITOR = 15.0  # seconds into the simulated scene: one face, and nobody else
# Who stands where: the face's centre in pixels and the size relative to the portrait; the farthest first.
CROWD = (
    (REGULAR, 150, 330, 0.4),
    (SLOPPY, 520, 320, 0.5),
    (NURSE, 840, 350, 0.7),
    (COURIER, 330, 480, 0.9),
    (VISITOR, 700, 560, 1.3),
    (CLERK, 150, 700, 1.1),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Encoded pictures of one kind."""

    name: str
    pictures: tuple[bytes, ...]


@cache
def crowd() -> Sample:
    """1024 x 1024, six faces 36 to 117 pixels wide, some with a mask."""
    return Sample(name=f"{SIDE} x {SIDE}, {len(CROWD)} faces", pictures=tuple(map(_crowd, range(DIFFERENT))))


@cache
def turnstile() -> Sample:
    """1280 x 720, one face."""
    stage = Stage(Scene(started_at=datetime(2026, 1, 1, tzinfo=UTC)))
    moments = [ONE_VISITOR + 0.2 * step for step in range(DIFFERENT)]
    drawn = [cv2.cvtColor(stage.picture(moment), cv2.COLOR_YUV2BGR_I420) for moment in moments]
    return Sample(name="1280 x 720, one face", pictures=tuple(map(_encoded, drawn)))


@cache
def small() -> Sample:
    """The crowd at 320 x 320: for many requests in little time."""
    pictures = (simplejpeg.decode_jpeg(data, colorspace="BGR") for data in crowd().pictures)
    shrunk = [cv2.resize(picture, (320, 320), interpolation=cv2.INTER_AREA) for picture in pictures]
    return Sample(name="320 x 320, six small faces", pictures=tuple(map(_encoded, shrunk)))


def own(folder: Path) -> Sample:
    """The JPEG pictures of a folder. Raises InvalidInput when it has none."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    if not paths:
        raise InvalidInput(f"{folder} has no JPEG picture")
    return Sample(name=f"{len(paths)} of one's own", pictures=tuple(path.read_bytes() for path in paths))


def in_turn(pictures: Sequence[bytes], count: int) -> list[bytes]:
    """So many pictures, one after the other and again from the first."""
    return [pictures[index % len(pictures)] for index in range(count)]


def _crowd(variation: int) -> bytes:
    """Everybody stands a little elsewhere in each variation."""
    random = np.random.default_rng(variation)
    height, width = backdrop().shape[:2]
    place = backdrop()[:, (width - height) // 2 : (width + height) // 2]
    canvas = cv2.resize(place, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    for look, x, y, scale in CROWD:
        colours, behind = person(look, round(scale * SCALE_STEP))
        shift_x, shift_y = random.integers(-20, 21, 2)
        _paste(
            canvas,
            colours,
            behind,
            left=round(x + shift_x - CENTER[0] * scale),
            top=round(y + shift_y - CENTER[1] * scale),
        )
    noisy = canvas + NOISE * random.standard_normal(canvas.shape, np.float32)
    return _encoded(np.clip(np.round(noisy), 0, 255).astype(np.uint8))


def _paste(canvas: Pixels, colours: Pixels, behind: Pixels, *, left: int, top: int) -> None:
    """`behind`: 255 times the share of the canvas that stays to be seen; what lies outside is cut off."""
    x1, y1 = max(0, left), max(0, top)
    x2, y2 = min(canvas.shape[1], left + colours.shape[1]), min(canvas.shape[0], top + colours.shape[0])
    cut = np.s_[y1 - top : y2 - top, x1 - left : x2 - left]
    window = canvas[y1:y2, x1:x2]
    window[:] = cv2.add(cv2.multiply(window, behind[cut], scale=1 / 255), colours[cut])


def _encoded(picture: Pixels) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
