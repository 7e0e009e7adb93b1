"""What an adapted classifier is fed: labelled crops of the source domain and unlabelled ones of the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from training.augment.photometric import degrade
from training.classifier.bank import open_training_bank
from training.classifier.stream import augment, draw_weights
from training.classifier.targets import TARGET_SOURCES, Pool, open_targets
from training.dataset.crop_bank import CLASSES, PASTED, PASTED_SHARES, CropBank, without
from training.dataset.pixel_cache import Pixels
from training.errors import DataMissing


@dataclass(frozen=True, kw_only=True)
class DomainBatch:
    """One step's crops, as drawn: not normalised."""

    source: Tensor  # uint8 [B, S, S, 3] RGB
    labels: Tensor  # int64 [B], positions in CLASSES
    target: Tensor  # uint8 [T, S, S, 3] RGB; T is 0 without adaptation


def synthetic_source(bank: CropBank) -> CropBank:
    """The bank with nothing left to draw but masks that were pasted on and bare faces, none from the target domain.

    Publishers whose bare faces get no mask in the bank are left out: among those faces some wear one under the nose.
    Raises DataMissing when a class has no such face.
    """
    is_sure = np.asarray([PASTED_SHARES.get(source, 1.0) > 0 for source in bank.sources])
    is_bare = (bank.labels == CLASSES.index("no_mask")) & is_sure
    is_targets = np.isin(bank.sources, TARGET_SOURCES)
    is_targets |= (bank.sources == PASTED) & np.roll(is_targets, 1)  # a pasted mask stands behind its bare face
    source = without(bank, is_targets | ~(is_bare | bank.synthetic))
    for label, name in enumerate(CLASSES):
        if not (source.labels == label).any():
            raise DataMissing(f"the crop bank has no synthetic face of the class {name} to learn from")
    return source


@dataclass(frozen=True, kw_only=True)
class Domains:
    """Where the labels come from and where the classifier is to work."""

    source: CropBank
    targets: tuple[Pool, ...]


def open_domains(data: Path, cache: Path, *, is_synthetic: bool) -> Domains:
    """Open both domains: the source is synthetic, or everything that is labelled."""
    bank = open_training_bank(data, cache)
    targets = open_targets(data, cache, bank)
    return Domains(source=synthetic_source(bank) if is_synthetic else bank, targets=targets)


class DomainStream(IterableDataset[DomainBatch]):
    """Endless batches of both domains. One seed gives one sequence of source crops, with or without a target."""

    def __init__(self, source: CropBank, targets: Sequence[Pool], *, size: int, batch: int, seed: int) -> None:
        super().__init__()
        self._source, self._targets = source, targets
        self._size, self._batch, self._seed = size, batch, seed
        self._ends = np.cumsum(draw_weights(source))
        self._target_ends = np.cumsum(np.concatenate([pool.chances for pool in targets]) if targets else np.zeros(0))

    def __iter__(self) -> Iterator[DomainBatch]:
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        number = worker.id if worker else 0
        # A generator each: drawing target crops must not change which source crops are drawn.
        of_source, of_target = (np.random.default_rng([self._seed, number, domain]) for domain in range(2))
        while True:
            rows = draw(self._ends, self._batch, of_source)
            crops = [augment(self._source.images[row], self._size, of_source) for row in rows]
            yield DomainBatch(
                source=torch.from_numpy(np.stack(crops)),
                labels=torch.from_numpy(self._source.labels[rows]),
                target=torch.from_numpy(self._draw_target(of_target)),
            )

    def _draw_target(self, random: np.random.Generator) -> Pixels:
        if not self._targets:
            return np.zeros((0, self._size, self._size, 3), np.uint8)
        rows = draw(self._target_ends, self._batch, random)
        return np.stack([degrade(augment(self._square(int(row)), self._size, random), random) for row in rows])

    def _square(self, row: int) -> Pixels:
        """The square at this place of all pools laid end to end."""
        for pool in self._targets:
            if row < len(pool.images):
                return np.asarray(pool.images[row])
            row -= len(pool.images)
        raise IndexError(row)


def draw(ends: NDArray[np.float64], count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Rows [count], drawn with replacement by chances whose running sum is `ends`."""
    return np.asarray(np.searchsorted(ends, random.random(count) * ends[-1], "right"), np.int64)
