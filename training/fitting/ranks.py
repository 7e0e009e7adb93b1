"""Several processes fit one network, each on its own pictures; `torchrun --nproc-per-node N` starts them.

Two processes of one thread each also beat one of two threads on a busy machine: they meet once a step instead of once
a layer.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable

import torch
from torch import Tensor, distributed, nn

from training.errors import InvalidOption


def join_ranks() -> None:
    """Meet the other processes when torchrun started this one, and part at this program's end; else do nothing.

    Raises InvalidOption when there is no GPU for each process of this machine.
    """
    if not distributed.is_torchelastic_launched() or distributed.is_initialized():
        return
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    check_gpus(processes=int(os.environ.get("LOCAL_WORLD_SIZE", "1")), gpus=gpus)
    distributed.init_process_group("nccl" if gpus else "gloo")
    # Not sooner: after the training only one process writes files, and it must still know that it is the one.
    atexit.register(distributed.destroy_process_group)


def check_gpus(*, processes: int, gpus: int) -> None:
    """Raise InvalidOption when processes of one machine would share a GPU, which NCCL cannot; 0 GPUs are fine."""
    if 0 < gpus < processes:
        raise InvalidOption(
            f"{processes} processes for {gpus} GPU{'s' * (gpus > 1)}: start {gpus} (torchrun --nproc-per-node {gpus}), "
            "or hide the GPUs to train on the processor (CUDA_VISIBLE_DEVICES=)"
        )


def rank() -> int:
    """This process's number; 0 is the one that writes files."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def world_size() -> int:
    """How many processes fit together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def stream_seed(seed: int, steps: int) -> int:
    """The seed of this process's data: another one in each process, and after a resumption not the same data again."""
    return (seed * 1000 + rank()) * 1_000_000 + steps


@torch.no_grad()
def average_gradients(parameters: Iterable[nn.Parameter], seconds: float) -> float:
    """Replace the gradients by their mean over all processes; return the mean of `seconds`.

    The time travels along so that all processes see the same progress and leave a phase at the same step.
    """
    if world_size() == 1:
        return seconds
    gradients = [value.grad for value in parameters if value.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    clock = torch.tensor([seconds], dtype=torch.float64, device=flat.device)
    distributed.all_reduce(flat)
    distributed.all_reduce(clock)
    _scatter(flat / world_size(), gradients)
    return float(clock) / world_size()


def _scatter(flat: Tensor, gradients: list[Tensor]) -> None:
    for part, gradient in zip(torch.split(flat, [gradient.numel() for gradient in gradients]), gradients, strict=True):
        gradient.copy_(part.view_as(gradient))
