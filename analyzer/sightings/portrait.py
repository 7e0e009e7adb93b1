"""Which picture of a person to keep."""

from __future__ import annotations

from analyzer.sightings.person import Portrait, size_of
from common.domain.prediction import Face

LARGE_SIZE = 112.0  # pixels: beyond it the classifier, and whoever looks at a message, see no more


def portrait_of(face: Face, snapshot_id: str) -> Portrait:
    """The face as a picture of its person. Its score is the product of

    the detector's score, which falls with blur and with what covers the face; its size, up to LARGE_SIZE; and how
    frontal it is.
    """
    size = min(1.0, size_of(face.box) / LARGE_SIZE)
    return Portrait(snapshot_id=snapshot_id, box=face.box, score=face.score * size * _frontal(face))


def _frontal(face: Face) -> float:
    """1 with the nose half-way between the eyes, 0.5 with it before one of them; 0.5 where nobody knows."""
    if len(face.landmarks) < 3:
        return 0.5
    (left, _), (right, _), (nose, _) = face.landmarks[:3]
    between = abs(right - left)
    if between < 1e-6:
        return 0.5
    aside = abs(nose - (left + right) / 2) / between
    return 1.0 - min(0.5, aside)
