"""OpenVINO on the CPU."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import openvino as ov
from openvino.preprocess import PrePostProcessor

from model_api.arrays import Floats, Pixels
from model_api.errors import BrokenModel, InferenceFailed


class OpenVinoEngine:
    """Takes pictures as decoded: the conversion to planar floats is part of the compiled graph."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """`threads`: 0 for all cores. Raises BrokenModel when the file is no network."""
        try:
            network = _core().read_model(path)
            # Before compiling: an optimised graph may carry other names as well.
            self.outputs = tuple(port.get_any_name() for port in network.outputs)
            self._compiled = _compile(network, threads)  # kept: the request alone must not have to own it
        except RuntimeError as exc:
            raise BrokenModel(f"{path} cannot be loaded: {str(exc).splitlines()[0]}") from exc
        self._request = self._compiled.create_infer_request()
        self._lock = threading.Lock()  # one request: more of them only fight for the same cores

    def infer(self, pictures: Pixels) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3]."""
        with self._lock:
            try:
                self._request.infer([np.ascontiguousarray(pictures)])
            except RuntimeError as exc:
                raise InferenceFailed(f"the engine failed on a batch of {len(pictures)}: {exc}") from exc
            # Copies: the tensors are the request's own and the next batch overwrites them.
            return {name: np.array(self._request.get_output_tensor(i).data) for i, name in enumerate(self.outputs)}


@cache
def _core() -> ov.Core:
    """One for the life of the process: the last one that goes takes the threads of every network with it."""
    return ov.Core()


def _compile(network: ov.Model, threads: int) -> ov.CompiledModel:
    pipeline = PrePostProcessor(network)
    pipeline.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    pipeline.input().preprocess().convert_element_type(ov.Type.f32)
    pipeline.input().model().set_layout(ov.Layout("NCHW"))
    options = {
        "PERFORMANCE_HINT": "LATENCY",  # one stream with all threads: batches come one after the other
        "INFERENCE_NUM_THREADS": threads,
        # The same answer everywhere. With AMX, bfloat16 takes 0.6 of the time and moves scores by up to 0.005.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    return _core().compile_model(pipeline.build(), "CPU", options)
