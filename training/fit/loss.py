"""Cross entropy and Dice (Milletari et al., arXiv:1606.04797) over what is known of the maps."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

SMOOTH = 16.0  # pixels of the map: a bare face that is answered with a few faint pixels costs little
EDGE = 0.5  # from this share on a pixel counts as covered


def map_losses(logits: Tensor, covered: Tensor, known: Tensor) -> dict[str, Tensor]:
    """Losses of logits [N, M, M]; `covered` and `known` [N, M, M] are 0..1. `iou` is for watching, without gradient."""
    entropy = functional.binary_cross_entropy_with_logits(logits, covered, known, reduction="sum") / known.sum()
    dice = _dice_loss(logits.sigmoid() * known, covered * known).mean()
    with torch.no_grad():
        iou = _iou((logits > 0) & (known > EDGE), (covered > EDGE) & (known > EDGE))
    return {"total": entropy + dice, "entropy": entropy, "dice": dice, "iou": iou}


def _dice_loss(answered: Tensor, covered: Tensor) -> Tensor:
    common = (answered * covered).sum(dim=(1, 2))
    both = answered.sum(dim=(1, 2)) + covered.sum(dim=(1, 2))
    return 1 - (2 * common + SMOOTH) / (both + SMOOTH)


def _iou(answered: Tensor, covered: Tensor) -> Tensor:
    return (answered & covered).sum() / (answered | covered).sum().clamp(min=1)
