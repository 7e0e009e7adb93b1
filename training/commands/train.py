"""`train`: fit a network; torchrun gives it several processes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from training.commands.adapt import adapt_command, adapt_table_command
from training.commands.shared import DEFAULT_DATA, VALIDATION, CacheOption, DataOption, training_packages
from training.detector.assignment import AssignmentName

MinutesOption = Annotated[float, typer.Option("--minutes", min=0.1, help="Training time; a resumed run counts on.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Of weights, order and augmentation.")]
ThreadsOption = Annotated[int, typer.Option("--threads", min=1, help="Processor threads per process.")]
WorkersOption = Annotated[
    int,
    typer.Option("--workers", min=0, help="Processes that prepare pictures, for each one that trains; for a GPU 8."),
]


class Variant(StrEnum):
    """The two detectors."""

    SERVER = "server"
    LITE = "lite"


# Without the `--` torchrun takes --run and --start for options of its own, cut short.
JudgeOption = Annotated[
    bool, typer.Option("--judge/--no-judge", help="Measure the result on masks/val.json and write metrics.json.")
]
TORCHRUN = "torchrun --nproc-per-node 2 -m -- training train …"
train_app = typer.Typer(help=f"Train a network. In several processes: {TORCHRUN}", no_args_is_help=True)
train_app.command("adapt")(adapt_command)
train_app.command("adapt-table")(adapt_table_command)


@train_app.command("detector")
def train_detector_command(
    minutes: MinutesOption = 75.0,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; an existing one is resumed.")] = Path(
        "runs/detector"
    ),
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Cleaner labels and portraits: a folder `data relabel` wrote.")
    ] = None,
    variant: Annotated[Variant, typer.Option("--variant", help="Which of the two detectors.")] = Variant.SERVER,
    start: Annotated[
        Path | None, typer.Option("--start", help="Checkpoint or served model to start from; widened or cut to fit.")
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option("--teacher", help="Checkpoint or served model of a detector to imitate, too.")
    ] = None,
    assignment: Annotated[
        AssignmentName, typer.Option("--assignment", help="How faces find the cells that learn them.")
    ] = AssignmentName.SIMOTA,
    peak_rate: Annotated[float, typer.Option("--peak-rate", help="Highest learning rate.")] = 2e-3,
    seed: SeedOption = 1,
    threads: ThreadsOption = 2,
    workers: WorkersOption = 1,
    judge: JudgeOption = True,
) -> None:
    """Train YOLO-face on masks/train.json and crowds/; an interrupted run goes on where its checkpoint is."""
    with training_packages():
        from model_api.networks.yoloface import LITE, SERVER
        from training.dataset.coco import load_coco
        from training.detector.judgement import judge_detector
        from training.detector.start import checkpoint_at
        from training.detector.train import DetectorRun, train_detector
        from training.fitting.ranks import rank
        from training.fitting.trainer import FitConfig
        from training.runs.outcome import add_figures
    if judge:
        load_coco(data / VALIDATION)  # a missing file is better known before the training than after it
    network = SERVER if variant is Variant.SERVER else LITE
    fit = FitConfig(minutes=minutes, peak_rate=peak_rate, seed=seed)
    trained = train_detector(
        DetectorRun(
            data=data,
            cache=cache,
            folder=run,
            fit=fit,
            network=network,
            labels=labels,
            start=checkpoint_at(start),
            teacher=checkpoint_at(teacher),
            assignment=assignment,
            threads=threads,
            workers=workers,
        )
    )
    if judge and rank() == 0:
        add_figures(run, judge_detector(trained, data / VALIDATION))


@train_app.command("classifier")
def train_classifier_command(
    minutes: MinutesOption = 20.0,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; an existing one is resumed.")] = Path(
        "runs/classifier"
    ),
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    size: Annotated[int, typer.Option("--size", min=32, help="Side of a crop in pixels.")] = 112,
    seed: SeedOption = 1,
    threads: ThreadsOption = 2,
    workers: WorkersOption = 1,
    judge: JudgeOption = True,
) -> None:
    """Train EfficientNet-b0 on the faces of masks/train.json and on crops/."""
    with training_packages():
        from training.classifier.judgement import judge as judge_classifier
        from training.classifier.train import AVERAGE_DECAY, PEAK_RATE, ClassifierRun, train_classifier
        from training.fitting.ranks import rank
        from training.fitting.trainer import FitConfig
        from training.runs.outcome import add_figures
    fit = FitConfig(minutes=minutes, peak_rate=PEAK_RATE, average_decay=AVERAGE_DECAY, seed=seed)
    trained = train_classifier(
        ClassifierRun(data=data, cache=cache, folder=run, fit=fit, size=size, threads=threads, workers=workers)
    )
    if judge and rank() == 0:
        add_figures(run, judge_classifier(trained, data / VALIDATION, size=size))


@train_app.command("fit")
def train_fit_command(
    minutes: MinutesOption = 30.0,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; an existing one is resumed.")] = Path(
        "runs/fit"
    ),
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    seed: SeedOption = 1,
    threads: ThreadsOption = 1,
) -> None:
    """Train the U-Net that outlines masks: on masks pasted over fit/faces68 and on faces of masks/ and crops/."""
    with training_packages():
        from training.fit.train import AVERAGE_DECAY, PEAK_RATE, UNetRun, train_unet
        from training.fitting.trainer import FitConfig
    fit = FitConfig(minutes=minutes, peak_rate=PEAK_RATE, average_decay=AVERAGE_DECAY, seed=seed)
    train_unet(UNetRun(data=data, cache=cache, folder=run, fit=fit, threads=threads))
