"""A labelled picture as every label format can say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from training.dataset.pixel_cache import Pixels, read_rgb
from training.errors import BrokenAnnotations, DataMissing, TrainingError

Box = tuple[float, float, float, float]  # xyxy in pixels of the picture
CLASSES = {"no_mask": 1, "mask_incorrect": 2, "mask_correct": 3, "face": 4}  # our names and COCO category ids
IGNORED = "ignore"  # the label of regions in which a found face counts neither as right nor as wrong
PICTURE_ENDINGS = (".webp", ".png", ".jpg", ".jpeg", ".bmp")
TOLERANCE_PX = 2.0  # labels are rounded; a box may stick out this far and is cut
MAX_REPORTED = 5  # problems that one error names


@dataclass(frozen=True, kw_only=True)
class LabelledBox:
    """One box with the label its file gives it."""

    label: str
    box: Box
    where: str = ""  # "file:line" for errors; for the reader only
    keypoints: Sequence[float] | None = None  # COCO's x, y, visibility five times


@dataclass(frozen=True, kw_only=True)
class LabelledPicture:
    """One picture, where it lies, and its boxes."""

    path: Path
    width: int
    height: int
    boxes: tuple[LabelledBox, ...]
    source: str = "imported"


def read_size(path: Path) -> tuple[int, int]:
    """Width and height by decoding the picture: a header alone would not show that the rest is cut off."""
    pixels = read_rgb(path)
    return pixels.shape[1], pixels.shape[0]


def load_pixels(picture: LabelledPicture) -> Pixels:
    """The picture as uint8 RGB [H, W, 3]."""
    return read_rgb(picture.path)


def save_pixels(pixels: Pixels, path: Path) -> None:
    """Write uint8 RGB in the format of the file's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)):
        raise DataMissing(f"cannot write the picture {path}")


def find_picture(folders: Iterable[Path], name: str, where: str) -> Path:
    """The picture of this name, or of this stem with a picture's ending, in the first folder that has it.

    Raises BrokenAnnotations where there is none, and for a name that leads out of the folder: labels come from others.
    """
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise BrokenAnnotations(f"{where}: the picture {name} is named outside of the labels' folder")
    for folder in folders:
        for candidate in (name, *(f"{name}{ending}" for ending in PICTURE_ENDINGS)):
            if (folder / candidate).is_file() and (folder / candidate).suffix.lower() in PICTURE_ENDINGS:
                return folder / candidate
    raise BrokenAnnotations(f"{where}: the picture {name} is missing")


def checked(box: Box, width: int, height: int, where: str) -> Box:
    """The box cut to its picture. Raises BrokenAnnotations when it is empty or clearly outside."""
    left, top, right, bottom = box
    if not (right > left and bottom > top):  # NaN fails here, too
        raise BrokenAnnotations(f"{where}: the box {_shown(box)} is empty")
    is_outside = min(left, top) < -TOLERANCE_PX or right > width + TOLERANCE_PX or bottom > height + TOLERANCE_PX
    if is_outside:
        raise BrokenAnnotations(f"{where}: the box {_shown(box)} is outside its picture of {width}x{height}")
    cut = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
    if not (cut[2] > cut[0] and cut[3] > cut[1]):
        raise BrokenAnnotations(f"{where}: the box {_shown(box)} is outside its picture of {width}x{height}")
    return cut


def _shown(box: Box) -> str:
    return "[" + ", ".join(f"{value:g}" for value in box) + "]"


def raise_problems(problems: Sequence[TrainingError]) -> None:
    """Raise BrokenAnnotations with the first of these problems and the number of the others; none is fine."""
    if not problems:
        return
    told = "; ".join(str(problem) for problem in problems[:MAX_REPORTED])
    more = f"; and {len(problems) - MAX_REPORTED} more" if len(problems) > MAX_REPORTED else ""
    raise BrokenAnnotations(f"{told}{more}")
