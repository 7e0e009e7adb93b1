"""ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime

from model_api.arrays import Floats, Pixels
from model_api.engines.cores import cores
from model_api.errors import BrokenModel, InferenceFailed


class OnnxEngine:
    """Thread-safe: a session may run from several threads."""

    def __init__(self, path: Path, *, threads: int, lanes: int = 1) -> None:
        """`threads`: 0 for all cores; with one a run uses its caller's, so that `lanes` of them need nothing more.

        Raises BrokenModel when the file is no network.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or cores()
        # Threads that wait for work sleep: one machine runs everything, and a camera needs a picture every few seconds.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as exc:  # its errors share no base class below Exception
            raise BrokenModel(f"{path} cannot be loaded: {exc}") from exc
        self._input = self._session.get_inputs()[0].name
        self.outputs = tuple(output.name for output in self._session.get_outputs())

    def infer(self, pictures: Pixels) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3]."""
        planar = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), np.float32)
        try:
            answers = self._session.run(self.outputs, {self._input: planar})
        except Exception as exc:  # as above
            raise InferenceFailed(f"the engine failed on a batch of {len(pictures)}: {exc}") from exc
        return dict(zip(self.outputs, answers, strict=True))
