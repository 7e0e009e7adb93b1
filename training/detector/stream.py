"""The detector's training set: an endless, seeded stream of augmented windows from the cached pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from training.augment import windows
from training.augment.photometric import degrade, jitter_colour
from training.dataset.coco import Picture
from training.detector.sources import Source
from training.geometry import Floats

CROWD_SHARE = 0.2
# How often a source is shown against its size: the portraits of mask1510 have pasted masks, kaggle853 has the crowds.
SOURCE_WEIGHTS = {"mask1510": 0.5, "kaggle853": 2.0}
MOSAIC_SHARE = 0.25
DEGRADED_SHARE = 0.25


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one step learns from. Labels of all pictures lie end to end; `owners` says whose they are."""

    images: Tensor  # uint8 [B, H, W, 3] RGB
    boxes: Tensor  # float32 [T, 4] xyxy
    points: Tensor  # float32 [T, 5, 2], NaN where unknown
    owners: Tensor  # int64 [T]
    ignored: Tensor  # float32 [R, 4]
    ignored_owners: Tensor  # int64 [R]

    def to(self, place: torch.device) -> Batch:
        """The same batch on another device."""
        return Batch(**{name: value.to(place, non_blocking=True) for name, value in vars(self).items()})


def collate(samples: Sequence[windows.Sample]) -> Batch:
    """Join samples of one size."""
    return Batch(
        images=torch.from_numpy(np.stack([sample.image for sample in samples])),
        boxes=_joined([sample.boxes for sample in samples]),
        points=_joined([sample.points for sample in samples]),
        owners=_owners([len(sample.boxes) for sample in samples]),
        ignored=_joined([sample.ignored for sample in samples]),
        ignored_owners=_owners([len(sample.ignored) for sample in samples]),
    )


def _joined(parts: Sequence[Floats]) -> Tensor:
    return torch.from_numpy(np.concatenate(parts).astype(np.float32))


def _owners(counts: Sequence[int]) -> Tensor:
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


class DetectorStream(IterableDataset[Batch]):
    """Endless batches of one window size. Every worker draws its own reproducible sequence."""

    def __init__(self, sources: dict[str, Source], *, size: int, batch: int, seed: int) -> None:
        super().__init__()
        self._sources, self._size, self._batch, self._seed = sources, size, batch, seed
        self._ends = {name: np.cumsum(_weights(source.pictures)) for name, source in sources.items()}

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        random = np.random.default_rng([self._seed, self._size, worker.id if worker else 0])
        while True:
            yield collate([self._draw(random) for _ in range(self._batch)])

    def _draw(self, random: np.random.Generator) -> windows.Sample:
        if random.random() < MOSAIC_SHARE:
            sample = windows.mosaic([self._pick(random, "masks")[0] for _ in range(4)], self._size, random)
        else:
            picked, longer_side = self._pick(random, "crowds" if random.random() < CROWD_SHARE else "masks")
            sample = windows.random_window(picked, self._size, longer_side, random)
        if random.random() < 0.5:
            sample = windows.mirror(sample)
        image = jitter_colour(sample.image, random)
        if random.random() < DEGRADED_SHARE:
            image = degrade(image, random)
        return windows.Sample(image=image, boxes=sample.boxes, points=sample.points, ignored=sample.ignored)

    def _pick(self, random: np.random.Generator, name: str) -> tuple[windows.Sample, tuple[float, float]]:
        source, ends = self._sources[name], self._ends[name]
        return source.sample(int(np.searchsorted(ends, random.random() * ends[-1], "right"))), source.longer_side


def _weights(pictures: Sequence[Picture]) -> list[float]:
    return [SOURCE_WEIGHTS.get(picture.source, 1.0) for picture in pictures]
