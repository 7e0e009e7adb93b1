"""The face finders that labels are cleaned with: how each is opened, and how far its scores are believed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from training.errors import DataMissing
from training.finders.found import FaceFinder, FoundFaces
from training.labels.agreement import Trust
from training.labels.answers import KEPT_SCORE, ask

OWN_TRUST = Trust(vote=0.5, sure=0.85)
OWN_SIDES = {"masks": 640, "crowds": 896, "portraits": 256}


@dataclass(frozen=True, kw_only=True)
class Teacher:
    """A face finder with a name, the longer sides in pixels at which it sees each set, and its trust."""

    name: str
    open: Callable[[int], FaceFinder]
    sides: Mapping[str, int]
    trust: Trust

    def teach(self, pictures: Sequence[Path], part: str, cache: Path) -> list[FoundFaces]:
        """What this teacher finds in pictures of the set `part`; its answers are kept in `cache`."""
        side = self.sides[part]
        return ask(partial(self.open, side), pictures, cache / f"answers-{part}-{self.name}@{side}.npz")


def open_teacher(name: str, data: Path) -> Teacher:
    """A teacher of the table by name, or a detector of our own by its weights folder; nothing is loaded yet.

    Raises DataMissing for anything else.
    """
    if name in TEACHERS:
        return TEACHERS[name](data)
    folder = Path(name)
    if not (folder / "model.json").is_file():
        raise DataMissing(f"no teacher {name!r}: neither {', '.join(TEACHERS)} nor a folder with a model.json")
    return _own(folder)


def yunet_teacher(data: Path) -> Teacher:
    """YuNet-s. At 960 px it still finds faces of about 10 px."""

    def open_at(longer_side: int) -> FaceFinder:
        from training.finders.yunet import YuNet

        return YuNet(data / "weights" / "yunet_s_dynamic.onnx", longer_side=longer_side, min_score=KEPT_SCORE)

    sides = {"masks": 960, "crowds": 960, "portraits": 256}
    return Teacher(name="yunet", open=open_at, sides=sides, trust=Trust(vote=0.5, sure=0.8))


def _centerface(_: Path) -> Teacher:
    def open_at(longer_side: int) -> FaceFinder:
        from training.finders.centerface import CenterFace

        return CenterFace(longer_side=longer_side, min_score=KEPT_SCORE)

    sides = {"masks": 640, "crowds": 896, "portraits": 256}
    return Teacher(name="centerface", open=open_at, sides=sides, trust=Trust(vote=0.4, sure=0.7))


def _retinaface(data: Path) -> Teacher:
    def open_at(longer_side: int) -> FaceFinder:
        from training.finders.retinaface import open_retinaface

        return open_retinaface(data / "weights" / "retinaface-mobilenet0.25-widerface.pth", longer_side=longer_side)

    sides = {"masks": 640, "crowds": 896, "portraits": 256}
    return Teacher(name="retinaface", open=open_at, sides=sides, trust=Trust(vote=0.7, sure=0.98))


def _own(folder: Path) -> Teacher:
    """A detector of this project. New weights get new answers: a digest of the file is part of the name."""

    def open_at(longer_side: int) -> FaceFinder:
        from training.evaluation.served import ServedDetector

        return ServedDetector(folder, input_size=longer_side, min_score=KEPT_SCORE)

    digest = hashlib.sha256((folder / "model.json").read_bytes())
    for weights in sorted(folder.glob("*.onnx")):
        digest.update(weights.read_bytes())
    name = f"{folder.resolve().parent.name}-{folder.resolve().name}-{digest.hexdigest()[:8]}"
    return Teacher(name=name, open=open_at, sides=OWN_SIDES, trust=OWN_TRUST)


TEACHERS: dict[str, Callable[[Path], Teacher]] = {
    "yunet": yunet_teacher,
    "centerface": _centerface,
    "retinaface": _retinaface,
}
