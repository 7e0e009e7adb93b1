"""Which cells learn which face: task-aligned (Feng et al., arXiv:2108.07755, section 3.2), over the same candidates.

Where SimOTA asks for a cost and decides how many cells a face gets, this takes the same number for every face: those
whose score and box are best together.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.detector.pairs import Assignment, candidates, paired_iou, settle

POSITIVES = 13  # cells for each face, as in the paper
SCORE_POWER = 1.0  # alpha of the paper
IOU_POWER = 6.0  # beta of the paper


@torch.no_grad()
def task_aligned(
    scores: Tensor, predicted: Tensor, boxes: Tensor, owners: Tensor, *, height: int, width: int
) -> Assignment:
    """Choose the best aligned cells for every labelled face; arguments as those of `simota`.

    A pair's quality is its alignment, scaled so that a face's best cell has the face's best IoU.
    """
    cells, allowed = candidates(boxes, height, width)
    place = owners[:, None].expand_as(cells)
    overlaps = paired_iou(predicted[place, cells], boxes[:, None].expand(-1, cells.shape[1], -1)) * allowed
    alignment = scores[place, cells].sigmoid() ** SCORE_POWER * overlaps**IOU_POWER
    order = torch.where(allowed, alignment, -1).argsort(dim=1, descending=True)[:, :POSITIVES]
    faces, ranks = allowed.gather(1, order).nonzero(as_tuple=True)
    picks = order[faces, ranks]
    rows = Assignment(pictures=owners[faces], cells=cells[faces, picks], faces=faces, quality=alignment[faces, picks])
    kept = settle(rows, -overlaps[faces, picks], scores.shape[1])
    return _scaled(kept, overlaps.amax(dim=1))


def _scaled(pairs: Assignment, best_overlaps: Tensor) -> Assignment:
    """The same pairs; of every face [T] the best cell's quality becomes the best IoU."""
    best = torch.zeros_like(best_overlaps).scatter_reduce(0, pairs.faces, pairs.quality, "amax")
    quality = pairs.quality / best[pairs.faces].clamp(min=1e-9) * best_overlaps[pairs.faces]
    return Assignment(pictures=pairs.pictures, cells=pairs.cells, faces=pairs.faces, quality=quality)
