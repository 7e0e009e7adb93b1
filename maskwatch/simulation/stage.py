"""Draws the scene: the place, the people in it, the counter in front, and the sensor's noise."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import cv2
import numpy as np

from maskwatch.simulation.backdrop import COUNTER_TOP, backdrop
from maskwatch.simulation.curves import Pixels
from maskwatch.simulation.people import CENTER, SCALE_STEP, person
from maskwatch.simulation.scene import Scene, face_center
from maskwatch.simulation.timeline import HEIGHT, WALKS, WIDTH, Place, Walk

NOISE = 1.5  # standard deviation, levels of 255
NOISE_FIELDS = 5  # drawn once and taken in turn: cheaper than fresh noise for every picture
IN_FRONT = (
    np.s_[560:COUNTER_TOP, 1010:1150],
    np.s_[590:COUNTER_TOP, 150:268],
    np.s_[582:590, 158:260],
    np.s_[COUNTER_TOP:],
)


class Stage:
    """Pictures of a scene at any moment; keeps what it has drawn, so one thread uses it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._place = backdrop()
        self._lighter, self._darker = _noise()

    def prepare(self) -> None:
        """Draw everybody once, so that nobody's first step takes longer than the others."""
        for walk in WALKS:
            person(walk.look, SCALE_STEP)

    def picture(self, at: datetime | float) -> Pixels:
        """The picture at that moment: planar YUV 4:2:0, uint8 of shape (HEIGHT * 3 / 2, WIDTH)."""
        canvas = self._place.copy()
        for walk, place in self._scene.people(at):
            _stand(canvas, walk, place)
        for window in IN_FRONT:
            canvas[window] = self._place[window]
        planes = cv2.cvtColor(canvas, cv2.COLOR_BGR2YUV_I420)
        field = int(self._scene.seconds(at) * 97) % NOISE_FIELDS
        light = planes[:HEIGHT]  # a sensor's noise is mostly seen in the brightness
        cv2.add(light, self._lighter[field], light)
        cv2.subtract(light, self._darker[field], light)
        return planes


@cache
def _noise() -> tuple[Pixels, Pixels]:
    """What the sensor adds, and what it takes away."""
    noise = np.random.default_rng(5).standard_normal((NOISE_FIELDS, HEIGHT, WIDTH), np.float32) * NOISE
    return noise.clip(0, 9).astype(np.uint8), (-noise).clip(0, 9).astype(np.uint8)


def _stand(canvas: Pixels, walk: Walk, place: Place) -> None:
    steps = round(place.scale * SCALE_STEP)
    colours, behind = person(walk.look, steps)
    x, y = face_center(place)
    left = round(x - CENTER[0] * steps / SCALE_STEP)
    top = round(y - CENTER[1] * steps / SCALE_STEP)
    x1, y1 = max(0, left), max(0, top)
    x2, y2 = min(WIDTH, left + colours.shape[1]), min(COUNTER_TOP, top + colours.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    cut = np.s_[y1 - top : y2 - top, x1 - left : x2 - left]
    window = canvas[y1:y2, x1:x2]
    window[:] = cv2.add(cv2.multiply(window, behind[cut], scale=1 / 255), colours[cut])
