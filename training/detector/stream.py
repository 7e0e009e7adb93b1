"""The detector's training set: an endless, seeded stream of augmented windows from the cached pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from training.augment import windows
from training.augment.photometric import degrade, jitter_colour
from training.dataset.coco import Picture, load_coco
from training.dataset.pixel_cache import PixelCache, open_cache
from training.geometry import Floats
from training.labels.teacher import teach

CACHE_SIDES = {"masks": 640, "crowds": 896}  # pixels; the crowds' faces are too small to give any away
LONGER_SIDES = {"masks": (300.0, 1050.0), "crowds": (560.0, 1250.0)}  # around the 640 px that serving uses
CROWD_SHARE = 0.2
# How often a source is shown against its size: the portraits of mask1510 have pasted masks, kaggle853 has the crowds.
SOURCE_WEIGHTS = {"mask1510": 0.5, "kaggle853": 2.0}
MOSAIC_SHARE = 0.25
DEGRADED_SHARE = 0.25


@dataclass(frozen=True, kw_only=True)
class Source:
    """One set of pictures with its pixels and the range of sizes they are shown at."""

    pictures: Sequence[Picture]
    pixels: PixelCache
    longer_side: tuple[float, float]

    def sample(self, index: int) -> windows.Sample:
        """The picture and its labels in the cached pixels."""
        picture, image = self.pictures[index], self.pixels[index]
        scale = np.float32(image.shape[1] / picture.width)
        labels = (picture.boxes * scale, picture.points * scale, picture.ignored * scale)
        return windows.Sample(image=image, boxes=labels[0], points=labels[1], ignored=labels[2])


def open_sources(data: Path, cache: Path) -> dict[str, Source]:
    """Read labels, let the teacher add landmarks, decode all pictures once (a minute, the first time)."""
    teacher = data / "weights" / "yunet_s_dynamic.onnx"
    masks = teach(load_coco(data / "masks" / "train.json"), teacher, cache, "masks")
    named = {"masks": masks, "crowds": load_coco(data / "crowds" / "pseudo.json")}
    return {
        name: Source(
            pictures=pictures,
            pixels=open_cache([picture.path for picture in pictures], CACHE_SIDES[name], cache),
            longer_side=LONGER_SIDES[name],
        )
        for name, pictures in named.items()
    }


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one step learns from. Labels of all pictures lie end to end; `owners` says whose they are."""

    images: Tensor  # uint8 [B, H, W, 3] RGB
    boxes: Tensor  # float32 [T, 4] xyxy
    points: Tensor  # float32 [T, 5, 2], NaN where unknown
    owners: Tensor  # int64 [T]
    ignored: Tensor  # float32 [R, 4]
    ignored_owners: Tensor  # int64 [R]


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
