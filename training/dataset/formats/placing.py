"""Pictures beside their labels: copied, or linked to where they lie."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from training.dataset.formats.labelled import PICTURE_ENDINGS


def place_picture(path: Path, folder: Path, *, is_copying: bool) -> Path:
    """Put the picture, or a link to it, into the folder and return its place; two of one name keep apart.

    So do two of one stem, `a.jpg` and `a.png`: formats with a label file per picture know the stem only.
    A picture that lies there already stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / path.name
    if _is_other(place, path) or _has_namesake(place):
        digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
        place = folder / f"{path.stem}-{digest}{path.suffix}"
    if place.exists():
        return place
    place.unlink(missing_ok=True)  # a link to a picture that is gone
    if is_copying:
        shutil.copyfile(path, place)
    else:
        place.symlink_to(path.resolve())
    return place


def _has_namesake(place: Path) -> bool:
    """Whether another picture of this stem lies there already, and this one does not."""
    return not place.exists() and any(place.with_suffix(ending).exists() for ending in PICTURE_ENDINGS)


def _is_other(place: Path, path: Path) -> bool:
    if not place.exists() or place.resolve() == path.resolve():
        return False
    return place.stat().st_size != path.stat().st_size or place.read_bytes() != path.read_bytes()
