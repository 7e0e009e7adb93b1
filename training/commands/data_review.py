"""`data review`: find suspicious labels, and apply what a person decided about them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.shared import training_packages
from training.errors import InvalidOption

WEIGHTS = Path("model_api/weights")


def review_command(
    labels: Annotated[Path, typer.Argument(help="A COCO label file; its pictures lie in images/ beside it.")],
    output: Annotated[Path, typer.Option("--output", help="The page FILE.html; with --apply the new label file.")],
    weights: Annotated[Path, typer.Option("--weights", help="Folder of the models that judge.")] = WEIGHTS,
    apply: Annotated[Path | None, typer.Option("--apply", help="The decisions.csv saved from the page.")] = None,
    most: Annotated[int, typer.Option("--max", help="Labels on the page, the most suspicious ones.")] = 500,
) -> None:
    """Write a page of labels that the models doubt; or, with --apply, a new label file with what was decided."""
    with training_packages():
        from training.dataset.review.decisions import apply_decisions
        from training.dataset.review.review import ReviewOrder, review_labels
    if apply is not None:
        taken = apply_decisions(labels, apply, output)
        counts = ", ".join(f"{count} {action}" for action, count in taken.items()) or "no decisions"
        typer.echo(f"{output}: {counts}")
        return
    if output.suffix.lower() not in {".html", ".htm"}:
        raise InvalidOption(f"--output {output} is a page and must end in .html")
    told = review_labels(ReviewOrder(labels=labels, weights=weights, output=output, max_items=most))
    kinds = ", ".join(f"{count} {kind}" for kind, count in told["suspicious"].items()) or "none"
    typer.echo(f"{told['pictures']} pictures, suspicious labels: {kinds}; {told['shown']} of them are on {output}")
