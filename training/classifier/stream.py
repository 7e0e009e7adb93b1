"""The classifier's training set: an endless, seeded stream of jittered crops, balanced by class and source."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from training.augment.photometric import coarsen, degrade, jitter_colour
from training.dataset.crop_bank import CLASSES, PASTED, ROOM, SIDE, CropBank
from training.dataset.crops import CROP_SCALE
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

# How often each class is drawn. Wrongly worn is a tenth in the streets and a fifth here: rare enough that its recall
# needs the help, and not so many that every scarf becomes one.
CLASS_SHARES = {"no_mask": 0.36, "mask_incorrect": 0.2, "mask_correct": 0.44}
# Against the share of its faces within the class: real scenes count most, overlays least.
SOURCE_WEIGHTS = {
    "ilc2021": 3.0,
    "kaggle853": 3.0,
    "mask1510": 0.7,
    "technion24k": 0.4,
    "kary_real": 1.5,
    "faces68": 0.4,  # television of one decade, the same people several times
}
SYNTHETIC_WEIGHT = 0.25
PASTED_WEIGHT = 0.15  # there are as many as real wrongly worn masks are rare: so these stay most of what is drawn
TURN_DEGREES = 14.0


def draw_weights(bank: CropBank) -> NDArray[np.float64]:
    """The probability [N] of each crop: class shares between classes, source weights within them."""
    weights = np.asarray([SOURCE_WEIGHTS.get(source, 1.0) for source in bank.sources])
    synthetic = np.where(bank.sources == PASTED, PASTED_WEIGHT, SYNTHETIC_WEIGHT)
    weights = np.where(bank.synthetic, synthetic, weights)
    chances = np.zeros(len(weights))
    for label, name in enumerate(CLASSES):
        mine = bank.labels == label
        chances[mine] = weights[mine] / max(weights[mine].sum(), 1e-9) * CLASS_SHARES[name]
    return np.asarray(chances / chances.sum(), np.float64)


class CropStream(IterableDataset[tuple[Tensor, Tensor]]):
    """Endless batches: images uint8 [B, S, S, 3] RGB and labels int64 [B]."""

    def __init__(self, bank: CropBank, *, size: int, batch: int, seed: int) -> None:
        super().__init__()
        self._bank, self._size, self._batch, self._seed = bank, size, batch, seed
        self._ends = np.cumsum(draw_weights(bank))

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        random = np.random.default_rng([self._seed, worker.id if worker else 0])
        while True:
            rows = np.searchsorted(self._ends, random.random(self._batch) * self._ends[-1], "right")
            images = np.stack([augment(self._bank.images[row], self._size, random) for row in rows])
            yield torch.from_numpy(images), torch.from_numpy(self._bank.labels[rows])


def augment(square: Pixels, size: int, random: np.random.Generator) -> Pixels:
    """A stored square -> a crop of size x size as a detector might have framed it, in any camera's colours."""
    side = SIDE * CROP_SCALE / ROOM * np.exp(random.uniform(-0.16, 0.16))
    image = cv2.warpAffine(
        square, _frame(side, size, random), (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if random.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
    image = jitter_colour(np.asarray(image, np.uint8), random)
    if random.random() < 0.35:
        image = shrink_and_back(image, random)
    if random.random() < 0.25:
        image = degrade(image, random)
    if random.random() < 0.12:
        image = occlude(image, random)
    return image


def _frame(side: float, size: int, random: np.random.Generator) -> Floats:
    """The 2x3 matrix that brings a turned, shifted square of this side into the output."""
    middle = SIDE / 2 + random.uniform(-0.07, 0.07, 2) * side
    turn = random.uniform(-TURN_DEGREES, TURN_DEGREES)
    centre = (float(middle[0]), float(middle[1]))
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, turn, size / side), np.float32)
    matrix[:, 2] += (size / 2 - middle).astype(np.float32)
    return matrix


def shrink_and_back(image: Pixels, random: np.random.Generator) -> Pixels:
    """Show the face as if it had been 16 to 64 pixels wide in the picture."""
    side = float(np.exp(random.uniform(np.log(16), np.log(64))))
    return coarsen(image, side / image.shape[0])


def occlude(image: Pixels, random: np.random.Generator) -> Pixels:
    """Cover a small rectangle with one colour (Zhong et al., arXiv:1708.04896); at most a seventh of the crop."""
    size = image.shape[0]
    width, height = (int(value) for value in random.uniform(0.12, 0.37, 2) * size)
    left, top = int(random.integers(size - width)), int(random.integers(size - height))
    covered = image.copy()
    covered[top : top + height, left : left + width] = random.integers(0, 256, 3)
    return covered
