"""`data relabel`: teachers look at the training pictures; what they agree on becomes labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from training.commands.shared import DEFAULT_DATA, CacheOption, DataOption, print_json, training_packages

DEFAULT_TEACHERS = ["yunet-s", "centerface", "retinaface"]


def relabel_command(
    data: DataOption = DEFAULT_DATA,
    cache: CacheOption = Path("runs/cache"),
    output: Annotated[Path, typer.Option("--output", help="Where the new labels go.")] = Path("runs/labels"),
    teacher: Annotated[
        list[str],
        typer.Option(
            "--teacher",
            help="A face finder by name, or a weights folder of ours; repeat it. The first two see every "
            "picture, the others those on which these disagree, and crowds.",
        ),
    ] = DEFAULT_TEACHERS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Clean the detector's labels by agreement of several face finders, for `train detector --labels`.

    Labelled faces get landmarks, forgotten faces become regions to ignore, made labels are confirmed or ignored, and
    portraits get boxes. Answers are kept: a second run takes seconds, an interrupted one goes on. For a round of
    self-training give the newest own weights folder as one more --teacher; of two that learnt from each other give one,
    for they see the same faces in the backs of heads.
    """
    with training_packages():
        from training.labels.relabel import RelabelOrder, relabel
    report = relabel(RelabelOrder(data=data, cache=cache, output=output, teachers=tuple(teacher)))
    if as_json:
        print_json(report)
    else:
        _print_report(report, output)


def _print_report(report: dict[str, Any], output: Path) -> None:
    for name, sources in report["sets"].items():
        for source, counts in sources.items():
            typer.echo(f"{name} {source}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    typer.echo("portraits left out: " + ", ".join(f"{n} {why}" for why, n in report["portraits_left_out"].items()))
    typer.echo(f"the labels are in {output}")
