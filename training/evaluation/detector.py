"""How well an exported detector finds the faces of a COCO label file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from training.dataset.coco import Picture, load_coco
from training.dataset.pixel_cache import Pixels, read_rgb
from training.evaluation.average_precision import (
    Judged,
    average_precision,
    forgive_small,
    judge,
    resampled_interval,
)
from training.evaluation.operating_point import best_operating_point, operating_point
from training.evaluation.served import ServedDetector
from training.evaluation.statistics import wilson_interval
from training.finders.found import FoundFaces
from training.geometry import face_sizes

CURVE_MIN_SCORE = 0.02  # low enough for the whole precision-recall curve


@dataclass(frozen=True, kw_only=True)
class DetectorTest:
    """Which weights on which labels; faces under `min_face` pixels (sqrt of width * height) are not judged."""

    weights: Path
    labels: Path
    min_face: float = 24.0
    input_size: int | None = None


def evaluate_detector(test: DetectorTest) -> dict[str, Any]:
    """Run the ONNX file with its real pre- and post-processing over all pictures and return the figures."""
    detector = ServedDetector(test.weights, input_size=test.input_size, min_score=CURVE_MIN_SCORE)
    pictures = load_coco(test.labels)
    judged = judge_pictures(pictures, detector.find, test.min_face)
    figures = _with_sources(pictures, judged, test.min_face)
    figures["at_min_score"] = asdict(operating_point(judged, float(detector.card["min_score"])))
    figures["best_f1"] = asdict(best_operating_point(judged))
    return {"min_face_px": test.min_face, "input_size": test.input_size or detector.card["input_size"], **figures}


def figures_by_source(
    pictures: Sequence[Picture], find: Callable[[Pixels], FoundFaces], min_face: float
) -> dict[str, Any]:
    """Run any detector over pictures and return the figures that need no score threshold, also by source."""
    return _with_sources(pictures, judge_pictures(pictures, find, min_face), min_face)


def judge_pictures(pictures: Sequence[Picture], find: Callable[[Pixels], FoundFaces], min_face: float) -> list[Judged]:
    """Run a detector over pictures and judge what it finds."""
    judged = []
    for picture in tqdm(pictures, "evaluating", disable=None):
        found = find(read_rgb(picture.path))
        counts = face_sizes(picture.boxes) >= min_face
        judged.append(judge(found.boxes, found.scores, picture.boxes, picture.ignored, counts))
    return judged


def _with_sources(pictures: Sequence[Picture], judged: Sequence[Judged], min_face: float) -> dict[str, Any]:
    by_source = {
        source: _figures([judged[i] for i, picture in enumerate(pictures) if picture.source == source], min_face)
        for source in sorted({picture.source for picture in pictures})
    }
    return {**_figures(judged, min_face), "sources": by_source}


def _figures(judged: Sequence[Judged], min_face: float) -> dict[str, Any]:
    found = sum(int(picture.right.sum()) for picture in judged)
    faces = sum(picture.faces for picture in judged)
    return {
        "pictures": len(judged),
        "faces": faces,
        "ap50": average_precision(judged),
        "ap50_interval": resampled_interval(judged),
        "ap50_small_forgiven": average_precision([forgive_small(picture, min_face) for picture in judged]),
        "recall_any_score": found / max(faces, 1),
        "recall_interval": wilson_interval(found, faces),
    }
