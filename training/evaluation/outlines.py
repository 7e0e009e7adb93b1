"""How well an exported U-Net outlines masks, on faces whose every pixel is labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.crops import cut_square, square_around
from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import BrokenAnnotations, DataMissing
from training.evaluation.served import open_session, read_card
from training.geometry import Floats

FACE, MASK = 1, 2  # the labels' levels; all else is background
STYLES = {"cwm": "worn well", "iwm": "worn wrongly"}  # how a file's name begins
WANTED_IOU = 0.85
EDGE = 0.5  # from this probability on a pixel is the mask's


@dataclass(frozen=True, kw_only=True)
class OutlineTest:
    """Which weights on which faces: a folder with `images/` (WebP) and `labels/` (PNG) like `fit/eval`."""

    weights: Path
    faces: Path


@dataclass(frozen=True, kw_only=True)
class OutlinedFace:
    """One picture and its labels."""

    name: str
    image: Pixels  # uint8 [H, W, 3] RGB
    labels: NDArray[np.uint8]  # [H, W] 0 background, FACE or MASK

    def box(self) -> Floats:
        """The box [4] around face and mask, as a detector would draw it."""
        rows, columns = np.nonzero(self.labels)
        return np.asarray([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float32)


class ServedOutliner:
    """Square crop, network, map."""

    def __init__(self, folder: Path) -> None:
        self.card = read_card(folder)
        self._session = open_session(folder, self.card, threads=1)

    def cover(self, image: Pixels, box: Floats) -> Floats:
        """How likely a mask covers each pixel of a uint8 RGB picture [H, W, 3]: [H, W], 0 outside the face's crop."""
        scale, size = float(self.card["crop_scale"]), int(self.card["input_size"])
        blob = cut_square(image, box, scale=scale, size=size).astype(np.float32).transpose(2, 0, 1)[None]
        values = self._session.run(None, {"crops": blob})[0][0]
        return laid(values, square_around(box, scale), image.shape[:2])


def laid(values: Floats, square: tuple[int, int, int], shape: tuple[int, ...]) -> Floats:
    """A map [M, M] of a square (left, top, side) in a picture of this shape; 0 outside the square."""
    left, top, side = square
    fine = cv2.resize(values, (side, side), interpolation=cv2.INTER_LINEAR)
    whole = np.zeros(shape[:2], np.float32)
    rows = slice(max(0, top), min(shape[0], top + side))
    columns = slice(max(0, left), min(shape[1], left + side))
    whole[rows, columns] = fine[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return whole


def load_outlined(folder: Path) -> Iterator[OutlinedFace]:
    """The faces of a folder. Raises DataMissing without them, BrokenAnnotations for a label of another size."""
    paths = sorted((folder / "images").glob("*.webp"))
    if not paths:
        raise DataMissing(f"no outlined faces in {folder / 'images'}; give the folder of the data with --data")
    for path in paths:
        image = read_rgb(path)
        labels = cv2.imread(str(folder / "labels" / f"{path.stem}.png"), cv2.IMREAD_GRAYSCALE)
        if labels is None or labels.shape != image.shape[:2] or not labels.any():
            raise BrokenAnnotations(f"{path.stem}.png in {folder / 'labels'} does not label a face of {path.name}")
        yield OutlinedFace(name=path.stem, image=image, labels=np.asarray(labels, np.uint8))


def evaluate_outlines(test: OutlineTest) -> dict[str, Any]:
    """Run the ONNX file on crops cut as in serving and return the figures."""
    outliner = ServedOutliner(test.weights)
    found: dict[str, list[float]] = {"all": []}
    for face in tqdm(load_outlined(test.faces), "outlining", disable=None):
        cover = outliner.cover(face.image, face.box())
        score = iou(cover >= EDGE, face.labels == MASK)
        for part in ("all", STYLES.get(face.name.partition("-")[0], "others")):
            found.setdefault(part, []).append(score)
    return {"wanted_iou": WANTED_IOU, "parts": {part: _figures(np.asarray(scores)) for part, scores in found.items()}}


def iou(answered: NDArray[np.bool_], labelled: NDArray[np.bool_]) -> float:
    """Intersection over union; 1 where both are empty."""
    union = int((answered | labelled).sum())
    return int((answered & labelled).sum()) / union if union else 1.0


def _figures(scores: NDArray[np.float64]) -> dict[str, Any]:
    spread = 1.96 * float(scores.std(ddof=1)) / len(scores) ** 0.5 if len(scores) > 1 else 0.0
    mean = float(scores.mean())
    return {
        "faces": len(scores),
        "iou": mean,
        "iou_interval": (mean - spread, mean + spread),  # of the mean, 95 %, by the normal distribution
        "iou_worst_tenth": float(np.quantile(scores, 0.1)),
        "share_as_wanted": float((scores >= WANTED_IOU).mean()),
    }
