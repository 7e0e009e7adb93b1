"""`evaluate`: what a model is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from training.commands.shared import DEFAULT_DATA, OUTLINED, VALIDATION, DataOption, print_json, training_packages

if TYPE_CHECKING:
    from model_api.engines.choose import EngineName
    from training.evaluation.measure import Trial
    from training.evaluation.models import Judges

WEIGHTS = Path("model_api/weights")
REPORTS = Path("runs/evaluation")
PAIR_MIN_FACE, SINGLE_MIN_FACE = 12.0, 24.0  # px; the figures in the cards are of the larger one


def evaluate_command(
    weights: Annotated[
        Path | None,
        typer.Argument(help="Judge only this weights folder and print its figures; without one, judge a pair."),
    ] = None,
    detector: Annotated[
        Path | None, typer.Option("--detector", help="Weights folder of the pair; default: the newest yoloface-server.")
    ] = None,
    classifier: Annotated[
        Path | None,
        typer.Option("--classifier", help="Weights folder of the pair; default: the newest efficientnet-b0."),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    labels: Annotated[Path, typer.Option("--labels", help="COCO label file inside the data folder.")] = VALIDATION,
    min_face: Annotated[
        float | None,
        typer.Option("--min-face", help="Smallest judged face, px: sqrt of w x h. Default: 12, for one model 24."),
    ] = None,
    degraded: Annotated[bool, typer.Option(help="Judge degraded copies of the pictures, too.")] = True,
    peer: Annotated[
        list[str] | None,
        typer.Option("--peer", help="Compare with this finder (repeatable): a name, `all`, or a weights folder."),
    ] = None,
    input_size: Annotated[int | None, typer.Option("--input-size", help="Another longer side, detectors only.")] = None,
    engine: Annotated[str, typer.Option("--engine", help="Of the pair: onnx, openvino or torch.")] = "onnx",
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Folder of report.json and report.html; for one model, the file for its JSON."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print report.json instead of a table.")] = False,
) -> None:
    """Measure exported models with their real pre- and post-processing on labelled pictures they never saw."""
    if weights is not None:
        least = SINGLE_MIN_FACE if min_face is None else min_face
        _evaluate_one(weights, data / labels, data / OUTLINED, least, input_size, output)
        return
    with training_packages():
        from training.dataset.cases import face_tags
        from training.evaluation.conditions import conditions
        from training.evaluation.measure import Trial
        from training.evaluation.models import CLASSIFIER, DETECTOR, newest, open_pair, open_peers

    detector, classifier = detector or newest(WEIGHTS, DETECTOR), classifier or newest(WEIGHTS, CLASSIFIER)
    judges = open_pair(
        detector, classifier, input_size=input_size, peers=open_peers(peer or [], data), engine=_known(engine)
    )
    trial = Trial(
        labels=data / labels,
        conditions=conditions(degraded=degraded),
        min_face=PAIR_MIN_FACE if min_face is None else min_face,
        tags=face_tags(data / labels),
    )
    _evaluate_pair(trial, judges, _hard_cases(classifier, data, data / labels), output or REPORTS, as_json=as_json)


def _known(engine: str) -> EngineName:
    from model_api.engines.choose import DEVICES
    from training.errors import InvalidOption

    for name in DEVICES:
        if name == engine:
            return name
    raise InvalidOption(f"--engine {engine}: known are {', '.join(DEVICES)}")


def _hard_cases(classifier: Path, data: Path, labels: Path) -> list[dict[str, Any]]:
    """Rows of the hard cases; none without the folder of crops."""
    if not (data / "crops").is_dir():
        return []
    from training.evaluation.case_rows import evaluate_cases

    return evaluate_cases(classifier, data, labels)


def _evaluate_pair(
    trial: Trial, judges: Judges, hard_cases: list[dict[str, Any]], folder: Path, *, as_json: bool
) -> None:
    from training.evaluation.report import write_report
    from training.evaluation.text import table

    report = write_report(trial, judges, folder, hard_cases=hard_cases)
    if as_json:
        print_json(report)
    else:
        typer.echo(table(report))
        typer.echo(f"{folder / 'report.html'} and report.json hold all of it")


def _evaluate_one(
    weights: Path, labels: Path, outlined: Path, min_face: float, input_size: int | None, output: Path | None
) -> None:
    """The figures that a model card holds, as JSON."""
    with training_packages():
        from training.evaluation.classifier import ClassifierTest, evaluate_classifier
        from training.evaluation.detector import DetectorTest, evaluate_detector
        from training.evaluation.outlines import OutlineTest, evaluate_outlines
        from training.evaluation.served import read_card
        from training.rounding import rounded
    kind = read_card(weights)["kind"]
    if kind == "fit":
        figures = evaluate_outlines(OutlineTest(weights=weights, faces=outlined))
    elif kind == "detector":
        test = DetectorTest(weights=weights, labels=labels, min_face=min_face, input_size=input_size)
        figures = evaluate_detector(test)
    else:
        figures = evaluate_classifier(ClassifierTest(weights=weights, labels=labels, min_face=min_face))
    print_json(rounded(figures), output)
