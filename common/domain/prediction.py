"""What the model said of a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Label(StrEnum):
    """Whether a face wears its mask; UNCERTAIN is an answer, not a failure."""

    NO_MASK = "no_mask"
    MASK_INCORRECT = "mask_incorrect"
    MASK_CORRECT = "mask_correct"
    UNCERTAIN = "uncertain"


CLASSES = (Label.NO_MASK, Label.MASK_INCORRECT, Label.MASK_CORRECT)  # the classifier's order

Box = tuple[float, float, float, float]  # x1, y1, x2, y2 in pixels of the picture, origin top left


@dataclass(frozen=True, kw_only=True)
class Face:
    """One face found in a picture."""

    box: Box
    score: float  # the detector's, 0..1
    landmarks: tuple[
        tuple[float, float], ...
    ]  # eye on the picture's left, its right, nose tip, mouth left, right; pixels
    label: Label
    probabilities: dict[str, float]  # of the three classes; sums to 1
    uncovered: tuple[str, ...] = ()  # of NOSE, MOUTH, CHIN

    @property
    def size(self) -> float:
        """The shorter side of its box, in pixels."""
        x1, y1, x2, y2 = self.box
        return min(x2 - x1, y2 - y1)

    @property
    def center(self) -> tuple[float, float]:
        """The middle of its box, in pixels."""
        x1, y1, x2, y2 = self.box
        return (x1 + x2) / 2, (y1 + y2) / 2


@dataclass(frozen=True, kw_only=True)
class PictureResult:
    """A detector's answer for one picture: faces in falling score, or the reason why there is none."""

    width: int = 0  # pixels
    height: int = 0
    model: dict[str, str | None] = field(default_factory=dict)  # detector, classifier, fit -> "name@version"
    faces: tuple[Face, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)  # decode, detect, classify, fit
    error: str | None = None  # one clear sentence; then `faces` is empty
    appearances: tuple[bytes, ...] = field(
        default=(), repr=False
    )  # of each face, int8 [32], where asked for: short-lived


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The faces of one snapshot, with when it was captured and when it was predicted."""

    snapshot_id: str
    camera_id: str
    scheduled_at: datetime
    captured_at: datetime
    predicted_at: datetime
    image_key: str
    width: int  # pixels
    height: int
    faces: tuple[Face, ...]
    model: dict[str, str | None]
    timings_ms: dict[str, float] = field(default_factory=dict)

    def count(self) -> Counter[Label]:
        """Faces by label."""
        return Counter(face.label for face in self.faces)
