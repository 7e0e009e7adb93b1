"""Gradient reversal (Ganin & Lempitsky, arXiv:1409.7495): one network learns a task and forgets where its data is from.

A discriminator learns to tell two domains apart by the features; on the way back its gradient changes sign, so the
features learn the opposite.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

STEEPNESS = 10.0  # the paper's gamma: noise of a young discriminator must not reach the features
HIDDEN = 256  # the paper uses two layers of 1024 for 10,000s of steps; a short run fits a smaller one better


class GradientReversal(torch.autograd.Function):
    """The identity forwards; backwards the gradient times -strength."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, strength: float) -> Tensor:
        ctx.strength = strength
        return features.view_as(features)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -ctx.strength * gradients[0], None


def reverse(features: Tensor, strength: float) -> Tensor:
    """The same features, whose gradient will arrive turned round and scaled by `strength`, 0..1."""
    return GradientReversal.apply(features, strength)  # type: ignore[no-any-return, no-untyped-call]


def reversal_strength(progress: float) -> float:
    """The paper's lambda: 0 at the start, almost 1 from the middle on. `progress` runs from 0 to 1."""
    return 2 / (1 + math.exp(-STEEPNESS * progress)) - 1


class DomainDiscriminator(nn.Module):
    """Features float [N, C] -> logits float [N]; above 0 it takes them for the target domain's.

    It sees every vector at zero mean and unit deviation: else the features, which are paid for its loss and have no
    batch norm, grow without bound instead of becoming alike.
    """

    def __init__(self, channels: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(channels, elementwise_affine=False),
            nn.Linear(channels, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 1),
        )

    def forward(self, features: Tensor) -> Tensor:
        return self.layers(features).squeeze(1)  # type: ignore[no-any-return]
