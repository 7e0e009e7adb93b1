"""`export`: a checkpoint becomes what serving reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.shared import DEFAULT_DATA, OUTLINED, VALIDATION, DataOption, training_packages


def export_command(
    checkpoint: Annotated[Path, typer.Argument(help="A run's last.pt.")],
    folder: Annotated[Path, typer.Argument(help="Where to: …/NAME/VERSION, like model_api/weights/yoloface-server/2.")],
    data: DataOption = DEFAULT_DATA,
    labels: Annotated[Path, typer.Option("--labels", help="Label file that training never saw.")] = VALIDATION,
    command: Annotated[
        str,
        typer.Option(
            "--command", help="How the weights were trained, for the card; default: what the run's folder tells."
        ),
    ] = "",
    input_size: Annotated[int, typer.Option("--input-size", help="Longer side in pixels, detectors only.")] = 640,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a version that is there already.")] = False,
    reuse: Annotated[str, typer.Option("--reuse", help="Another folder's model.onnx, seen from FOLDER.")] = "",
) -> None:
    """Turn a checkpoint into model.onnx, model.json and card.md, measured on the way."""
    with training_packages():
        from training.exporting.export import export_checkpoint
        from training.exporting.order import ExportOrder
    order = ExportOrder(
        checkpoint=checkpoint,
        folder=folder,
        validation=data / labels,
        command=command,
        input_size=input_size,
        outlined=data / OUTLINED,
        is_replacing=replace,
        reuse=reuse,
    )
    card = export_checkpoint(order)
    typer.echo(f"{card['name']}@{card['version']} is in {folder}")
