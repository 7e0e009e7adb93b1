"""`data`: look at, check and change training data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from training.commands.data_check import check_command
from training.commands.data_review import review_command
from training.commands.relabel import relabel_command
from training.commands.shared import print_json, training_packages

data_app = typer.Typer(help="Look at, check and change training data.", no_args_is_help=True)
data_app.command("relabel")(relabel_command)
data_app.command("check")(check_command)
data_app.command("review")(review_command)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OutputFolder = Annotated[Path, typer.Option("--output", help="Folder to write to.")]
LabelsArgument = Annotated[Path, typer.Argument(help="A COCO label file; its pictures lie in images/ beside it.")]


@data_app.command("import")
def import_command(
    folder: Annotated[Path, typer.Argument(help="Other people's data, or their COCO file.")],
    output: OutputFolder,
    label_format: Annotated[str, typer.Option("--format", help="coco, yolo or voc.")] = "coco",
    class_map: Annotated[
        list[str] | None,
        typer.Option("--map", help="THEIRS=OURS, as with_mask=mask_correct; also =ignore and =drop. Repeatable."),
    ] = None,
    link: Annotated[bool, typer.Option("--link", help="Link to the pictures instead of copying them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn other people's labels into labels.json and images/; nothing is written when something is wrong."""
    with training_packages():
        from training.dataset.imports import ImportOrder, import_labels, read_class_map
    order = ImportOrder(
        folder=folder,
        format=label_format,
        output=output,
        class_map=read_class_map(class_map or []),
        is_copying=not link,
    )
    _print(import_labels(order), as_json)


@data_app.command("export")
def export_command(
    labels: LabelsArgument,
    output: OutputFolder,
    label_format: Annotated[str, typer.Option("--format", help="coco, yolo, voc or crops.")] = "coco",
    link: Annotated[bool, typer.Option("--link", help="Link to the pictures instead of copying them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write our labels in a format of others, or cut the faces out."""
    with training_packages():
        from training.dataset.exports import ExportOrder, export_labels
    order = ExportOrder(labels=labels, format=label_format, output=output, is_copying=not link)
    _print(export_labels(order), as_json)


@data_app.command("split")
def split_command(
    labels: LabelsArgument,
    output: OutputFolder,
    val_share: Annotated[float, typer.Option("--val-share", help="Share of pictures and faces held out.")] = 0.1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed, another split.")] = 1,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the pictures instead of linking to them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Split labels into train.json and val.json; near-duplicates stay together, sources and classes are shared out."""
    with training_packages():
        from training.dataset.split import SplitOrder, split_labels
    order = SplitOrder(labels=labels, output=output, val_share=val_share, seed=seed, is_copying=copy)
    _print(split_labels(order), as_json)


def _print(counts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(counts)
        return
    for name, value in counts.items():
        typer.echo(f"{name}: {_told(value)}")


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(part)}" for name, part in value.items()) or "none"
    return str(value)
