"""The one training loop: AdamW, a cosine over the time given, a moving average, checkpoints to resume from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

from training.errors import BrokenCheckpoint
from training.fitting.device import Device, pick_device
from training.fitting.ema import MovingAverage
from training.fitting.ranks import average_gradients, rank
from training.fitting.run_folder import RunFolder
from training.fitting.schedule import learning_rate

Item = TypeVar("Item")
SAVE_SECONDS = 120.0
LOG_SECONDS = 20.0
PAUSE_SECONDS = 15.0  # a longer step was a suspended machine and does not count as training time
MAX_GRADIENT_NORM = 10.0


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """How long and how fast. The time counts training only and goes on where a resumed run stopped."""

    minutes: float
    peak_rate: float = 2e-3
    weight_decay: float = 0.02
    average_decay: float = 0.998
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Phase(Generic[Item]):
    """A stretch of the run on one stream of batches, until this share of the time is gone."""

    until: float
    batches: Callable[[], Iterator[Item]]


class Trainer(Generic[Item]):
    """Fits a network. `loss` turns network and batch into named scalars; the one called `total` is minimised."""

    def __init__(
        self,
        network: nn.Module,
        loss: Callable[[nn.Module, Item], Mapping[str, Tensor]],
        config: FitConfig,
        folder: RunFolder,
        shape: Mapping[str, Any] | None = None,
        device: Device | None = None,
        groups: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        """`shape` is what a reader of the checkpoint needs to build the network again.

        `groups` replaces `parameter_groups(network, ...)`; a group's `rate_scale` multiplies its learning rate.
        """
        device = device or pick_device()
        self._network, self._loss, self._config, self._folder = network, loss, config, folder
        self._shape = dict(shape or {})
        self._average = MovingAverage(network, config.average_decay)
        self._scaler = torch.amp.GradScaler(device.place.type, enabled=device.needs_scaling)
        groups = groups or parameter_groups(network, config.weight_decay)
        self._optimizer = torch.optim.AdamW(groups, lr=config.peak_rate)
        self._seconds = 0.0  # of training; between two steps the same in every process
        self._counted = time.monotonic()  # until when the clock's time is in `_seconds`
        self._resume()

    def _resume(self) -> None:
        state = self._folder.load()
        if state is None:
            return
        try:
            self._restore(state)
        except (KeyError, RuntimeError, ValueError) as error:
            path = self._folder.path
            raise BrokenCheckpoint(
                f"{path} holds a run of another network; give this one a folder of its own"
            ) from error

    def _restore(self, state: Mapping[str, Any]) -> None:
        self._network.load_state_dict(state["network"])
        self._average.network.load_state_dict(state["average"])
        self._average.steps = state["steps"]
        self._optimizer.load_state_dict(state["optimizer"])
        if state.get("scaler"):
            self._scaler.load_state_dict(state["scaler"])
        self._seconds = state["seconds"]
        self._shape = dict(state.get("shape", self._shape))  # what the run was started with

    def _save(self) -> None:
        if rank() != 0:
            return
        state: dict[str, Any] = {
            "network": self._network.state_dict(),
            "average": self._average.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "scaler": self._scaler.state_dict(),  # empty unless the loss is scaled
            "steps": self._average.steps,
            "seconds": self._seconds,
            "shape": self._shape,
        }
        self._folder.save(state)

    @property
    def shape(self) -> Mapping[str, Any]:
        """What a reader of the checkpoint needs; of a resumed run what it was started with."""
        return self._shape

    @property
    def steps(self) -> int:
        """Steps taken so far, those before a resumption included."""
        return self._average.steps

    @property
    def progress(self) -> float:
        """The share of the time that is gone, 0..1."""
        return min(1.0, self._seconds / (self._config.minutes * 60))

    def run(self, phases: Sequence[Phase[Item]]) -> nn.Module:
        """Train through the phases and return the averaged network."""
        self._network.train()
        bar = tqdm(total=100, desc="training", unit="%", disable=None if rank() == 0 else True)
        for phase in phases:
            if self.progress < phase.until:
                self._run_phase(phase, bar)
        self._save()
        if rank() == 0:
            self._folder.conclude()
        bar.close()
        return self._average.network

    def _run_phase(self, phase: Phase[Item], bar: Any) -> None:
        saved = logged = self._counted = time.monotonic()
        for batch in phase.batches():
            losses = self._step(batch)
            now = time.monotonic()
            bar.update(self.progress * 100 - bar.n)
            if now - logged > LOG_SECONDS and rank() == 0:
                logged = now
                self._folder.log(self._row(losses))
            if now - saved > SAVE_SECONDS:
                saved = now
                self._save()
            if self.progress >= phase.until:
                if rank() == 0 and now > logged:  # a short run, too, has a curve
                    self._folder.log(self._row(losses))
                return

    def _step(self, batch: Item) -> dict[str, float]:
        rate = learning_rate(self.progress, self._config.peak_rate)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group.get("rate_scale", 1.0)
        losses = self._loss(self._network, batch)
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(losses["total"]).backward()  # type: ignore[no-untyped-call]
        self._scaler.unscale_(self._optimizer)
        self._seconds = average_gradients(self._network.parameters(), self._seconds + self._lap())
        norm = float(nn.utils.clip_grad_norm_(self._network.parameters(), MAX_GRADIENT_NORM))
        if math.isfinite(norm):  # one bad batch must not end the run
            self._scaler.step(self._optimizer)
            self._average.update(self._network)
        self._scaler.update()
        return {**{name: float(value.detach()) for name, value in losses.items()}, "gradient": norm, "rate": rate}

    def _lap(self) -> float:
        """Seconds since the last step was counted.

        They are added where the processes meet and nowhere else: else one of them ends a phase while another waits for
        it in one more step.
        """
        now = time.monotonic()
        passed, self._counted = min(now - self._counted, PAUSE_SECONDS), now
        return passed

    def _row(self, losses: Mapping[str, float]) -> dict[str, float]:
        return {"seconds": self._seconds, "step": float(self._average.steps), **losses}


def parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Decay matrices and kernels only: biases and norms have no business being small."""
    decayed = [value for value in network.parameters() if value.ndim > 1]
    others = [value for value in network.parameters() if value.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
