"""What two models say of one picture, face by face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.domain.prediction import Box, Face

SAME_FACE_IOU = 0.5


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The faces of one picture by who found them."""

    both: tuple[tuple[Face, Face], ...] = ()  # the champion's and the challenger's
    champion_only: tuple[Face, ...] = ()
    challenger_only: tuple[Face, ...] = ()


def compare(champion: Sequence[Face], challenger: Sequence[Face]) -> Comparison:
    """Pair the faces that overlap by an IoU of SAME_FACE_IOU and more, the closest pairs first; each is in one pair."""
    pairs = sorted(
        (
            (overlap, mine, theirs)
            for mine, face in enumerate(champion)
            for theirs, other in enumerate(challenger)
            if (overlap := iou(face.box, other.box)) >= SAME_FACE_IOU
        ),
        reverse=True,
    )
    matched: dict[int, int] = {}
    for _, mine, theirs in pairs:
        if mine not in matched and theirs not in matched.values():
            matched[mine] = theirs
    return Comparison(
        both=tuple((champion[mine], challenger[theirs]) for mine, theirs in matched.items()),
        champion_only=tuple(face for index, face in enumerate(champion) if index not in matched),
        challenger_only=tuple(face for index, face in enumerate(challenger) if index not in matched.values()),
    )


def iou(first: Box, second: Box) -> float:
    """Intersection over union of two boxes x1, y1, x2, y2; 0 when they do not touch."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(first) + _area(second) - shared)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
