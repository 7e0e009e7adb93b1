"""From models and labelled pictures to the report: every model looks once, everything else is judging."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from training.dataset.coco import FACE, Picture, load_coco
from training.dataset.crop_bank import CLASSES
from training.errors import BrokenAnnotations
from training.evaluation.average_precision import MATCH_IOU
from training.evaluation.cases import Tags, case_figures, trusted
from training.evaluation.checksum import sha256_of
from training.evaluation.finding import finding_figures
from training.evaluation.models import Judges
from training.evaluation.naming import named_faces, naming_figures
from training.evaluation.pipeline import pipeline_figures
from training.evaluation.resampling import ROUNDS, SEED, picture_weights
from training.evaluation.seen import Change, Seen, look
from training.geometry import face_sizes

ALL = "all"
NAMED_FACE_PX = 24.0  # classes of smaller faces are mostly guesses, the labels' too
Parts = dict[str, list[int]]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Which labels, and in which conditions. Faces under `min_face` pixels (sqrt of width * height) are not judged."""

    labels: Path
    conditions: Mapping[str, Change | None]  # name -> what is done to the pictures first
    min_face: float = 12.0
    tags: Tags = field(default_factory=dict)  # hard cases of the faces


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The report without goals, not rounded, and what it was made from."""

    report: dict[str, Any]
    seen: Mapping[str, Sequence[Seen]]  # condition -> pictures


def measure(trial: Trial, judges: Judges) -> Measured:
    """Look, judge and count. Raises DataMissing or BrokenAnnotations for a bad label file."""
    pictures = load_coco(trial.labels)
    if not pictures:
        raise BrokenAnnotations(f"{trial.labels} names no picture")
    parts = _parts(pictures)
    seen, conditions = {}, {}
    peers: dict[str, dict[str, Any]] = {name: {} for name in judges.peers}
    for condition, change in trial.conditions.items():
        looked = look(pictures, judges.finder, judges.namer, change=change, title=condition)
        seen[condition] = looked
        conditions[condition] = {
            name: _figures([looked[i] for i in places], judges, trial) for name, places in parts.items()
        }
        for peer, finder in judges.peers.items():
            looked = look(pictures, finder, None, change=change, title=f"{condition}, {peer}")
            peers[peer][condition] = _peer_figures(looked, parts, trial.min_face)
    report = {**_about(trial, judges, pictures), "conditions": conditions, "peers": peers}
    return Measured(report=report, seen=seen)


def _parts(pictures: Sequence[Picture]) -> Parts:
    sources = sorted({picture.source for picture in pictures})
    by_source = {name: [i for i, picture in enumerate(pictures) if picture.source == name] for name in sources}
    return {ALL: list(range(len(pictures))), **by_source}


def _figures(seen: Sequence[Seen], judges: Judges, trial: Trial) -> dict[str, Any]:
    weights = picture_weights(len(seen), np.random.default_rng(SEED))
    faces = named_faces(seen, NAMED_FACE_PX)
    kept = trusted(seen, trial.tags, NAMED_FACE_PX)
    return {
        "pictures": len(seen),
        "finding": finding_figures(seen, weights, min_face=trial.min_face, min_score=judges.min_score),
        "naming": naming_figures(faces, weights, uncertain_below=judges.uncertain_below),
        "naming_of_trusted": naming_figures(faces.only(kept), weights, uncertain_below=judges.uncertain_below),
        "pipeline": {
            f">={size:g}": pipeline_figures(seen, weights, min_face=size, min_score=judges.min_score)
            for size in sorted({trial.min_face, NAMED_FACE_PX})
        },
        "cases": case_figures(seen, trial.tags, min_face=NAMED_FACE_PX, min_score=judges.min_score),
    }


def _peer_figures(seen: Sequence[Seen], parts: Parts, min_face: float) -> dict[str, Any]:
    figures = {}
    for name, places in parts.items():
        weights = picture_weights(len(places), np.random.default_rng(SEED))
        figures[name] = {"finding": finding_figures([seen[i] for i in places], weights, min_face=min_face)}
    return figures


def _about(trial: Trial, judges: Judges, pictures: Sequence[Picture]) -> dict[str, Any]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "detector": dict(judges.detector),
        "classifier": dict(judges.classifier),
        "shipped_megabytes": judges.shipped_megabytes,
        "data": _describe_data(trial, pictures),
        "rules": {
            "min_face_px": trial.min_face,
            "named_face_px": NAMED_FACE_PX,
            "match_iou": MATCH_IOU,
            "resamplings": ROUNDS,
        },
    }


def _describe_data(trial: Trial, pictures: Sequence[Picture]) -> dict[str, Any]:
    return {
        "labels": "/".join(trial.labels.parts[-2:]),
        "sha256": sha256_of(trial.labels),
        "pictures": {name: len(places) for name, places in _parts(pictures).items()},
        "faces": {
            name: _count_faces([pictures[i] for i in places], trial.min_face)
            for name, places in _parts(pictures).items()
        },
    }


def _count_faces(pictures: Sequence[Picture], min_face: float) -> dict[str, int]:
    sizes = np.concatenate([face_sizes(picture.boxes) for picture in pictures])
    categories = np.concatenate([picture.categories for picture in pictures])
    named = (sizes >= NAMED_FACE_PX) & (categories != FACE)
    return {
        "judged": int((sizes >= min_face).sum()),
        **{f"{name}, named": int((named & (categories == place + 1)).sum()) for place, name in enumerate(CLASSES)},
    }
