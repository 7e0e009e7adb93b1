"""A network's steps, run by torch on one device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from model_api.engines.graph.operators import SHAPES
from model_api.engines.graph.reading import Plan
from model_api.engines.graph.step import Step
from model_api.errors import BrokenModel

CONVOLUTIONS = ("Conv", "ConvTranspose")


@dataclass(kw_only=True)
class Shaped:
    """What depends on the input's shape alone: grids of cells, the sides of reshaped tensors.

    The first run with a shape computes it, on the host; later ones take it from here. So a later run neither waits for
    the device nor copies to it, which recording a CUDA graph forbids. Keep it for as long as such a graph.
    """

    on_host: dict[str, Tensor] = field(default_factory=dict)
    on_device: dict[str, Tensor] = field(default_factory=dict)
    is_complete: bool = False


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """A step, and the names that no later step asks for."""

    step: Step
    done: tuple[str, ...]


class TorchNetwork:
    """Float pictures [N, 3, H, W] -> the network's outputs; any number of threads, each with its own `Shaped`.

    With `half`, convolutions are computed in float16, and what follows the last of them in float32: a coordinate of
    600 px in float16 would be off by a quarter of a pixel.
    """

    def __init__(self, plan: Plan, *, device: torch.device, half: bool = False) -> None:
        """Raises BrokenModel when the shape of something depends on what is in a picture."""
        self.outputs = plan.outputs
        self._input = plan.input
        self._device = device
        self._live = _live(plan)
        self._exact = _after_the_last_convolution(plan.steps)
        later = [step for step in plan.steps if step.outputs[0] in self._live]
        self._first = _turns(plan.steps, plan.outputs)
        self._later = _turns(later, plan.outputs)
        self._data = {name for step in later for name in step.data}.union(plan.outputs)
        self._host = plan.constants
        self._constants = _placed(plan, self._data, device=device, half=half)

    def run(self, pictures: Tensor, shaped: Shaped) -> list[Tensor]:
        """The outputs in order, float32; `shaped` is that of earlier runs with pictures of this shape, or a new one."""
        values = {**self._constants, **shaped.on_device, self._input: pictures}
        for turn in self._later if shaped.is_complete else self._first:
            step = turn.step
            if step.outputs[0] in self._live:
                values.update(self._compute(step, values, shaped))
            else:
                values.update(self._measure(step, values, shaped))
            for name in turn.done:
                values.pop(name, None)
        shaped.is_complete = True
        return [values[name].float() for name in self.outputs]

    def _compute(self, step: Step, values: Mapping[str, Tensor], shaped: Shaped) -> dict[str, Tensor]:
        """A step on the device; its settings come from the host."""
        data = set(step.data)
        answers = step.run([values[name] if name in data else self._on_host(name, shaped) for name in step.inputs])
        if step.outputs[0] in self._exact:
            answers = [answer.float() for answer in answers]
        return dict(zip(step.outputs, answers, strict=False))

    def _measure(self, step: Step, values: Mapping[str, Tensor], shaped: Shaped) -> dict[str, Tensor]:
        """A step that depends on shapes alone, on the host; returns what steps on the device need of it."""
        inputs = [
            values[name] if step.kind in SHAPES and name in values else self._on_host(name, shaped)
            for name in step.inputs
        ]
        answers = dict(zip(step.outputs, step.run(inputs), strict=False))
        shaped.on_host.update(answers)
        needed = {name: answer.to(self._device) for name, answer in answers.items() if name in self._data}
        shaped.on_device.update(needed)
        return needed

    def _on_host(self, name: str, shaped: Shaped) -> Tensor | None:
        """A constant or what was measured; None for an input that is left out."""
        if not name:
            return None
        return self._host[name] if name in self._host else shaped.on_host[name]


def _live(plan: Plan) -> frozenset[str]:
    """The names of all that depends on what is in a picture, not on its shape alone."""
    live = {plan.input}
    for step in plan.steps:
        if step.kind not in SHAPES and live.intersection(step.inputs):
            live.update(step.outputs)
            depending = live.intersection(set(step.inputs) - set(step.data))
            if depending:
                names = ", ".join(sorted(depending))
                raise BrokenModel(f"{plan.path}: {step.kind}: {names} must not depend on what is in a picture")
    return frozenset(live)


def _after_the_last_convolution(steps: Sequence[Step]) -> frozenset[str]:
    """The outputs of convolutions that no other convolution depends on."""
    leads_to_one: set[str] = set()
    last: set[str] = set()
    for step in reversed(steps):
        is_followed = bool(leads_to_one.intersection(step.outputs))
        if step.kind in CONVOLUTIONS and not is_followed:
            last.update(step.outputs)
        if step.kind in CONVOLUTIONS or is_followed:
            leads_to_one.update(step.inputs)
    return frozenset(last)


def _turns(steps: Sequence[Step], outputs: Sequence[str]) -> tuple[_Turn, ...]:
    """Memory is freed as soon as nothing needs it: early layers have large answers."""
    kept = set(outputs)
    turns = []
    for step in reversed(steps):
        names = {name for name in (*step.inputs, *step.outputs) if name}
        turns.append(_Turn(step=step, done=tuple(names - kept)))
        kept |= names
    return tuple(reversed(turns))


def _placed(plan: Plan, data: set[str], *, device: torch.device, half: bool) -> dict[str, Tensor]:
    """The constants that steps on the device need, there; weights of convolutions as the device likes them best."""
    weights = {name for step in plan.steps if step.kind in CONVOLUTIONS for name in step.inputs[1:]}
    placed = {}
    for name, value in plan.constants.items():
        if name not in data:
            continue
        kind = torch.float16 if half and name in weights else value.dtype
        form = torch.channels_last if value.dim() == 4 else torch.preserve_format
        placed[name] = value.to(device=device, dtype=kind, memory_format=form)
    return placed
