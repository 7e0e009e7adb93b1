"""OpenVINO on the CPU."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import openvino
import structlog
from openvino.preprocess import PrePostProcessor

from model_api.arrays import Floats, Pixels
from model_api.engines.cores import cores
from model_api.errors import BrokenModel, InferenceFailed

log = structlog.get_logger(__name__)

HALF, FULL = "bf16", "f32"


class OpenVinoEngine:
    """Thread-safe: each thread has its own request.

    Computes in bfloat16 where the processor does (AMX, AVX-512 BF16), two to three times as fast; what follows the last
    convolution stays float32, so that boxes keep their pixels. An answer that is no finite number is computed again in
    float32.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        """`threads`: 0 for all cores. Raises BrokenModel when the file is no network."""
        self._core = openvino.Core()
        self._threads = threads or cores()
        try:
            self._model = _with_pixels_in(self._core.read_model(path))
            self.precision = HALF if "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else FULL
            self._runner = _Runner(self._compile(self.precision))
        except RuntimeError as exc:
            raise BrokenModel(f"{path} cannot be loaded: {_first_line(exc)}") from exc
        self.outputs: Sequence[str] = tuple(output.any_name for output in self._model.outputs)
        self._exact: _Runner | None = None
        self._lock = threading.Lock()

    def infer(self, pictures: Pixels) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3]."""
        try:
            answers = self._runner.run(pictures)
            if self.precision == HALF and not all(np.isfinite(answer).all() for answer in answers):
                log.warning("inference.not_finite", shape=pictures.shape, precision=self.precision)
                answers = self._in_full(pictures)
        except RuntimeError as exc:
            raise InferenceFailed(f"the engine failed on a batch of {len(pictures)}: {_first_line(exc)}") from exc
        return dict(zip(self.outputs, answers, strict=True))

    def _in_full(self, pictures: Pixels) -> list[Floats]:
        with self._lock:
            if self._exact is None:
                self._exact = _Runner(self._compile(FULL))
        return self._exact.run(pictures)

    def _compile(self, precision: str) -> openvino.CompiledModel:
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": 1,  # batches come one at a time, and the first waits for all of its own
            "ENABLE_CPU_PINNING": False,  # two replicas on one machine would pin themselves to the same cores
        }
        return self._core.compile_model(self._model, "CPU", options)


class _Runner:
    """A compiled network, and a request to it for every thread that asks."""

    def __init__(self, compiled: openvino.CompiledModel) -> None:
        self._compiled = compiled
        self._of_thread = threading.local()

    def run(self, pictures: Pixels) -> list[Floats]:
        """Its outputs in order, copied: a request writes its next answers over the last."""
        request = getattr(self._of_thread, "request", None)
        if request is None:
            request = self._of_thread.request = self._compiled.create_infer_request()
        request.infer([np.ascontiguousarray(pictures)], share_inputs=True)
        return [np.array(tensor.data, np.float32) for tensor in request.output_tensors]


def _with_pixels_in(model: openvino.Model) -> openvino.Model:
    """The network fed with bytes as they lie in a picture: conversion and transposition become part of it."""
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    return steps.build()


def _first_line(error: Exception) -> str:
    """Its messages go on with places in its source."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
