"""Filmed people: short clips, looked at by the shipped models, with how many people are in them.

Counted by eye on sheets of pictures of the clip, and by the number of faces found in each half second: everybody
whose face is found at `least_face` pixels or more in at least one picture. Where a film is cut each part is a scene of
its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import av

from analyzer.sightings.follow import Look
from bench.sightings.shots import START, Shot
from common.domain.prediction import PictureResult
from common.ports.detector import DetectOptions, Detector
from model_api.draw import to_jpeg

STEP_SECONDS = 0.5  # between two pictures that are looked at


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A part of a film between two cuts."""

    file: str
    start: float  # seconds
    end: float
    people: int
    who: str
    least_face: float = 20.0  # pixels, the shorter side of a face's box


CLIPS = (
    Clip(file="classroom.mp4", start=0, end=3, people=4, who="four sit at tables", least_face=10),
    Clip(
        file="face-demographics-walking.mp4", start=0, end=3, people=2, who="two walk towards the camera", least_face=10
    ),
    Clip(file="face-demographics-walking-and-pause.mp4", start=0, end=3.4, people=3, who="three come and stop"),
    Clip(file="head-pose-face-detection-female-and-male.mp4", start=0, end=4.7, people=2, who="two turn their heads"),
    Clip(
        file="masked-people-538x372.mp4",
        start=1.6,
        end=12.0,
        people=5,
        who="a platform: green shirt, red dress, black T-shirt with headphones, bald with glasses, suitcase",
    ),
    Clip(file="masked-people-538x372.mp4", start=14.2, end=16.6, people=3, who="two hold a sign, one behind them"),
    Clip(file="masked-people-538x372.mp4", start=18.2, end=20.0, people=3, who="one speaks, one listens, one behind"),
    Clip(file="masked-people-538x372.mp4", start=20.4, end=22.0, people=1, who="one before a bus"),
    Clip(file="masked-people-538x372.mp4", start=22.4, end=26.0, people=2, who="two wait"),
)

Pictures = Sequence[tuple[float, PictureResult]]  # seconds from the clip's start


def look_at_clip(detector: Detector, folder: Path, clip: Clip) -> Pictures:
    """What the models say of the clip, a picture every STEP_SECONDS."""
    times, pictures, due = [], [], clip.start
    with av.open(str(folder / clip.file)) as film:
        for frame in film.decode(video=0):
            seconds = float(frame.time or 0.0)
            if due <= seconds <= clip.end:
                times.append(due - clip.start)
                pictures.append(to_jpeg(frame.to_ndarray(format="rgb24"), quality=90))
                due += STEP_SECONDS
    answers = detector.predict(pictures, options=DetectOptions(appearance=True))
    return list(zip(times, answers, strict=True))


def clip_shots(clip: Clip, pictures: Pictures, *, every_seconds: float, phase: float) -> list[Shot]:
    """Every so many seconds one of the pictures."""
    every, first = round(every_seconds / STEP_SECONDS), round(phase / STEP_SECONDS)
    return [_shot(clip, seconds, result) for seconds, result in pictures[first::every]]


def _shot(clip: Clip, seconds: float, result: PictureResult) -> Shot:
    large = tuple((place, face) for place, face in enumerate(result.faces) if face.size >= clip.least_face)
    look = Look(
        camera_id=clip.file,
        snapshot_id=f"{clip.file}-{clip.start}-{seconds}",
        at=START + timedelta(seconds=seconds),
        width=result.width,
        height=result.height,
        faces=large,
    )
    return Shot(look=look, truth=(None,) * len(large), appearances=result.appearances)
