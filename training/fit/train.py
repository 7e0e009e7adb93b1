"""Train the U-Net on pasted masks, whose outlines are exact, and on real faces, of which less is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from model_api.networks.unet import UNet, normalise
from training.augment.templates import load_templates
from training.classifier.bank import open_training_bank
from training.dataset.faces68 import load_faces68
from training.fit.loss import map_losses
from training.fit.sources import Paster, Source, real_sources
from training.fit.stream import MapBatch, MapStream
from training.fitting.device import Device, pick_device
from training.fitting.ranks import join_ranks, rank, stream_seed, world_size
from training.fitting.run_folder import RunFolder
from training.fitting.trainer import FitConfig, Phase, Trainer

BATCH = 16  # many small steps: the time is short
PEAK_RATE = 4e-3  # of AdamW; batch norms and a small network take it
AVERAGE_DECAY = 0.99  # a short run: the average must forget the start
PASTED_SHARE, BARE_SHARE, WORN_SHARE = 0.64, 0.14, 0.22  # of what is drawn; the last two are real faces


@dataclass(frozen=True, kw_only=True)
class UNetRun:
    """Where the data is, where the run goes, how long it may take."""

    data: Path
    cache: Path
    folder: Path
    fit: FitConfig
    threads: int = 1
    workers: int = 0


def train_unet(run: UNetRun) -> nn.Module:
    """Train, or go on training, and return the averaged network; checkpoints lie in the run's folder."""
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.fit.seed)
    join_ranks()
    folder = RunFolder(run.folder)
    if rank() == 0:
        folder.describe(asdict(run))
    sources = open_sources(run.data, run.cache)
    device = pick_device()
    network = UNet().to(device.place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    shape = {"network": "unet"}
    trainer: Trainer[MapBatch] = Trainer(network, partial(_losses, device), run.fit, folder, shape, device)
    seed = stream_seed(run.fit.seed, trainer.steps)

    def batches() -> Iterator[MapBatch]:
        stream = MapStream(sources, batch=BATCH // world_size(), seed=seed)
        prefetch = 3 if run.workers else None
        return iter(DataLoader(stream, batch_size=None, num_workers=run.workers, prefetch_factor=prefetch))

    return trainer.run([Phase(until=1.0, batches=batches)])


def open_sources(data: Path, cache: Path) -> Sequence[tuple[float, Source]]:
    """What is drawn from, each with its share. Raises DataMissing for a data folder without it."""
    fit = data / "fit"
    paster = Paster(faces=load_faces68(fit / "faces68"), templates=load_templates(fit / "templates"), pool=[])
    bare, worn = real_sources(open_training_bank(data, cache))
    return [(PASTED_SHARE, paster), (BARE_SHARE, bare), (WORN_SHARE, worn)]


def _losses(device: Device, network: nn.Module, batch: MapBatch) -> Mapping[str, Tensor]:
    images, covered, known = (value.to(device.place, non_blocking=True) for value in batch)
    pixels = images.permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
    with device.autocast():
        logits = network(normalise(pixels))
    return map_losses(logits.float(), covered, known)
