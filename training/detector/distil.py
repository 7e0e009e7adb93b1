"""Knowledge distillation (Hinton et al., arXiv:1503.02531) between two detectors on one grid of cells.

Teacher and student look at the same window and have the same cells, so they are compared cell by cell, without any
assignment: scores by cross-entropy, boxes by overlap and landmarks by distance where the teacher sees a face. The
teacher also answers for faces that nobody labelled.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from model_api.networks.yoloface import decode_boxes, decode_points
from training.detector.loss import BOX_WEIGHT, FOCUS, POINTS_BETA, POINTS_WEIGHT, ciou_loss

SURE_SCORE = 0.25  # from this teacher's score on, its box and landmarks are worth learning


def distillation_loss(student: Tensor, teacher: Tensor, cells: Tensor) -> Tensor:
    """Compare raw predictions float32 [B, A, 15] of both over cells [A, 3]; a scalar of the label loss's size."""
    wanted = teacher[..., 0].sigmoid()
    sure = wanted >= SURE_SCORE
    share = (wanted * sure).sum().clamp(min=1.0)
    certainty = student[..., 0].detach().sigmoid()
    weight = (certainty - wanted).abs() ** FOCUS + wanted * sure  # empty cells count by how far apart the two are
    score = (functional.binary_cross_entropy_with_logits(student[..., 0], wanted, reduction="none") * weight).sum()
    pictures, places = sure.nonzero(as_tuple=True)
    if not len(places):
        return score / share
    found, shown, spots = student[pictures, places], teacher[pictures, places], cells[places]
    boxes, importance = decode_boxes(shown[:, 1:5], spots), wanted[pictures, places]
    box = (ciou_loss(decode_boxes(found[:, 1:5], spots), boxes) * importance).sum()
    points = (_points_distance(found, shown, spots, boxes) * importance).sum()
    return (score + BOX_WEIGHT * box + POINTS_WEIGHT * points) / share


def _points_distance(found: Tensor, shown: Tensor, spots: Tensor, boxes: Tensor) -> Tensor:
    """The mean smooth-L1 distance [P] of five landmarks in units of the teacher's box."""
    size = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1).clamp(min=1.0).sqrt()[:, None, None]
    here, there = decode_points(found[:, 5:], spots) / size, decode_points(shown[:, 5:], spots) / size
    return functional.smooth_l1_loss(here, there, beta=POINTS_BETA, reduction="none").mean(dim=(1, 2))


@torch.no_grad()
def teacher_answers(teacher: torch.nn.Module, images: Tensor) -> Tensor:
    """The teacher's raw predictions float32 [B, A, 15] for normalised pictures [B, 3, H, W]."""
    raw, _ = teacher(images)
    return raw.float()  # type: ignore[no-any-return]
