"""Where and when a benchmark ran: figures without this cannot be compared."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "numpy",
    "onnxruntime",
    "openvino",
    "torch",
    "av",
    "opencv-python-headless",
    "simplejpeg",
    "uvicorn",
    "httptools",
)
LOAD_MINUTES = ("1", "5", "15")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One machine at one moment."""

    at: datetime  # UTC
    cpu: str
    cores: int  # that this process may use
    system: str
    python: str
    packages: dict[str, str]  # installed versions of those that matter for speed
    commit: str | None  # of the checkout; "+" when files differ from it
    load: dict[str, float]  # mean number of running processes over 1, 5 and 15 minutes


def look_around(checkout: Path) -> Environment:
    """The environment now."""
    return Environment(
        at=datetime.now(UTC),
        cpu=_cpu_model(),
        cores=usable_cores(),
        system=platform.platform(terse=True),
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _installed(name))},
        commit=_commit(checkout),
        load={minutes: round(load, 2) for minutes, load in zip(LOAD_MINUTES, os.getloadavg(), strict=True)},
    )


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit(checkout: Path) -> str | None:
    head = _git(checkout, "rev-parse", "--short=12", "HEAD")
    if not head:
        return None
    return head + ("+" if _git(checkout, "status", "--porcelain", "--untracked-files=no") else "")


def _git(checkout: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
