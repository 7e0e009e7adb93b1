"""Runs of one network, with a lane for each shape of batch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import prod
from typing import TypeVar

import structlog
import torch
from torch import Tensor

from model_api.engines.device.place import Compute, Place
from model_api.engines.graph.network import Shaped, TorchNetwork

log = structlog.get_logger(__name__)

MOST_LANES = 48  # cameras send few shapes: almost five aspects in every size; up to 60 MB each, here and on the device

Shape = tuple[int, ...]
T = TypeVar("T")


class Lanes:
    """Thread-safe: batches are run one after the other."""

    def __init__(self, network: TorchNetwork, place: Place, *, most: int = MOST_LANES) -> None:
        self._network = network
        self._place = place
        self._most = most
        self._lanes: OrderedDict[Shape, _Lane] = OrderedDict()  # the longest unused comes first

    def run(self, pictures: Tensor) -> Sequence[Tensor]:
        """Pictures uint8 [N, H, W, 3], here or on the device -> the outputs in order, float32 [N, ...], on the host.

        Raises RuntimeError when the device fails, torch.OutOfMemoryError when its memory is full.
        """
        return self._in_lane(pictures, lambda lane: lane.run(pictures))

    def rows(self, pictures: Tensor, *, by: int, least: float) -> Sequence[Sequence[Tensor]]:
        """Of each picture the outputs in order, [K, ...] on the host, the rows in which output `by` reaches `least`.

        Raises as `run` does.
        """
        return self._in_lane(pictures, lambda lane: lane.rows(pictures, by=by, least=least))

    def _in_lane(self, pictures: Tensor, work: Callable[[_Lane], T]) -> T:
        with self._place.alone():
            try:
                return work(self._lane((self._place.room_for(len(pictures)), *pictures.shape[1:])))
            except torch.OutOfMemoryError:
                self._lanes.clear()  # what other shapes keep may be what the next batch lacks
                raise

    def _lane(self, shape: Shape) -> _Lane:
        lane = self._lanes.pop(shape, None) or _Lane(self._network, self._place, shape)
        self._lanes[shape] = lane
        if len(self._lanes) > self._most:
            self._lanes.popitem(last=False)
        return lane


class _Lane:
    """Memory for a batch of one shape, on the host and on the device, and what computes it there.

    The second batch of a shape is recorded, not the first: shapes that come once would pay for nothing.
    """

    def __init__(self, network: TorchNetwork, place: Place, shape: Shape) -> None:
        self._network = network
        self._place = place
        self._given = torch.zeros(shape, dtype=torch.uint8, pin_memory=place.is_pinned)
        self._pictures = self._given.to(place.device)
        self._shaped = Shaped()
        self._sides: list[torch.Size] = []  # of each output
        self._compute: Compute = self._plainly
        self._answer: Tensor | None = None  # on the host, all outputs end to end
        self._runs = 0

    def run(self, pictures: Tensor) -> list[Tensor]:
        """The outputs for as many pictures as are given; the rest of the batch is what was there before."""
        count = len(pictures)
        answer = self._computed(pictures)
        if self._answer is None:
            self._answer = torch.empty(answer.shape, pin_memory=self._place.is_pinned)
        self._answer.copy_(answer, non_blocking=True)
        self._place.wait()
        # Copied: the next batch writes over it.
        return [output[:count].clone() for output in self._outputs(self._answer)]

    def rows(self, pictures: Tensor, *, by: int, least: float) -> list[tuple[Tensor, ...]]:
        """The same, of each picture only the rows [K, ...] in which output `by` reaches `least`."""
        count = len(pictures)
        outputs = [output[:count] for output in self._outputs(self._computed(pictures))]
        likely = outputs[by] >= least
        counts = likely.sum(dim=1).tolist()
        # One copy to the host, of a row's outputs end to end; rows come in the order of their pictures.
        rows = torch.cat(
            [output[likely].flatten(1) if output.dim() > 2 else output[likely, None] for output in outputs], dim=1
        ).cpu()
        widths = [prod(output.shape[2:]) for output in outputs]
        split = [
            part.reshape(len(part), *output.shape[2:])
            for part, output in zip(torch.split(rows, widths, dim=1), outputs, strict=True)
        ]
        return list(zip(*(torch.split(part, counts) for part in split), strict=True))

    def _computed(self, pictures: Tensor) -> Tensor:
        """All outputs of the whole batch, end to end, on the device."""
        count = len(pictures)
        if pictures.device != self._pictures.device:
            self._given[:count].copy_(pictures)
            pictures = self._given[:count]
        self._pictures[:count].copy_(pictures, non_blocking=True)
        if self._runs == 1:
            self._record()
        answer = self._compute()
        self._runs += 1
        return answer

    def _outputs(self, answer: Tensor) -> list[Tensor]:
        parts = torch.split(answer, [sides.numel() for sides in self._sides])
        return [part.view(sides) for part, sides in zip(parts, self._sides, strict=True)]

    def _plainly(self) -> Tensor:
        outputs = self._network.run(self._pictures.permute(0, 3, 1, 2).float(), self._shaped)
        self._sides = [output.shape for output in outputs]
        return torch.cat([output.reshape(-1) for output in outputs])  # one copy to the host instead of several

    def _record(self) -> None:
        try:
            self._compute = self._place.record(self._plainly)
        except RuntimeError as exc:
            log.warning("inference.not_recorded", shape=tuple(self._given.shape), error=str(exc))
