"""The lossy camera of the tests, which can hang in the middle of a picture, or send noise in the place of pictures."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

from maskwatch.simulation.rtp import Unit
from tests.chaos.camera_server import HANG_SECONDS, Mood
from tests.lossy_camera import LossyCamera


class RtspCamera(LossyCamera):
    """Good until told otherwise."""

    def __init__(self) -> None:
        super().__init__(seed=7)
        self.mood = Mood.GOOD
        self._healed = threading.Event()
        self._noise = random.Random(7)

    def heal(self) -> None:
        """Be good again, at once."""
        self.mood, self.loss = Mood.GOOD, 0.0
        self._healed.set()

    def _unit(self, count: int) -> Unit:
        whole = super()._unit(count)
        if self.mood is Mood.HANGING:
            self._healed.clear()
            self._healed.wait(HANG_SECONDS)
        if self.mood is Mood.GARBAGE:
            return replace(whole, payloads=tuple(self._noise.randbytes(len(part)) for part in whole.payloads))
        return whole
