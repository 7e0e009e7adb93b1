"""Which engine runs the networks, and where: what the settings say, else what is there and measured the best."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from common.errors import InvalidInput

EngineName = Literal["onnx", "openvino", "torch"]
Device = Literal["cpu", "cuda"]

DEVICES: dict[EngineName, tuple[Device, ...]] = {"onnx": ("cpu",), "openvino": ("cpu",), "torch": ("cpu", "cuda")}

# What `auto` takes. On the CPU torch is the slowest of all (docs/model-api.md, Engines); on CUDA it is the only one.
BEST: dict[Device, EngineName] = {"cpu": "onnx", "cuda": "torch"}

GPU_DRIVER = "libcuda.so.1"  # comes with the driver; without it no library can reach an NVIDIA GPU


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An engine and the device it runs on."""

    engine: EngineName
    device: Device

    def __str__(self) -> str:
        return f"{self.engine} on {self.device}"


def why_no_gpu() -> str | None:
    """What keeps torch from using an NVIDIA GPU here; None when nothing does.

    torch takes seconds and some hundred megabytes to import, so it is asked last: only where a driver is.
    """
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    if missing:
        return f"{' and '.join(missing)} not installed (pip install 'maskwatch[gpu]')"
    try:
        ctypes.CDLL(GPU_DRIVER)
    except OSError:
        return f"there is no NVIDIA driver ({GPU_DRIVER}; in a container: NVIDIA's container toolkit)"
    import torch

    if torch.version.cuda is None:
        return f"torch {torch.__version__} was built without CUDA (install a CUDA build of it)"
    if not torch.cuda.is_available():
        return f"torch {torch.__version__} sees no GPU (does `nvidia-smi` list one that this process may use?)"
    return None


def choose(
    engine: EngineName | Literal["auto"],
    device: Device | Literal["auto"],
    *,
    gpu: Callable[[], str | None] = why_no_gpu,
) -> Choice:
    """The engine and the device for these settings; a GPU is looked for only where it could be used.

    Raises InvalidInput when they do not fit together, or when a GPU is asked for and none can be used.
    """
    allowed = DEVICES["torch"] if engine == "auto" else DEVICES[engine]
    if device == "auto":
        device = "cuda" if "cuda" in allowed and gpu() is None else "cpu"
    elif device not in allowed:
        raise InvalidInput(
            f"MASKWATCH_ENGINE={engine!r} does not run on MASKWATCH_DEVICE={device!r}, only on {', '.join(allowed)}; "
            f"{BEST[device]} does"
        )
    elif device == "cuda" and (reason := gpu()):
        raise InvalidInput(f"MASKWATCH_DEVICE='cuda': {reason}; MASKWATCH_DEVICE=auto takes the CPU then")
    return Choice(engine=BEST[device] if engine == "auto" else engine, device=device)
