"""What becomes of one picture's labels once finders have looked at it: rules over labels and agreed faces.

A person's label keeps its box, whatever the finders think of its edges: how boxes are drawn is part of the truth that
is measured. Finders lend it landmarks. A face that only finders see is never learnt as background; where labels were
made by a finder themselves it even becomes a face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.dataset.coco import FACE, Picture
from training.dataset.written import Labelled
from training.geometry import Floats, areas, covered_shares, face_sizes, intersections, ious
from training.labels.agreement import AgreedFaces
from training.labels.matching import NOBODY, match, touching
from training.labels.verdicts import Change, Cleaned, Verdict, verdict_on_unseen, verdicts_on


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When finders are believed."""

    votes: int = 2  # so many finders make a face where the labels know none
    votes_outside: int = 3  # the same in made labels, where no region to ignore holds the face's centre
    twin_iou: float = 0.7  # two labels that overlap this much are on one face
    silent_px: float = 12.0  # a made label under this size stays unconfirmed: few finders see such faces, and most are
    touch: float = 0.3  # share of the smaller area from which on a found face is a labelled one, or a part of it
    doubt_px: float = 16.0  # a label that no finder sees is reported from this size on; smaller ones are hard for all


def clean_labels(picture: Picture, agreed: AgreedFaces, rules: Rules) -> Cleaned:
    """Labels that people made: they stay, and found faces beside them are ignored."""
    picture, dropped = drop_twins(picture, agreed, rules)
    matched = match(picture.boxes, agreed)
    picture, lent = _lend(picture, agreed, matched)
    seen = (agreed.votes >= rules.votes) | agreed.sure
    forgotten = np.flatnonzero(seen & _is_new(picture, agreed, matched, rules))
    forgotten = forgotten[covered_shares(agreed.boxes[forgotten], picture.ignored) < 0.7]
    unseen = ious(picture.boxes, agreed.boxes).max(axis=1, initial=0) < 0.3
    doubted = np.flatnonzero(unseen & (face_sizes(picture.boxes) >= rules.doubt_px))
    verdicts = (
        *dropped,
        *lent,
        *verdicts_on(Change.IGNORED, agreed, forgotten),
        *(verdict_on_unseen(Change.DOUBTED, picture.boxes[row]) for row in doubted),
    )
    return _cleaned(_ignoring(picture, agreed.boxes[forgotten]), agreed, matched, verdicts)


def clean_made_labels(picture: Picture, agreed: AgreedFaces, rules: Rules) -> Cleaned:
    """Labels that a finder made: agreement of others adds faces, and what none of them sees is ignored."""
    picture, dropped = drop_twins(picture, agreed, rules)
    matched = match(picture.boxes, agreed)
    confirmed = np.append(agreed.votes > 0, False)[matched]  # NOBODY is the last
    lonely = ~confirmed & (face_sizes(picture.boxes) >= rules.silent_px)
    demoted = tuple(verdict_on_unseen(Change.DEMOTED, box) for box in picture.boxes[lonely])
    picture, matched = _ignoring(_kept(picture, ~lonely), picture.boxes[lonely]), matched[~lonely]
    picture, lent = _lend(picture, agreed, matched)
    new = _is_new(picture, agreed, matched, rules)
    in_region = _centres_inside(agreed.boxes, picture.ignored)
    believed = new & (agreed.votes >= np.where(in_region, rules.votes, rules.votes_outside))
    doubtful = new & ~believed & ~in_region & ((agreed.votes >= rules.votes) | agreed.sure)
    verdicts = (
        *dropped,
        *demoted,
        *lent,
        *verdicts_on(Change.ADDED, agreed, np.flatnonzero(believed)),
        *verdicts_on(Change.IGNORED, agreed, np.flatnonzero(doubtful)),
    )
    picture = _with_faces(_ignoring(picture, agreed.boxes[doubtful]), agreed, believed)
    return _cleaned(picture, agreed, np.append(matched, np.flatnonzero(believed)), verdicts)


def drop_twins(picture: Picture, agreed: AgreedFaces, rules: Rules) -> tuple[Picture, tuple[Verdict, ...]]:
    """Of two labels on one face keep the one that fits the finders better, or the first."""
    overlaps = ious(picture.boxes, picture.boxes)
    fits = ious(picture.boxes, agreed.boxes).max(axis=1, initial=0)
    dropped: list[int] = []
    for first, second in zip(*np.nonzero(np.triu(overlaps > rules.twin_iou, k=1)), strict=True):
        if first not in dropped and second not in dropped:
            dropped.append(int(first if fits[first] < fits[second] else second))
    kept = np.ones(len(picture.boxes), bool)
    kept[dropped] = False
    return _kept(picture, kept), tuple(verdict_on_unseen(Change.DROPPED, picture.boxes[row]) for row in dropped)


def _lend(picture: Picture, agreed: AgreedFaces, matched: NDArray[np.int64]) -> tuple[Picture, tuple[Verdict, ...]]:
    """Give labelled faces without landmarks those of their agreed face, where it has all five."""
    rows = np.flatnonzero((matched != NOBODY) & np.isnan(picture.points).any(axis=(1, 2)))
    rows = rows[~np.isnan(agreed.landmarks[matched[rows]]).any(axis=(1, 2))]
    points = picture.points.copy()
    points[rows] = agreed.landmarks[matched[rows]]
    return replace(picture, points=points), tuple(verdicts_on(Change.LENT, agreed, matched[rows]))


def _is_new(picture: Picture, agreed: AgreedFaces, matched: NDArray[np.int64], rules: Rules) -> NDArray[np.bool_]:
    """Which agreed faces are neither a labelled face nor a part of one, nor of an agreed face before them."""
    new = ~touching(agreed.boxes, picture.boxes, rules.touch)
    new[matched[matched != NOBODY]] = False
    for row in np.flatnonzero(new):
        before = np.flatnonzero(new[:row])
        new[row] = not touching(agreed.boxes[row : row + 1], agreed.boxes[before], 0.6)[0]
    return new


def _centres_inside(boxes: Floats, regions: Floats) -> NDArray[np.bool_]:
    centres = (boxes[:, None, :2] + boxes[:, None, 2:]) / 2
    outside = (centres < regions[None, :, :2]) | (centres > regions[None, :, 2:])
    return np.asarray((outside.sum(axis=2) == 0).sum(axis=1) > 0)


def _kept(picture: Picture, kept: NDArray[np.bool_]) -> Picture:
    return replace(picture, boxes=picture.boxes[kept], categories=picture.categories[kept], points=picture.points[kept])


def _ignoring(picture: Picture, boxes: Floats) -> Picture:
    return replace(picture, ignored=np.concatenate([picture.ignored, boxes]).astype(np.float32))


def _with_faces(picture: Picture, agreed: AgreedFaces, added: NDArray[np.bool_]) -> Picture:
    """Add agreed faces; a region that was there for one of them goes, so that its surroundings are learnt again."""
    boxes = agreed.boxes[added]
    shares = intersections(boxes, picture.ignored) / np.maximum(areas(boxes), 1e-9)[:, None]
    explained = ((shares >= 0.5) & (areas(picture.ignored)[None] <= 6 * areas(boxes)[:, None])).any(axis=0)
    return replace(
        picture,
        boxes=np.concatenate([picture.boxes, boxes]).astype(np.float32),
        categories=np.append(picture.categories, np.full(len(boxes), FACE, np.int64)),
        points=np.concatenate([picture.points, agreed.landmarks[added]]).astype(np.float32),
        ignored=picture.ignored[~explained],
    )


def _cleaned(
    picture: Picture, agreed: AgreedFaces, matched: NDArray[np.int64], verdicts: tuple[Verdict, ...]
) -> Cleaned:
    votes, scores = np.append(agreed.votes, 0), np.append(agreed.scores, 0).astype(np.float32)  # NOBODY is the last
    labelled = Labelled(picture=picture, votes=votes[matched], scores=scores[matched])
    return Cleaned(labelled=labelled, verdicts=verdicts)
