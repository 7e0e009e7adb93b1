"""Where a network is fitted and in which precision: the processor, one GPU, or one GPU per process of torchrun."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import distributed


@dataclass(frozen=True, kw_only=True)
class Device:
    """A place to compute. The same training code runs on all of them."""

    place: torch.device
    precision: torch.dtype  # of the network's own arithmetic; losses and weights stay float32

    @property
    def needs_scaling(self) -> bool:
        """Half precision loses small gradients unless the loss is scaled up (Micikevicius et al., arXiv:1710.03740)."""
        return self.precision is torch.float16

    def autocast(self) -> torch.autocast:
        """Mixed precision for the forward pass."""
        return torch.autocast(self.place.type, dtype=self.precision)


def pick_device() -> Device:
    """The GPU of this process where there is one, else the processor; bfloat16 unless an older GPU lacks it."""
    if not torch.cuda.is_available():
        return Device(place=torch.device("cpu"), precision=torch.bfloat16)
    number = distributed.get_node_local_rank(fallback_rank=0)
    torch.cuda.set_device(number)
    # Older GPUs emulate bfloat16, which is slower than float32 is.
    has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    precision = torch.bfloat16 if has_bfloat16 else torch.float16
    return Device(place=torch.device("cuda", number), precision=precision)
