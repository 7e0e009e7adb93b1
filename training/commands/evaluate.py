"""`evaluate`: what a model is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.shared import DEFAULT_DATA, VALIDATION, DataOption, print_json, training_packages


def evaluate_command(
    weights: Annotated[Path, typer.Argument(help="A weights folder, like model_api/weights/yoloface-server/1.")],
    data: DataOption = DEFAULT_DATA,
    labels: Annotated[Path, typer.Option("--labels", help="COCO label file inside the data folder.")] = VALIDATION,
    min_face: Annotated[float, typer.Option("--min-face", help="Smallest judged face, px: sqrt of w x h.")] = 24.0,
    input_size: Annotated[int | None, typer.Option("--input-size", help="Another longer side, detectors only.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Write the JSON here instead of stdout.")] = None,
) -> None:
    """Measure an exported model with its real pre- and post-processing; the figures are JSON."""
    with training_packages():
        from training.evaluation.classifier import ClassifierTest, evaluate_classifier
        from training.evaluation.detector import DetectorTest, evaluate_detector
        from training.evaluation.served import read_card
        from training.rounding import rounded
    if read_card(weights)["kind"] == "detector":
        test = DetectorTest(weights=weights, labels=data / labels, min_face=min_face, input_size=input_size)
        figures = evaluate_detector(test)
    else:
        figures = evaluate_classifier(ClassifierTest(weights=weights, labels=data / labels, min_face=min_face))
    print_json(rounded(figures), output)
