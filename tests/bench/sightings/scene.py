"""The simulated camera's scene, drawn and looked at by the shipped models; its truth is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

import cv2
import numpy as np

from analyzer.sightings.follow import Look
from bench.sightings.shots import START, Shot
from common.domain.prediction import Face, PictureResult
from common.ports.detector import DetectOptions, Detector
from maskwatch.simulation.scene import Scene, true_face
from maskwatch.simulation.stage import Stage
from maskwatch.simulation.timeline import CYCLE_SECONDS, HEIGHT, WALKS, WIDTH
from model_api.draw import to_jpeg

EMPTY = 46  # seconds into the cycle at which nobody is there
CYCLES = 6

Pictures = Mapping[int, PictureResult]  # by second of the cycle


def look_at_scene(detector: Detector) -> Pictures:
    """What the models say of every second of the cycle."""
    stage = Stage(Scene(started_at=START))
    stage.prepare()
    seconds = range(int(CYCLE_SECONDS))
    drawn = [to_jpeg(_rgb(stage.picture(float(second))), quality=90) for second in seconds]
    options = DetectOptions(appearance=True)
    return {
        second: detector.predict([picture], options=options)[0] for second, picture in zip(seconds, drawn, strict=True)
    }


def scene_shots(pictures: Pictures, *, every_seconds: int, phase: int) -> list[Shot]:
    """Shots of some cycles, the first so many seconds after the scene was empty."""
    count = int(CYCLES * CYCLE_SECONDS - phase - 1) // every_seconds + 1
    return [_shot(pictures, EMPTY + phase + number * every_seconds) for number in range(count)]


def people_there() -> int:
    """In these cycles."""
    return CYCLES * len(WALKS)


def _shot(pictures: Pictures, seconds: int) -> Shot:
    result = pictures[seconds % int(CYCLE_SECONDS)]
    cycle = seconds // int(CYCLE_SECONDS)
    look = Look(
        camera_id="scene",
        snapshot_id=f"scene-{seconds}",
        at=START + timedelta(seconds=seconds),
        width=WIDTH,
        height=HEIGHT,
        faces=tuple(enumerate(result.faces)),
    )
    truth = tuple(_whose(face, seconds, cycle) for face in result.faces)
    return Shot(look=look, truth=truth, appearances=result.appearances)


def _whose(face: Face, seconds: int, cycle: int) -> int | None:
    """The number of the walk whose face has its middle in that box."""
    x1, y1, x2, y2 = face.box
    for number, walk in enumerate(WALKS):
        place = walk.at(seconds % CYCLE_SECONDS)
        if place is None:
            continue
        box = true_face(walk, place).box
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if x1 <= x <= x2 and y1 <= y <= y2 and not math.isclose(box[0], box[2]):
            return cycle * len(WALKS) + number
    return None


def _rgb(planes: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420)
