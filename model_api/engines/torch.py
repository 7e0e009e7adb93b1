"""torch: on an NVIDIA GPU by CUDA in half precision, or on the CPU, where the others are faster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model_api.arrays import Batch, Floats
from model_api.engines.cores import cores
from model_api.engines.device.failures import first_line
from model_api.engines.device.lanes import Lanes
from model_api.engines.device.place import Cpu, Cuda, Place
from model_api.engines.graph.network import TorchNetwork
from model_api.engines.graph.reading import read_plan
from model_api.engines.native import native_call
from model_api.errors import InferenceFailed


class TorchEngine:
    """Thread-safe: batches are run one after the other."""

    def __init__(self, path: Path, *, place: Place, half: bool, threads: int) -> None:
        """`half`: convolve in float16; `threads` of the host, 0 for all cores.

        Raises BrokenModel when the file is no network that torch can run.
        """
        network = TorchNetwork(read_plan(path), device=place.device, half=half)
        self.outputs = network.outputs
        self._lanes = Lanes(network, place)
        self._threads = threads or cores()

    def infer(self, pictures: Batch) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3], on the host or where the network is."""
        with self._running(pictures):
            answers = self._lanes.run(_tensor(pictures))
        return self._named(answers)

    def infer_rows(self, pictures: Batch, *, by: str, least: float) -> Sequence[Mapping[str, Floats]]:
        """Of each picture the outputs' rows in which the output `by` [N, K] reaches `least`."""
        with self._running(pictures):
            found = self._lanes.rows(_tensor(pictures), by=self.outputs.index(by), least=least)
        return [self._named(answers) for answers in found]

    @contextmanager
    def _running(self, pictures: Batch) -> Iterator[None]:
        torch.set_num_threads(self._threads)  # counts for the calling thread
        count, height, width = pictures.shape[:3]
        try:
            with native_call(), torch.inference_mode():
                yield
        except torch.OutOfMemoryError as exc:
            torch.cuda.empty_cache()
            raise InferenceFailed(
                f"the GPU has too little free memory for {count} pictures of {width}x{height}: {first_line(exc)}"
            ) from exc
        except RuntimeError as exc:
            raise InferenceFailed(f"the engine failed on a batch of {count}: {first_line(exc)}") from exc

    def _named(self, answers: Sequence[Tensor]) -> Mapping[str, Floats]:
        return {name: answer.numpy() for name, answer in zip(self.outputs, answers, strict=True)}


def open_on_cpu(path: Path, *, threads: int, lanes: int = 1) -> TorchEngine:
    """In float32, as other engines compute. Raises BrokenModel."""
    return TorchEngine(path, place=Cpu(), half=False, threads=threads)


def open_on_cuda(path: Path, *, threads: int, lanes: int = 1) -> TorchEngine:
    """On the GPU, in half precision. Raises BrokenModel."""
    return TorchEngine(path, place=Cuda(), half=True, threads=threads)


def _tensor(pictures: Batch) -> Tensor:
    return pictures if isinstance(pictures, Tensor) else torch.from_numpy(np.ascontiguousarray(pictures))
