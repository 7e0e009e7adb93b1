"""Train YOLO-face on `masks/` and `crowds/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from model_api.networks.yoloface import SERVER, YoloFace, YoloFaceConfig, normalise
from training.augment.cover import cover_stage
from training.augment.stages import Stage
from training.augment.templates import load_templates
from training.augment.windows import Sample
from training.detector.assign import ASSIGNMENTS, Assign
from training.detector.assignment import AssignmentName
from training.detector.distil import distillation_loss, teacher_answers
from training.detector.exported import SUFFIX, settle_norms
from training.detector.loss import detector_loss
from training.detector.sources import Source, open_sources
from training.detector.start import load_network, start_network
from training.detector.stream import Batch, DetectorStream
from training.fitting.device import Device, pick_device
from training.fitting.ranks import join_ranks, rank, stream_seed, world_size
from training.fitting.run_folder import RunFolder
from training.fitting.trainer import FitConfig, Phase, Trainer

TEACHER_WEIGHT = 1.0  # of the teacher's part of the loss against the labels'
# Window side in pixels, pictures per step (over all processes) and the share of the time at which the phase ends. Small
# windows show faces as large as serving at 640 px does, at 40 % of the cost; the last phase brings the large ones.
NORM_BATCHES = 8  # that tell the norms of a served network what they will see: 128 pictures, some seconds
PHASES = ((416, 16, 0.88), (640, 8, 1.0))


@dataclass(frozen=True, kw_only=True)
class DetectorRun:
    """Where the data is, where the run goes, how long it may take."""

    data: Path
    cache: Path
    folder: Path
    fit: FitConfig
    network: YoloFaceConfig = SERVER
    labels: Path | None = None  # a folder that `data relabel` wrote; without it one teacher lends landmarks to labels
    start: Path | None = None  # a checkpoint or model.onnx of a network of this shape, or to be widened or cut to it
    teacher: Path | None = None  # a checkpoint or model.onnx whose network the new one imitates, next to the labels
    assignment: AssignmentName = AssignmentName.SIMOTA
    threads: int = 2
    workers: int = 1


def train_detector(run: DetectorRun) -> YoloFace:
    """Train, or go on training, and return the averaged network; checkpoints lie in the run's folder."""
    torch.set_num_threads(run.threads)
    torch.manual_seed(run.fit.seed)
    join_ranks()
    cover = cover_stage(load_templates(run.data / "fit" / "templates"))
    sources = open_sources(run.data, run.cache, run.labels)
    folder = RunFolder(run.folder)
    network = start_network(run.network, run.start)
    if run.start is not None and run.start.suffix == SUFFIX:
        settle_norms(network, _some_pictures(run, sources, cover))
    device = pick_device()
    network = network.to(device.place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    teacher = load_network(run.teacher).to(device.place) if run.teacher else None
    lesson = _Lesson(device=device, teacher=teacher, assign=ASSIGNMENTS[run.assignment])
    trainer: Trainer[Batch] = Trainer(network, lesson, run.fit, folder, shape=asdict(run.network), device=device)
    if rank() == 0:
        folder.describe(asdict(run))
    seed = stream_seed(run.fit.seed, trainer.steps)
    trained = trainer.run([_phase(run, sources, cover, seed, *phase) for phase in PHASES])
    assert isinstance(trained, YoloFace)  # noqa: S101  the trainer averages what it was given
    return trained


def _some_pictures(run: DetectorRun, sources: dict[str, Source], cover: Stage[Sample]) -> Iterator[Tensor]:
    """Those a training begins with, the same in all of its processes."""
    size, batch, _ = PHASES[0]
    stream = DetectorStream(sources, size=size, batch=batch, seed=run.fit.seed, before=[cover])
    return (normalise(each.images.permute(0, 3, 1, 2).float()) for each in islice(stream, NORM_BATCHES))


def _phase(
    run: DetectorRun,
    sources: dict[str, Source],
    cover: Stage[Sample],
    seed: int,
    size: int,
    batch: int,
    until: float,
) -> Phase[Batch]:
    def batches() -> Iterator[Batch]:
        stream = DetectorStream(sources, size=size, batch=max(1, batch // world_size()), seed=seed, before=[cover])
        prefetch = 3 if run.workers else None
        return iter(DataLoader(stream, batch_size=None, num_workers=run.workers, prefetch_factor=prefetch))

    return Phase(until=until, batches=batches)


@dataclass(frozen=True, kw_only=True)
class _Lesson:
    """What one step minimises: the labels' loss, and with a teacher also the distance to its answers."""

    device: Device
    teacher: nn.Module | None
    assign: Assign

    def __call__(self, network: nn.Module, batch: Batch) -> Mapping[str, Tensor]:
        batch = batch.to(self.device.place)
        images = normalise(batch.images.permute(0, 3, 1, 2).float()).contiguous(memory_format=torch.channels_last)
        with self.device.autocast():
            raw, cells = network(images)
            answers = None if self.teacher is None else teacher_answers(self.teacher, images)
        loss = detector_loss(raw.float(), cells, batch, self.assign)
        parts = {"score": loss.score, "box": loss.box, "points": loss.points}
        if answers is None:
            return {"total": loss.total, **parts}
        distance = distillation_loss(raw.float(), answers, cells)
        return {"total": loss.total + TEACHER_WEIGHT * distance, **parts, "teacher": distance}
