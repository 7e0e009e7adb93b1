"""`train adapt`: a classifier for pictures nobody labelled, and the run without adaptation to compare it with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from training.commands.shared import DEFAULT_DATA, VALIDATION, CacheOption, DataOption, training_packages


class Source(StrEnum):
    """What the labels are learnt from."""

    SYNTHETIC = "synthetic"
    ALL = "all"


def adapt_command(
    run: Annotated[Path, typer.Option("--run", help="Folder of the run; an existing one is resumed.")] = Path(
        "runs/adapt"
    ),
    steps: Annotated[int, typer.Option("--steps", min=1, help="Budget; the same for runs to be compared.")] = 200,
    adapt: Annotated[bool, typer.Option("--adapt/--no-adapt", help="Without, no target picture is drawn.")] = True,
    source: Annotated[Source, typer.Option("--source", help="Pasted masks only, or all labelled faces.")] = (
        Source.SYNTHETIC
    ),
    strength: Annotated[float, typer.Option("--strength", min=0.0, help="Where the reversal's schedule ends.")] = 0.1,
    start: Annotated[Path | None, typer.Option("--start", help="A classifier's last.pt instead of ImageNet's.")] = None,
    size: Annotated[int, typer.Option("--size", min=32, help="Side of a crop in pixels.")] = 112,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Crops of each domain per step.")] = 32,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of weights, order and augmentation.")] = 1,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Processor threads per process.")] = 1,
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    labels: Annotated[Path, typer.Option("--labels", help="Label file that training never saw.")] = VALIDATION,
) -> None:
    """Train EfficientNet-b0 on labelled crops and adapt it to CCTV faces by gradient reversal; then measure it."""
    with training_packages():
        from training.classifier.adaptation import AdaptationRun, adapt_classifier
        from training.classifier.judgement import judge, probe_domains
        from training.dataset.coco import load_coco
        from training.fitting.ranks import rank
        from training.rounding import rounded
        from training.runs.outcome import add_figures
    order = AdaptationRun(
        data=data,
        cache=cache,
        folder=run,
        steps=steps,
        strength=strength if adapt else 0.0,
        is_synthetic=source is Source.SYNTHETIC,
        start=start,
        size=size,
        batch=batch,
        seed=seed,
        threads=threads,
    )
    load_coco(data / labels)  # a missing file is better known before the training than after it
    done = adapt_classifier(order)
    if rank() != 0:
        return
    figures: dict[str, Any] = rounded(
        {
            "steps": done.steps,
            "minutes": done.minutes,
            "domain_accuracy": probe_domains(done.network, done.domains, size=size),
            **judge(done.network.classifier, data / labels, size=size),
        }
    )
    add_figures(run, figures)
    _print_figures(figures)


def _print_figures(figures: dict[str, Any]) -> None:
    domains = ", ".join(f"{name} {value}" for name, value in figures["domain_accuracy"].items())
    typer.echo(f"{figures['steps']} steps in {figures['minutes']} minutes; domains told apart: {domains}")
    for name in ("originals", "degraded"):
        for part, found in {"all": figures[name]["all"], **figures[name]["sources"]}.items():
            accuracy, recalls = found["accuracy"], found["recall"]
            recall = ", ".join(f"{label} {value['share']}" for label, value in recalls.items())
            typer.echo(
                f"{name}, {part}: accuracy {accuracy['share']} {accuracy['interval']} of {accuracy['of']}, "
                f"balanced {found['balanced_accuracy']}, recall {recall}"
            )


def adapt_table_command(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs; the first is what the others are held against.")],
) -> None:
    """Put measured runs side by side, as a Markdown table."""
    with training_packages():
        from training.classifier.comparison import compare, read_metrics
    typer.echo(compare({run.name: read_metrics(run) for run in runs}))
