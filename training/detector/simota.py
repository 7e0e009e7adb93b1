"""Which cells learn which face: SimOTA (Ge et al., arXiv:2107.08430, section 2.1) over a sparse set of candidates."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.detector.pairs import Assignment, candidates, paired_iou, settle

MAX_POSITIVES = 10  # the most cells one face gets
IOU_WEIGHT = 3.0  # of -log(IoU) against the classification cost, as in the paper
FAR = 1e5  # cost of a cell that may not be chosen


@torch.no_grad()
def simota(scores: Tensor, predicted: Tensor, boxes: Tensor, owners: Tensor, *, height: int, width: int) -> Assignment:
    """Choose cells for every labelled face by the cost of what the network predicts there now.

    `scores` float32 [B, A] are logits, `predicted` float32 [B, A, 4] decoded boxes, `boxes` [T, 4] labels, `owners` [T]
    the picture each label belongs to. A pair's quality is its IoU.
    """
    cells, allowed = candidates(boxes, height, width)
    place = owners[:, None].expand_as(cells)
    overlaps = paired_iou(predicted[place, cells], boxes[:, None].expand(-1, cells.shape[1], -1)) * allowed
    certainty = functional.binary_cross_entropy_with_logits(
        scores[place, cells], torch.ones_like(overlaps), reduction="none"
    )
    cost = certainty - IOU_WEIGHT * overlaps.clamp(min=1e-6).log() + FAR * ~allowed
    wanted = overlaps.topk(MAX_POSITIVES, dim=1).values.sum(dim=1).long().clamp(1, MAX_POSITIVES)
    order = cost.argsort(dim=1)[:, :MAX_POSITIVES]
    chosen = torch.arange(MAX_POSITIVES, device=boxes.device) < wanted[:, None]
    chosen &= allowed.gather(1, order)
    faces, ranks = chosen.nonzero(as_tuple=True)
    picks = order[faces, ranks]
    rows = Assignment(pictures=owners[faces], cells=cells[faces, picks], faces=faces, quality=overlaps[faces, picks])
    return settle(rows, cost[faces, picks], scores.shape[1])
