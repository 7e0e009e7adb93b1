"""Where networks run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch
from torch import Tensor

from model_api.engines.device.batches import batch_for

Compute = Callable[[], Tensor]

# Of all networks on the GPU: while one thread records, no other may use it (PyTorch, CUDA semantics, CUDA Graphs).
_GPU = threading.Lock()


class Place(Protocol):
    """A device, and how it is given work."""

    @property
    def device(self) -> torch.device:
        """Where tensors lie."""

    @property
    def is_pinned(self) -> bool:
        """Whether what is copied there should lie in pinned memory."""

    def room_for(self, pictures: int) -> int:
        """The size of the batch to compute for so many pictures: at least as many."""

    def alone(self) -> AbstractContextManager[None]:
        """One batch at a time."""

    def wait(self) -> None:
        """Until all that was begun is done."""

    def record(self, compute: Compute) -> Compute:
        """What does the same on the same memory, faster. Raises RuntimeError when that cannot be had."""


class Cpu:
    """The host itself."""

    device = torch.device("cpu")
    is_pinned = False

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def room_for(self, pictures: int) -> int:
        """Just as many."""
        return pictures

    def alone(self) -> AbstractContextManager[None]:
        """Each batch takes all threads."""
        return self._lock  # type: ignore[return-value]

    def wait(self) -> None:
        """Nothing is begun that is not done."""

    def record(self, compute: Compute) -> Compute:
        """Nothing is to be gained."""
        return compute


class Cuda:
    """The first NVIDIA GPU that the process may use."""

    is_pinned = True

    def __init__(self) -> None:
        self.device = torch.device("cuda", torch.cuda.current_device())
        self._stream = torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]  # recording needs another stream than the default one
        self._pool = torch.cuda.graph_pool_handle()

    def room_for(self, pictures: int) -> int:
        """One of a few sizes, each of which is recorded."""
        return batch_for(pictures)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Alone on the GPU, in a stream of this network's own."""
        with _GPU, torch.cuda.stream(self._stream):
            yield

    def wait(self) -> None:
        """Until the stream is empty."""
        self._stream.synchronize()

    def record(self, compute: Compute) -> Compute:
        """As a CUDA graph: one launch instead of hundreds, which take longer than the work they launch.

        All graphs of a network share memory for what lies between input and answer: they are replayed one at a time,
        and an answer is copied away before the next.
        """
        compute()  # libraries prepare themselves for a thread and a stream, and cannot while that is recorded
        graph = torch.cuda.CUDAGraph()
        # Threads without our lock may free memory meanwhile; "global", the default, would make that their error.
        with (
            _own_workspaces(),
            torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"),
        ):
            answer = compute()

        def replay() -> Tensor:
            graph.replay()
            return answer

        return replay


@contextmanager
def _own_workspaces() -> Iterator[None]:
    """Let what is recorded take cuBLAS's workspaces from its graph's memory, and keep them to itself.

    Else all graphs of a stream share one, and the first that goes takes it from the others: pytorch/pytorch#193402.
    torch's own recording does the same (torch/_inductor/cudagraph_trees.py).
    """
    torch._C._cuda_clearCublasWorkspaces()
    try:
        yield
    finally:
        torch._C._cuda_clearCublasWorkspaces()
