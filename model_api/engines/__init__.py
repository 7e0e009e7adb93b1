"""Engines: siblings of one shape, each in a file that alone imports its library."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from common.errors import InvalidInput
from model_api.engines.choose import Choice
from model_api.engines.engine import Engine

# Per engine and device: what opens it, called with the network's path, `threads` and `lanes`, and the extra that
# installs it.
_ENGINES = {
    ("onnx", "cpu"): ("model_api.engines.onnx", "OnnxEngine", "model-api"),
    ("openvino", "cpu"): ("model_api.engines.openvino", "OpenVinoEngine", "model-api"),
    ("torch", "cpu"): ("model_api.engines.torch", "open_on_cpu", "gpu"),
    ("torch", "cuda"): ("model_api.engines.torch", "open_on_cuda", "gpu"),
}
REFERENCE = Choice(engine="onnx", device="cpu")  # what networks are measured with


def open_engine(path: Path, *, choice: Choice = REFERENCE, threads: int = 0, lanes: int = 1) -> Engine:
    """Load a network into an engine; its library is imported now, not before.

    `threads` of one run, 0 for all cores; `lanes`: how many runs it should do at once. torch does one at a time anyhow.

    Raises InvalidInput when the library cannot be imported, BrokenModel when the engine cannot run the file.
    """
    module, name, extra = _ENGINES[choice.engine, choice.device]
    try:
        opening = getattr(import_module(module), name)
    except (ImportError, OSError) as exc:
        raise InvalidInput(
            f"MASKWATCH_ENGINE={choice.engine!r} cannot start: {exc}; what it needs comes with "
            f"pip install '.[{extra}]' in its checkout"
        ) from exc
    engine: Engine = opening(path, threads=threads, lanes=lanes)
    return engine
