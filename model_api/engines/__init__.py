"""Engines: siblings of one shape, each in a file that alone imports its library."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from common.errors import InvalidInput
from model_api.engines.engine import Engine

DEFAULT = "onnx"
_ENGINES = {"onnx": ("model_api.engines.onnx", "OnnxEngine")}


def open_engine(path: Path, *, kind: str = DEFAULT, threads: int = 0) -> Engine:
    """Load a network into an engine; its library is imported now, not before."""
    if kind not in _ENGINES:
        raise InvalidInput(f"unknown engine {kind!r}; known: {', '.join(_ENGINES)}")
    module, name = _ENGINES[kind]
    engine: Engine = getattr(import_module(module), name)(path, threads=threads)
    return engine
