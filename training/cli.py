"""The training commands: `train`, `evaluate`, `export`, `data`. Nothing heavy is loaded before a command runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from training.errors import PackageMissing, TrainingError

DEFAULT_DATA = Path("../shared/data")
VALIDATION = Path("masks/val.json")
INSTALL = "pip install 'maskwatch[training,model-api]'"

DataOption = Annotated[Path, typer.Option("--data", help="Folder with masks/, crowds/, crops/ and weights/.")]
CacheOption = Annotated[Path, typer.Option("--cache", help="Decoded pictures; some gigabytes, safe to delete.")]
MinutesOption = Annotated[float, typer.Option("--minutes", min=0.1, help="Training time; a resumed run counts on.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Of weights, order and augmentation.")]
ThreadsOption = Annotated[int, typer.Option("--threads", min=1, help="Processor threads per process.")]

app = typer.Typer(help="Train, measure and export the models.", no_args_is_help=True)
train_app = typer.Typer(help="Train a network; start it with torchrun to use several processes.", no_args_is_help=True)
data_app = typer.Typer(help="Look at training data.", no_args_is_help=True)
app.add_typer(train_app, name="train")
app.add_typer(data_app, name="data")


@contextmanager
def _training_packages() -> Iterator[None]:
    """Say which packages are missing in one sentence."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise PackageMissing(f"training needs the package {error.name}; install it with {INSTALL}") from error


@train_app.command("detector")
def train_detector_command(
    minutes: MinutesOption = 75.0,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; an existing one is resumed.")] = Path(
        "runs/detector"
    ),
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    seed: SeedOption = 1,
    threads: ThreadsOption = 2,
) -> None:
    """Train YOLO-face on masks/train.json and crowds/."""
    with _training_packages():
        from training.fit import FitConfig
        from training.train_detector import DetectorRun, train_detector
    fit = FitConfig(minutes=minutes, seed=seed)
    train_detector(DetectorRun(data=data, cache=cache, folder=run, fit=fit, threads=threads))


@train_app.command("classifier")
def train_classifier_command(
    minutes: MinutesOption = 20.0,
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; an existing one is resumed.")] = Path(
        "runs/classifier"
    ),
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    seed: SeedOption = 1,
    threads: ThreadsOption = 2,
) -> None:
    """Train EfficientNet-b0 on the faces of masks/train.json and on crops/."""
    with _training_packages():
        from training.fit import FitConfig
        from training.train_classifier import AVERAGE_DECAY, PEAK_RATE, ClassifierRun, train_classifier
    fit = FitConfig(minutes=minutes, peak_rate=PEAK_RATE, average_decay=AVERAGE_DECAY, seed=seed)
    train_classifier(ClassifierRun(data=data, cache=cache, folder=run, fit=fit, threads=threads))


@app.command("evaluate")
def evaluate_command(
    weights: Annotated[Path, typer.Argument(help="A weights folder, like model_api/weights/yoloface-server/1.")],
    data: DataOption = DEFAULT_DATA,
    labels: Annotated[Path, typer.Option("--labels", help="COCO label file inside the data folder.")] = VALIDATION,
    min_face: Annotated[float, typer.Option("--min-face", help="Smallest judged face, px: sqrt of w x h.")] = 24.0,
    input_size: Annotated[int | None, typer.Option("--input-size", help="Another longer side, detectors only.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write the JSON here instead of stdout.")] = None,
) -> None:
    """Measure an exported model with its real pre- and post-processing; the figures are JSON."""
    with _training_packages():
        from training.evaluate_classifier import ClassifierTest, evaluate_classifier
        from training.evaluate_detector import DetectorTest, evaluate_detector
        from training.rounding import rounded
        from training.served import read_card
    if read_card(weights)["kind"] == "detector":
        test = DetectorTest(weights=weights, labels=data / labels, min_face=min_face, input_size=input_size)
        figures = evaluate_detector(test)
    else:
        figures = evaluate_classifier(ClassifierTest(weights=weights, labels=data / labels, min_face=min_face))
    _print(rounded(figures), output)


@app.command("export")
def export_command(
    checkpoint: Annotated[Path, typer.Argument(help="A run's last.pt.")],
    folder: Annotated[Path, typer.Argument(help="Where to: …/NAME/VERSION, like model_api/weights/yoloface-server/2.")],
    data: DataOption = DEFAULT_DATA,
    labels: Annotated[Path, typer.Option("--labels", help="Label file that training never saw.")] = VALIDATION,
    command: Annotated[str, typer.Option("--command", help="How the weights were trained, for the card.")] = "",
    input_size: Annotated[int, typer.Option("--input-size", help="Longer side in pixels, detectors only.")] = 640,
    reuse: Annotated[str, typer.Option("--reuse", help="Another folder's model.onnx, seen from FOLDER.")] = "",
) -> None:
    """Turn a checkpoint into model.onnx, model.json and card.md, measured on the way."""
    with _training_packages():
        from training.export import ExportOrder, export_checkpoint
    order = ExportOrder(
        checkpoint=checkpoint,
        folder=folder,
        validation=data / labels,
        command=command,
        input_size=input_size,
        reuse=reuse,
    )
    card = export_checkpoint(order)
    typer.echo(f"{card['name']}@{card['version']} is in {folder}")


@data_app.command("check")
def check_command(
    data: DataOption = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count pictures and faces and list what is wrong with the labels; exit code 1 when something is."""
    with _training_packages():
        from training.data_check import check_data
    report = check_data(data)
    if as_json:
        _print(report, None)
    else:
        _print_report(report)
    if report["problems"]:
        raise typer.Exit(1)


def _print(content: Any, output: Path | None) -> None:
    text = json.dumps(content, indent=2)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n")


def _print_report(report: dict[str, Any]) -> None:
    for name, part in report["files"].items():
        faces = ", ".join(f"{count} {label}" for label, count in part["faces"].items())
        typer.echo(f"{name}: {sum(part['pictures'].values())} pictures, {faces}")
    typer.echo(f"crops: {sum(report['crops'].values())} pictures")
    for problem in report["problems"]:
        typer.echo(problem, err=True)


def main() -> None:
    """`python -m training`: an error a user can meet is one line."""
    try:
        app()
    except TrainingError as error:
        typer.echo(f"training: {error}", err=True)
        raise SystemExit(1) from error
