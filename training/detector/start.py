"""Where a detector's training starts: at nothing, or at a checkpoint or served model, widened or cut to its shape."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model_api.networks.yoloface import YoloFace, YoloFaceConfig
from training.detector.exported import SUFFIX, read_exported
from training.detector.grow import grow, shallower, wider
from training.errors import BrokenCheckpoint
from training.fitting.run_folder import read_checkpoint


def load_network(checkpoint: Path) -> YoloFace:
    """The averaged network of a run, or that of a served `model.onnx`, in evaluation mode.

    Raises BrokenCheckpoint when it is another network's.
    """
    if checkpoint.suffix == SUFFIX:
        return read_exported(checkpoint)
    state = read_checkpoint(checkpoint)
    try:
        network = YoloFace(config_from(state.get("shape", {})))
        network.load_state_dict(state["average"])
    except (RuntimeError, TypeError) as error:
        raise BrokenCheckpoint(f"{checkpoint} belongs to another network than YOLO-face") from error
    return network.eval()


def checkpoint_at(path: Path | None) -> Path | None:
    """A folder stands for the `model.onnx` in it."""
    return path / "model.onnx" if path is not None and path.is_dir() else path


def config_from(shape: Mapping[str, Any]) -> YoloFaceConfig:
    """The network's configuration as a checkpoint carries it; an early one carries none and has the default."""
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in shape.items()}
    return YoloFaceConfig(**known)


def start_network(config: YoloFaceConfig, start: Path | None) -> YoloFace:
    """A network of this configuration. Raises BrokenCheckpoint when `start` cannot become one."""
    if start is None:
        return YoloFace(config)
    network = load_network(start)
    if network.config == config:
        return network
    if _is_shallower(config, network.config):
        return shallower(network, config)
    factor = config.neck // network.config.neck
    if factor >= 2 and wider(network.config, factor) == config:
        return grow(network, factor)
    raise BrokenCheckpoint(f"{start} holds {network.config}; {config} can neither be cut nor grown from it")


def _is_shallower(config: YoloFaceConfig, given: YoloFaceConfig) -> bool:
    same = (config.widths, config.neck) == (given.widths, given.neck)
    return same and all(ours <= theirs for ours, theirs in zip(config.depths, given.depths, strict=True))
