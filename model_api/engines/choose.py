"""Which engine runs the networks, and where: what the settings say, else what is there and measured the best."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from common.errors import InvalidInput

EngineName = Literal["onnx", "openvino", "torch"]
Device = Literal["cpu", "cuda"]

DEVICES: dict[EngineName, tuple[Device, ...]] = {"onnx": ("cpu",), "openvino": ("cpu",), "torch": ("cpu", "cuda")}

HALF_PRECISION_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})  # of a processor that computes in bfloat16
CPU_INFO = Path("/proc/cpuinfo")

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
        return f"{' and '.join(missing)} not installed (in its checkout: pip install '.[gpu]')"
    try:
        ctypes.CDLL(GPU_DRIVER)
    except OSError:
        return f"there is no NVIDIA driver ({GPU_DRIVER}; in a container: NVIDIA's container toolkit)"
    import torch

    if torch.version.cuda is None:
        return f"torch {torch.__version__} was built without CUDA (install a CUDA build of it)"
    if not torch.cuda.is_available():
        return f"torch {torch.__version__} sees no GPU (does `nvidia-smi` list one that this process may use?)"
    try:
        torch.ones(1, device="cuda").sum().item()
    except RuntimeError as exc:  # taken by another process, too old for this build, ...
        return f"torch {torch.__version__} cannot use the GPU: {str(exc).partition(chr(10))[0]}"
    return None


def told(engine: EngineName | Literal["auto"], device: Device | Literal["auto"]) -> str:
    """For people: what runs the networks with these settings, or why nothing does."""
    try:
        return str(choose(engine, device))
    except InvalidInput as exc:
        return f"nothing: {exc}"


def best_on(device: Device, cpu_info: Path = CPU_INFO) -> EngineName:
    """What `auto` takes, by measurement (docs/benchmarks.md).

    On CUDA torch is the only one. On a CPU OpenVINO takes half the time of ONNX Runtime where bfloat16 is computed, and
    up to half as much again as it where not; torch is the slowest.
    """
    if device == "cuda":
        return "torch"
    return "openvino" if find_spec("openvino") and HALF_PRECISION_FLAGS & _flags(cpu_info) else "onnx"


def _flags(cpu_info: Path) -> frozenset[str]:
    """Of the first processor; none where the system does not tell (macOS, Windows)."""
    try:
        lines = cpu_info.read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), ()))


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
            f"{best_on(device)} does"
        )
    elif device == "cuda" and (reason := gpu()):
        raise InvalidInput(f"MASKWATCH_DEVICE='cuda': {reason}; MASKWATCH_DEVICE=auto takes the CPU then")
    return Choice(engine=best_on(device) if engine == "auto" else engine, device=device)
