"""The hard cases of the labels, each with its own figures: hands, scarves, beards and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.dataset.cases import CASES, FAULTS
from training.evaluation.figures import share
from training.evaluation.naming import named_faces
from training.evaluation.pipeline import served_faces
from training.evaluation.seen import Seen

Tags = Mapping[str, Sequence[frozenset[str]]]  # file name -> tags of each labelled face
UNTAGGED = "no case"
DOUBTFUL = frozenset({"label_wrong", "box_wrong", "undecidable"})  # the label cannot be held against the classifier


def case_figures(seen: Sequence[Seen], tags: Tags, *, min_face: float, min_score: float) -> dict[str, Any]:
    """Figures of the faces under each case, the most frequent first; a face with two cases counts under both.

    No rows where no face of these pictures has a tag.
    """
    served = served_faces(seen, min_face=min_face, min_score=min_score)
    named = named_faces(seen, min_face)
    right = named.called == named.labels
    names = [_tags(seen[owner], tags, place) for owner, place in zip(served.owners, served.places, strict=True)]
    groups = {case: _having(names, case) for case in (*CASES, *FAULTS)}
    if not any(group.any() for group in groups.values()):
        return {}
    rows = dict(sorted(groups.items(), key=lambda item: -int(item[1].sum())))
    rows[UNTAGGED] = np.asarray([not tagged for tagged in names], bool)
    return {
        case: {
            "found": share(served.found[group].sum(), group.sum()),
            "accuracy": share(right[group].sum(), group.sum()),
            "accuracy_with_unfound": share(served.right[group].sum(), group.sum()),
            "mask_or_none_with_unfound": share(served.right_of_two[group].sum(), group.sum()),
        }
        for case, group in rows.items()
        if group.any()
    }


def trusted(seen: Sequence[Seen], tags: Tags, min_face: float) -> NDArray[np.bool_]:
    """Which of the `named_faces` have a label and a box that nobody who looked at them doubts."""
    faces = named_faces(seen, min_face)
    return np.asarray(
        [
            not _tags(seen[owner], tags, place) & DOUBTFUL
            for owner, place in zip(faces.owners, faces.places, strict=True)
        ],
        bool,
    )


def _tags(one: Seen, tags: Tags, place: int) -> frozenset[str]:
    of_picture = tags.get(one.picture.path.name, ())
    return of_picture[place] if place < len(of_picture) else frozenset()


def _having(names: Sequence[frozenset[str]], case: str) -> NDArray[np.bool_]:
    return np.asarray([case in tagged for tagged in names], bool)
