"""A model's 8-bit version: made, measured beside the original, and kept only when it costs next to nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.dataset.coco import Picture, load_coco
from training.dataset.crops import cut_square
from training.dataset.pixel_cache import read_rgb
from training.errors import WrongModel
from training.evaluation.checksum import sha256_of
from training.evaluation.classifier import ClassifierTest, evaluate_classifier
from training.evaluation.detector import DetectorTest, evaluate_detector
from training.evaluation.served import letterbox, open_session, read_card
from training.exporting.card import render_card
from training.exporting.draft import draft_of, publish
from training.exporting.quantize import quantize
from training.geometry import Floats, face_sizes
from training.rounding import rounded

CALIBRATION_PICTURES = 96
DETECTOR_KEPT = ("/score/", "/box/", "/points/")  # the last convolutions: their numbers are coordinates and scores
CLASSIFIER_KEPT = ("/stem/", "se_reduce", "se_expand")  # the gates multiply whole channels
MOST_LOST = {"detector": 0.005, "classifier": 0.003}  # of AP50, of accuracy
TIMED_RUNS = 30


@dataclass(frozen=True, kw_only=True)
class Int8Order:
    """Which weights folder, where to, and which pictures calibrate (training) and judge (validation)."""

    source: Path
    target: Path
    calibration: Path
    validation: Path
    threads: int = 2
    is_replacing: bool = False  # a version that is there already


def make_int8(order: Int8Order) -> dict[str, Any]:
    """Write the target folder if that is worth it, and return the comparison.

    `accepted` says whether the 8-bit version is good enough to serve: it loses less than MOST_LOST and is faster.
    Raises WrongModel for a kind of model that has no rule for what it may lose, VersionExists where the target is.
    """
    kind = read_card(order.source)["kind"]
    if kind not in MOST_LOST:
        raise WrongModel(
            f"{order.source} is a {kind} model; 8-bit versions are made of {' and '.join(MOST_LOST)} models"
        )
    with draft_of(order.target, is_replacing=order.is_replacing) as draft:
        compared = write_int8(order, draft)
        if compared["accepted"]:
            publish(draft, order.target)
    return compared


def write_int8(order: Int8Order, draft: Path) -> dict[str, Any]:
    """Write the 8-bit version into a folder of any name and compare it with the original."""
    card = read_card(order.source)
    kept = DETECTOR_KEPT if card["kind"] == "detector" else CLASSIFIER_KEPT
    inputs = calibration_inputs(card, load_coco(order.calibration))
    quantize(order.source / card.get("file", "model.onnx"), draft / "model.onnx", inputs, kept=kept)
    before, after = _measured(order.source, order.validation), _finish(order, draft, card)
    took = compare_times(order.source, draft, inputs, order.threads)
    lost = _quality(card["kind"], before) - _quality(card["kind"], after)
    return {
        "before": _quality(card["kind"], before),
        "after": _quality(card["kind"], after),
        "lost": lost,
        "most_lost": MOST_LOST[card["kind"]],
        "milliseconds_before": took[0],
        "milliseconds_after": took[1],
        "bytes_before": (order.source / card.get("file", "model.onnx")).stat().st_size,
        "bytes_after": (draft / "model.onnx").stat().st_size,
        "accepted": is_worth_it(card["kind"], lost, took),
    }


def is_worth_it(kind: str, lost: float, milliseconds: tuple[float, float]) -> bool:
    """Whether an 8-bit version may be served: it must lose less than MOST_LOST, and it must be faster."""
    return lost < MOST_LOST[kind] and milliseconds[1] < milliseconds[0]


def calibration_inputs(card: dict[str, Any], pictures: list[Picture]) -> list[Floats]:
    """Network inputs float32 [1, 3, H, W], RGB 0..255, of pictures spread evenly over the set."""
    step = max(1, len(pictures) // CALIBRATION_PICTURES)
    chosen = pictures[::step][:CALIBRATION_PICTURES]
    if card["kind"] == "detector":
        return [_as_input(letterbox(read_rgb(picture.path), int(card["input_size"]))[0]) for picture in chosen]
    size, scale = int(card["input_size"]), float(card["crop_scale"])
    faces = [(picture, int(face_sizes(picture.boxes).argmax())) for picture in chosen if len(picture.boxes)]
    return [
        _as_input(cut_square(read_rgb(picture.path), picture.boxes[face], scale=scale, size=size))
        for picture, face in faces
    ]


def _as_input(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> Floats:
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)


def _finish(order: Int8Order, draft: Path, card: dict[str, Any]) -> dict[str, Any]:
    """Describe the new file as a version of its own and measure it."""
    digest = sha256_of(draft / "model.onnx")
    described = {**card, "version": order.target.name, "sha256": digest, "quantised_from": card["version"]}
    described.pop("file", None)
    _write(draft / "model.json", described)
    described["metrics"] = rounded(_measured(draft, order.validation))
    _write(draft / "model.json", described)
    (draft / "card.md").write_text(render_card(described))
    metrics: dict[str, Any] = described["metrics"]
    return metrics


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")


def _measured(weights: Path, labels: Path) -> dict[str, Any]:
    if read_card(weights)["kind"] == "detector":
        return evaluate_detector(DetectorTest(weights=weights, labels=labels))
    return evaluate_classifier(ClassifierTest(weights=weights, labels=labels))


def _quality(kind: str, metrics: dict[str, Any]) -> float:
    return float(metrics["ap50"] if kind == "detector" else metrics["accuracy"]["share"])


def compare_times(first: Path, second: Path, inputs: list[Floats], threads: int) -> tuple[float, float]:
    """The median milliseconds of one run of each, taken in turn so that both meet the same machine."""
    sessions = [open_session(folder, read_card(folder), threads) for folder in (first, second)]
    taken: list[list[float]] = [[], []]
    for turn in range(TIMED_RUNS):
        blob = inputs[turn % len(inputs)]
        for session, times in zip(sessions, taken, strict=True):
            name = session.get_inputs()[0].name
            started = time.perf_counter()
            session.run(None, {name: blob})
            times.append((time.perf_counter() - started) * 1000)
    return float(np.median(taken[0])), float(np.median(taken[1]))
