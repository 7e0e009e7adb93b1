"""Fit EfficientNet-b0 on one domain's labels and adapt it to another domain's pictures, or not, for comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from model_api.networks.efficientnet import EfficientNet
from training.classifier.adversary import AdaptedClassifier, domain_losses
from training.classifier.domains import DomainBatch, Domains, DomainStream, open_domains
from training.classifier.imagenet import load_imagenet
from training.classifier.reversal import reversal_strength
from training.classifier.train import CROP_SIZE
from training.dataset.cases import held_out_digest
from training.dataset.crop_bank import CLASSES
from training.errors import BrokenCheckpoint
from training.fitting.device import Device, pick_device
from training.fitting.ranks import join_ranks, rank, stream_seed, world_size
from training.fitting.run_folder import RunFolder, read_checkpoint
from training.fitting.trainer import FitConfig, Phase, Trainer, parameter_groups

AVERAGE_DECAY = 0.98  # a run of some hundred steps: the average spans the last fifty
FRESH_RATE = 10.0  # the discriminator starts from nothing and must keep ahead of the pretrained layers it judges
# The paper goes to 1. There a fine-tuned b0, without batch norm, diverges within 25 steps (domain loss 6, gradient over
# 100); at 0.3 the discriminator is lost at once, at 0.1 it still learns something to be fooled about.
STRENGTH = 0.1
NO_CLOCK = 1e6  # minutes: what ends these runs are their steps


@dataclass(frozen=True, kw_only=True)
class AdaptationRun:
    """One run of a comparison. The budget is in steps: a target crop costs time, and no learning of the labels."""

    data: Path
    cache: Path
    folder: Path
    steps: int
    strength: float = STRENGTH  # where the reversal's schedule ends; 0: no target is drawn at all
    is_synthetic: bool = True  # learn from pasted masks and bare faces only; False: from all that is labelled
    start: Path | None = None  # a classifier's checkpoint; else ImageNet's weights
    size: int = CROP_SIZE  # pixels of a crop's side
    batch: int = 32  # crops of each domain per step, over all processes
    peak_rate: float = 3e-4
    seed: int = 1
    threads: int = 1
    workers: int = 1


class SteppedTrainer(Trainer[DomainBatch]):
    """A trainer whose budget, learning rate included, is in steps: a busy machine changes nothing but the wait."""

    def __init__(
        self,
        network: AdaptedClassifier,
        loss: Callable[[nn.Module, DomainBatch], Mapping[str, Tensor]],
        run: AdaptationRun,
        device: Device,
    ) -> None:
        self._budget = run.steps
        config = FitConfig(minutes=NO_CLOCK, peak_rate=run.peak_rate, average_decay=AVERAGE_DECAY, seed=run.seed)
        fresh = parameter_groups(network.discriminator, config.weight_decay)
        groups = parameter_groups(network.classifier, config.weight_decay)
        groups += [{**group, "rate_scale": FRESH_RATE} for group in fresh]
        super().__init__(network, loss, config, RunFolder(run.folder), device=device, groups=groups)

    @property
    def progress(self) -> float:
        """The share of the steps that is taken, 0..1."""
        return min(1.0, self.steps / self._budget)

    @property
    def minutes(self) -> float:
        """The training time so far."""
        return self._seconds / 60


@dataclass(frozen=True, kw_only=True)
class Adapted:
    """What a run leaves behind."""

    network: AdaptedClassifier  # averaged, in evaluation mode
    domains: Domains
    steps: int
    minutes: float


def adapt_classifier(run: AdaptationRun) -> Adapted:
    """Train, or go on training; checkpoints lie in the run's folder, and what `export` takes in its `classifier/`."""
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.seed)
    join_ranks()
    domains = open_domains(run.data, run.cache, is_synthetic=run.is_synthetic)
    if rank() == 0:
        RunFolder(run.folder).describe(asdict(run))
    device = pick_device()
    trainer = SteppedTrainer(_start(run, device), _lesson(run, device, lambda: trainer.progress), run, device)
    network = trainer.run([Phase(until=1.0, batches=lambda: _batches(run, domains, trainer.steps))])
    assert isinstance(network, AdaptedClassifier)  # noqa: S101  the trainer averages what it was given
    if rank() == 0:
        RunFolder(run.folder / "classifier").save(
            {
                "average": network.classifier.state_dict(),
                "shape": {"size": run.size, "held_out_crops": held_out_digest()},
            }
        )
    return Adapted(network=network, domains=domains, steps=trainer.steps, minutes=trainer.minutes)


def _start(run: AdaptationRun, device: Device) -> AdaptedClassifier:
    classifier = EfficientNet(len(CLASSES))
    if run.start:
        load_classifier(classifier, run.start)
    else:
        load_imagenet(classifier, run.data / "weights" / "efficientnet-b0-imagenet-fusedbn-fp16.npz")
    network = AdaptedClassifier(classifier)
    return network.to(device.place, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def load_classifier(network: EfficientNet, checkpoint: Path) -> None:
    """Copy a checkpoint's averaged weights. Raises BrokenCheckpoint when it holds another network."""
    try:
        network.load_state_dict(read_checkpoint(checkpoint)["average"])
    except RuntimeError as error:
        raise BrokenCheckpoint(f"{checkpoint} belongs to another network: {error}") from error


def _lesson(
    run: AdaptationRun, device: Device, progress: Callable[[], float]
) -> Callable[[nn.Module, DomainBatch], Mapping[str, Tensor]]:
    def losses(network: nn.Module, batch: DomainBatch) -> Mapping[str, Tensor]:
        return domain_losses(network, batch, run.strength * reversal_strength(progress()), device)

    return losses


def _batches(run: AdaptationRun, domains: Domains, steps: int) -> Iterator[DomainBatch]:
    stream = DomainStream(
        domains.source,
        domains.targets if run.strength > 0 else (),
        size=run.size,
        batch=max(1, run.batch // world_size()),
        seed=stream_seed(run.seed, steps),
    )
    prefetch = 3 if run.workers else None
    return iter(DataLoader(stream, batch_size=None, num_workers=run.workers, prefetch_factor=prefetch))
