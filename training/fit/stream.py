"""The training set: an endless, seeded stream of jittered crops with their maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from training.fit.sample import jitter
from training.fit.sources import Source

MapBatch = tuple[Tensor, Tensor, Tensor]


class MapStream(IterableDataset[MapBatch]):
    """Endless batches: images uint8 [B, S, S, 3] RGB, covered float [B, M, M] and known float [B, M, M], 0..1."""

    def __init__(self, sources: Sequence[tuple[float, Source]], *, batch: int, seed: int) -> None:
        """`sources`: each with its share of what is drawn."""
        super().__init__()
        self._sources, self._batch, self._seed = [source for _, source in sources], batch, seed
        self._shares = np.asarray([share for share, _ in sources]) / sum(share for share, _ in sources)

    def __iter__(self) -> Iterator[MapBatch]:
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        random = np.random.default_rng([self._seed, worker.id if worker else 0])
        while True:
            drawn = random.choice(len(self._sources), self._batch, p=self._shares)
            samples = [jitter(self._sources[int(place)](random), random) for place in drawn]
            yield (
                torch.from_numpy(np.stack([sample.image for sample in samples])),
                torch.from_numpy(np.stack([sample.cover for sample in samples])),
                torch.from_numpy(np.stack([sample.known for sample in samples])),
            )
