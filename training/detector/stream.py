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
from training.augment.chain import WINDOW_CHAIN
from training.augment.stages import Stage, in_turn
from training.dataset.coco import Picture
from training.detector.sources import Source
from training.geometry import Floats, face_sizes

CROWD_SHARE = 0.2
# How often a source is shown against its size: the portraits of mask1510 have pasted masks, kaggle853 has the crowds.
SOURCE_WEIGHTS = {"mask1510": 0.5, "kaggle853": 2.0}
MOSAIC_SHARE = 0.25
PORTRAIT_SHARE = 0.2  # of a mosaic's tiles, where there are portraits: large faces with all sorts of masks
TINY_SHARE = 0.1
# Only pictures whose faces measure less than this share of the longer side are shown tiny: a portrait would be a stamp.
TINY_FACE_SHARE = 0.07


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
    """Endless batches of one window size. Every worker draws its own reproducible sequence.

    `before` is what happens to a whole picture before a window is cut out of it, pasted masks for example. Its image
    may be a read-only view of the cache: a stage that paints copies first.
    """

    def __init__(
        self,
        sources: dict[str, Source],
        *,
        size: int,
        batch: int,
        seed: int,
        before: Sequence[Stage[windows.Sample]] = (),
    ) -> None:
        super().__init__()
        self._sources, self._size, self._batch, self._seed = sources, size, batch, seed
        self._before = tuple(before)
        self._ends = {name: np.cumsum(_weights(source.pictures)) for name, source in sources.items()}
        self._far_ends = {name: np.cumsum(_far_weights(source.pictures)) for name, source in sources.items()}

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        random = np.random.default_rng([self._seed, self._size, worker.id if worker else 0])
        while True:
            yield collate([self._draw(random) for _ in range(self._batch)])

    def _draw(self, random: np.random.Generator) -> windows.Sample:
        return in_turn(WINDOW_CHAIN, self._cut(random), random)

    def _cut(self, random: np.random.Generator) -> windows.Sample:
        if random.random() < MOSAIC_SHARE:
            return windows.mosaic([self._pick(self._tile(random), random) for _ in range(4)], self._size, random)
        name = "crowds" if random.random() < CROWD_SHARE else "masks"
        if random.random() < TINY_SHARE and self._far_ends[name][-1] > 0:
            four = [self._pick(name, random, far=True) for _ in range(4)]
            return windows.mosaic(four, self._size, random, tiny=True)
        return windows.random_window(self._pick(name, random), self._size, self._sources[name].longer_side, random)

    def _tile(self, random: np.random.Generator) -> str:
        """The set a mosaic's tile comes from."""
        return "portraits" if "portraits" in self._sources and random.random() < PORTRAIT_SHARE else "masks"

    def _pick(self, name: str, random: np.random.Generator, *, far: bool = False) -> windows.Sample:
        ends = (self._far_ends if far else self._ends)[name]
        sample = self._sources[name].sample(int(np.searchsorted(ends, random.random() * ends[-1], "right")))
        return in_turn(self._before, sample, random)


def _weights(pictures: Sequence[Picture]) -> list[float]:
    return [SOURCE_WEIGHTS.get(picture.source, 1.0) for picture in pictures]


def _far_weights(pictures: Sequence[Picture]) -> list[float]:
    """The weights of pictures whose faces are small in them; 0 for the others."""
    return [weight if _is_far(picture) else 0.0 for picture, weight in zip(pictures, _weights(pictures), strict=True)]


def _is_far(picture: Picture) -> bool:
    if not len(picture.boxes):
        return False
    return bool(np.median(face_sizes(picture.boxes)) < TINY_FACE_SHARE * max(picture.width, picture.height))
