"""OpenVINO on the CPU."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import openvino
import structlog
from openvino.preprocess import PrePostProcessor

from model_api.arrays import Floats, Pixels
from model_api.engines.cores import cores
from model_api.engines.native import native_call
from model_api.errors import BrokenModel, InferenceFailed

log = structlog.get_logger(__name__)

HALF, FULL = "bf16", "f32"

Read = Callable[[Sequence[Floats]], list[list[Floats]]]  # the outputs in order -> parts of them in order, copied


class OpenVinoEngine:
    """Thread-safe: as many batches at a time as it has lanes, each with its own threads.

    Computes in bfloat16 where the processor does (AMX, AVX-512 BF16), two to three times as fast; what follows the last
    convolution stays float32, so that boxes keep their pixels. An answer that is no finite number is computed again in
    float32.
    """

    def __init__(self, path: Path, *, threads: int, lanes: int = 1) -> None:
        """`threads` of each lane: 0 for all cores. Raises BrokenModel when the file is no network."""
        self._threads = threads or cores()
        try:
            with native_call():
                self._model = _with_pixels_in(_core().read_model(path))
                self.precision = HALF if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else FULL
            self._network = _Network(self._model, precision=self.precision, threads=self._threads, lanes=lanes)
        except RuntimeError as exc:
            raise BrokenModel(f"{path} cannot be loaded: {_reason(exc)}") from exc
        self.outputs: Sequence[str] = tuple(output.any_name for output in self._model.outputs)
        self._exact: _Network | None = None
        self._lock = threading.Lock()

    def infer(self, pictures: Pixels) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3]."""
        (answer,) = self._answers(pictures, lambda outputs: [[np.array(output, np.float32) for output in outputs]])
        return answer

    def infer_rows(self, pictures: Pixels, *, by: str, least: float) -> Sequence[Mapping[str, Floats]]:
        """Of each picture the outputs' rows in which the output `by` [N, K] reaches `least`: nothing else is copied."""
        return self._answers(pictures, partial(_likely, by=self.outputs.index(by), least=least))

    def _answers(self, pictures: Pixels, read: Read) -> list[dict[str, Floats]]:
        try:
            answers = self._network.run(pictures, read)
            if self.precision == HALF and not all(np.isfinite(part).all() for answer in answers for part in answer):
                answers = self._in_full(pictures, read)
        except RuntimeError as exc:
            raise InferenceFailed(f"the engine failed on a batch of {len(pictures)}: {_reason(exc)}") from exc
        return [dict(zip(self.outputs, answer, strict=True)) for answer in answers]

    def _in_full(self, pictures: Pixels, read: Read) -> list[list[Floats]]:
        log.warning("inference.not_finite", shape=pictures.shape, precision=self.precision)
        with self._lock:
            if self._exact is None:
                self._exact = _Network(self._model, precision=FULL, threads=self._threads)
        return self._exact.run(pictures, read)


class _Network:
    """A network compiled for one precision, and a request per lane that runs it: more would fight for the cores."""

    def __init__(self, model: openvino.Model, *, precision: str, threads: int, lanes: int = 1) -> None:
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads * lanes,
            "NUM_STREAMS": lanes,
            "ENABLE_CPU_PINNING": False,  # two replicas on one machine would pin themselves to the same cores
        }
        self._resting: SimpleQueue[openvino.InferRequest] = SimpleQueue()
        with native_call():
            self._compiled = _core().compile_model(model, "CPU", options)  # kept: a request does not own it
            for _ in range(lanes):
                self._resting.put(self._compiled.create_infer_request())

    def run(self, pictures: Pixels, read: Read) -> list[list[Floats]]:
        """What `read` copies of its outputs, in their order: a request writes its next answers over the last."""
        request = self._resting.get()
        try:
            with native_call():
                request.infer([np.ascontiguousarray(pictures)], share_inputs=True)
                return read([tensor.data for tensor in request.output_tensors])
        finally:
            self._resting.put(request)


def _likely(outputs: Sequence[Floats], *, by: int, least: float) -> list[list[Floats]]:
    """For each picture the rows of all outputs [N, K, ...] whose score reaches `least`, or is no number."""
    rows = [np.flatnonzero(~(scores < least)) for scores in outputs[by]]
    return [[output[number][chosen] for output in outputs] for number, chosen in enumerate(rows)]


@cache
def _core() -> openvino.Core:
    """One for the life of the process: the last one that goes takes the threads of every network with it."""
    return openvino.Core()


def _with_pixels_in(model: openvino.Model) -> openvino.Model:
    """The network fed with bytes as they lie in a picture: conversion and transposition become part of it."""
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    return steps.build()


def _reason(error: Exception) -> str:
    """The last line: the ones before it are places in its source."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
