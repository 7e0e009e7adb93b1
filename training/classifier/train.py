"""Train EfficientNet-b0 on face crops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from model_api.networks.efficientnet import EfficientNet, normalise
from training.classifier.bank import open_training_bank
from training.classifier.imagenet import load_imagenet
from training.classifier.stream import CropStream
from training.dataset.cases import held_out_digest
from training.dataset.crop_bank import CLASSES
from training.errors import InvalidOption
from training.fitting.device import Device, pick_device
from training.fitting.ranks import join_ranks, rank, stream_seed, world_size
from training.fitting.run_folder import RunFolder
from training.fitting.trainer import FitConfig, Phase, Trainer

CROP_SIZE = 112  # pixels, where nothing else is said
BATCH = 48
AVERAGE_DECAY = 0.995  # a short run: the average must forget the start
LABEL_SMOOTHING = 0.05  # a few labels of every source are wrong
PEAK_RATE = 3e-4  # of AdamW; the start values are good, and there is no batch norm to catch a larger step
CropBatch = tuple[Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class ClassifierRun:
    """Where the data is, where the run goes, how long it may take."""

    data: Path
    cache: Path
    folder: Path
    fit: FitConfig
    size: int = CROP_SIZE  # pixels of a crop's side
    threads: int = 2
    workers: int = 1


def train_classifier(run: ClassifierRun) -> EfficientNet:
    """Train, or go on training, and return the averaged network; checkpoints lie in the run's folder."""
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.fit.seed)
    join_ranks()
    bank = open_training_bank(run.data, run.cache)
    folder = RunFolder(run.folder)
    network = EfficientNet(len(CLASSES))
    load_imagenet(network, run.data / "weights" / "efficientnet-b0-imagenet-fusedbn-fp16.npz")
    device = pick_device()
    network = network.to(device.place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    trainer: Trainer[CropBatch] = Trainer(
        network,
        partial(_losses, device),
        run.fit,
        folder,
        shape={"size": run.size, "held_out_crops": held_out_digest()},
        device=device,
    )
    if trainer.shape.get("size", run.size) != run.size:
        raise InvalidOption(f"{run.folder} was started with crops of {trainer.shape['size']} px, not of {run.size}")
    if rank() == 0:
        folder.describe(asdict(run))
    seed = stream_seed(run.fit.seed, trainer.steps)

    def batches() -> Iterator[CropBatch]:
        stream = CropStream(bank, size=run.size, batch=max(1, BATCH // world_size()), seed=seed)
        prefetch = 3 if run.workers else None
        return iter(DataLoader(stream, batch_size=None, num_workers=run.workers, prefetch_factor=prefetch))

    trained = trainer.run([Phase(until=1.0, batches=batches)])
    assert isinstance(trained, EfficientNet)  # noqa: S101  the trainer averages what it was given
    return trained


def _losses(device: Device, network: nn.Module, batch: CropBatch) -> Mapping[str, Tensor]:
    images, labels = (value.to(device.place, non_blocking=True) for value in batch)
    pixels = images.permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
    with device.autocast():
        logits = network(normalise(pixels))
    loss = functional.cross_entropy(logits.float(), labels, label_smoothing=LABEL_SMOOTHING)
    right = (logits.argmax(dim=1) == labels).float().mean()
    return {"total": loss, "accuracy": right}
