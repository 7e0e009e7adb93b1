"""Pictures beside their labels: copied, or linked to where they lie."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path


def place_picture(path: Path, folder: Path, *, is_copying: bool) -> Path:
    """Put the picture, or a link to it, into the folder and return its place; two of one name keep apart.

    A picture that lies there already stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / path.name
    if _is_other(place, path):
        digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
        place = folder / f"{path.stem}-{digest}{path.suffix}"
    if place.exists():
        return place
    if is_copying:
        shutil.copyfile(path, place)
    else:
        place.symlink_to(path.resolve())
    return place


def _is_other(place: Path, path: Path) -> bool:
    if not place.exists() or place.resolve() == path.resolve():
        return False
    return place.stat().st_size != path.stat().st_size or place.read_bytes() != path.read_bytes()
