"""Several teachers over one set of pictures. Two see every picture; the others only those where these two differ.

Most pictures are clear to everybody, and a finder's look at one costs up to half a second of processor time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from training.dataset.coco import Picture
from training.finders.found import FoundFaces
from training.labels.agreement import AgreedFaces, agree
from training.labels.matching import touching
from training.labels.teachers import Teacher

FIRST = 2  # teachers that see every picture

NOTHING = FoundFaces(
    boxes=np.zeros((0, 4), np.float32), scores=np.zeros(0, np.float32), landmarks=np.zeros((0, 5, 2), np.float32)
)

IsOpen = Callable[[Picture, AgreedFaces], bool]  # do the first two leave a question about this picture?


def consult(
    teachers: Sequence[Teacher], pictures: Sequence[Picture], *, part: str, cache: Path, is_open: IsOpen
) -> list[AgreedFaces]:
    """What the teachers agree on in each picture; a teacher that was not asked has no vote there."""
    paths, trusts = [picture.path for picture in pictures], [teacher.trust for teacher in teachers]
    first = [teacher.teach(paths, part, cache) for teacher in teachers[:FIRST]]
    silence = [NOTHING] * max(0, len(teachers) - FIRST)
    agreed = [agree([*answers, *silence], trusts) for answers in zip(*first, strict=True)]
    rows = [row for row, picture in enumerate(pictures) if is_open(picture, agreed[row])]
    later = [teacher.teach([paths[row] for row in rows], part, cache) for teacher in teachers[FIRST:]]
    if later:
        for row, *more in zip(rows, *later, strict=True):
            agreed[row] = agree([*(answers[row] for answers in first), *more], trusts)
    return agreed


def has_doubtful_face(picture: Picture, agreed: AgreedFaces, *, enough: int, touch: float) -> bool:
    """Whether a face that no label settles has some votes, but not enough of them, and no finder is sure of it."""
    doubtful = (agreed.votes > 0) & (agreed.votes < enough) & ~agreed.sure
    return bool((doubtful & ~touching(agreed.boxes, picture.boxes, touch)).any())
