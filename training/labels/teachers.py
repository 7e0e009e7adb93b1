"""The face finders that labels are cleaned with, how each is asked, and how far its scores are believed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from training.errors import UnknownFinder
from training.finders.found import FaceFinder, FoundFaces
from training.finders.table import FINDERS, open_finder
from training.labels.agreement import Trust
from training.labels.answers import ask

# Longer sides in pixels at which finders see each set: larger ones find little more in `masks` and cost more; the
# smallest faces of `crowds` need all of the picture; portraits, in their frames, are 288 px and one large face.
SIDES = {"masks": 640, "crowds": 896, "portraits": 256}
YUNET_SIDES = {"masks": 960, "crowds": 960, "portraits": 256}  # small and quick: at 960 it finds faces of 10 px
# Of the faces that CenterFace finds in masks/train.json with a score of 0.45 to 0.50, 91 % are confirmed by a label or
# by YuNet, of those above 0.7 all. Of YuNet's it is 54 % at 0.55 to 0.60 and 81 % at 0.70 to 0.75; what it alone finds
# at 0.8 and more is a wheel, a sign or a jacket every other time.
TRUSTS = {
    "yunet-n": Trust(vote=0.55, sure=0.92),
    "yunet-s": Trust(vote=0.55, sure=0.92),
    "centerface": Trust(vote=0.45, sure=0.7),
    "retinaface": Trust(vote=0.65, sure=0.995),
}
CAUTIOUS = Trust(vote=0.5, sure=0.9)  # for any other finder


@dataclass(frozen=True, kw_only=True)
class Teacher:
    """A face finder with a name, how far its scores are believed, and the longer sides at which it sees each set."""

    name: str
    open: Callable[[int], FaceFinder]
    trust: Trust = CAUTIOUS
    sides: Mapping[str, int] = field(default_factory=lambda: SIDES)

    def teach(self, pictures: Sequence[Path], part: str, cache: Path) -> list[FoundFaces]:
        """What this teacher finds in pictures of the set `part`; its answers are kept in `cache`."""
        side = self.sides[part]
        return ask(partial(self.open, side), pictures, cache / f"answers-{part}-{self.name}@{side}.npz")


def open_teacher(name: str, data: Path) -> Teacher:
    """A finder by its name in FINDERS, or a detector of our own by its weights folder; nothing is loaded yet.

    Raises UnknownFinder for anything else.
    """
    if name in FINDERS:
        sides = YUNET_SIDES if name.startswith("yunet") else SIDES
        return Teacher(name=name, open=_opener(name, data), trust=TRUSTS.get(name, CAUTIOUS), sides=sides)
    folder = Path(name)
    if not (folder / "model.json").is_file():
        raise UnknownFinder(f"no teacher {name!r}: neither one of {', '.join(FINDERS)} nor a folder with a model.json")
    return Teacher(name=_own_name(folder), open=_opener(name, data))


def _opener(name: str, data: Path) -> Callable[[int], FaceFinder]:
    def open_at(longer_side: int) -> FaceFinder:
        return open_finder(name, data, longer_side=longer_side)

    return open_at


def _own_name(folder: Path) -> str:
    """New weights get new answers: a digest of the file is part of the name."""
    digest = hashlib.sha256((folder / "model.json").read_bytes())
    for weights in sorted(folder.glob("*.onnx")):
        digest.update(weights.read_bytes())
    return f"{folder.resolve().parent.name}-{folder.resolve().name}-{digest.hexdigest()[:8]}"
