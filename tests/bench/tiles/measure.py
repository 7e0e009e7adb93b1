"""One detector on labelled scenes, with tiles and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import get_args

import numpy as np

from bench.tiles.scenes import Scene
from bench.timing import median
from common.ports.detector import Tiles
from model_api.face_detector import Detection, FaceDetector
from model_api.tiling import find_faces, plan
from training.evaluation.average_precision import average_precision, forgive_outside
from training.evaluation.finding import SIZES, judge_sizes
from training.evaluation.operating_point import operating_point
from training.evaluation.seen import Seen
from training.finders.found import FoundFaces

CURVE_MIN_SCORE = 0.05  # low enough for the precision-recall curve
ALL_SIZES = (12.0, np.inf)  # pixels


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found of the faces of some sizes."""

    ap50: float
    recall: float  # at the served score
    faces: int  # labelled


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One row of the report."""

    variant: str
    key: str
    scenes: str
    tiles: Tiles
    looks: float  # per scene, mean
    seconds: float  # per scene, median; detector only
    all_sizes: Found
    by_size: Mapping[str, Found]
    wrong: float  # boxes of 12 px and more at the served score, per scene, that lie on no labelled face


@dataclass(frozen=True, kw_only=True)
class _Looks:
    seen: list[Seen] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


def measure(detector: FaceDetector, scenes: Sequence[Scene], *, variant: str, key: str, name: str) -> list[Outcome]:
    """An outcome with tiles off, and one with tiles=auto; they take turns."""
    by_tiles: dict[Tiles, _Looks] = {tiles: _Looks() for tiles in get_args(Tiles)}
    for scene in scenes:
        for tiles, looks in by_tiles.items():
            looks.seen.append(_look(detector, scene, tiles))
            size = detector.model.description.input_size
            looks.counts.append(plan(*scene.size, input_size=size, tiles=tiles).looks)
    served = detector.model.description.min_score
    return [
        Outcome(
            variant=variant,
            key=key,
            scenes=name,
            tiles=tiles,
            looks=float(np.mean(looks.counts)),
            seconds=median([each.milliseconds / 1000 for each in looks.seen]),
            all_sizes=_judge(looks.seen, *ALL_SIZES, served),
            by_size={size: _judge(looks.seen, *limits, served) for size, limits in SIZES.items()},
            wrong=_wrong(looks.seen, served) / len(scenes),
        )
        for tiles, looks in by_tiles.items()
    ]


def _look(detector: FaceDetector, scene: Scene, tiles: Tiles) -> Seen:
    pixels, picture = scene.draw(), scene.labelled()
    start = perf_counter()
    (faces,) = find_faces(detector, [pixels], [CURVE_MIN_SCORE], [tiles])
    spent = perf_counter() - start
    return Seen(
        picture=picture,
        found=_as_found(faces),
        milliseconds=1000 * spent,
        found_classes=np.full((len(faces), 3), np.nan),
        labelled_classes=np.full((len(picture.boxes), 3), np.nan),
    )


def _as_found(faces: Sequence[Detection]) -> FoundFaces:
    return FoundFaces(
        boxes=np.asarray([face.box for face in faces], np.float32).reshape(-1, 4),
        scores=np.asarray([face.score for face in faces], np.float32),
        landmarks=np.asarray([face.landmarks for face in faces], np.float32).reshape(-1, 5, 2),
    )


def _judge(seen: Sequence[Seen], low: float, high: float, min_score: float) -> Found:
    judged = [forgive_outside(one, low, high) for one in judge_sizes(seen, low, high)]
    return Found(
        ap50=average_precision(judged),
        recall=operating_point(judged, min_score).recall,
        faces=sum(one.faces for one in judged),
    )


def _wrong(seen: Sequence[Seen], min_score: float) -> int:
    """Small labelled faces excuse a box, too: on them it is not wrong."""
    judged = [forgive_outside(one, *ALL_SIZES) for one in judge_sizes(seen, *ALL_SIZES)]
    return sum(int((~one.right & (one.scores >= min_score)).sum()) for one in judged)
