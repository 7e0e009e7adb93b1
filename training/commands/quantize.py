"""`quantize`: an 8-bit version of a model, judged beside the original."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.shared import DEFAULT_DATA, VALIDATION, DataOption, print_json, training_packages


def quantize_command(
    source: Annotated[Path, typer.Argument(help="A weights folder, like model_api/weights/yoloface-lite/2.")],
    target: Annotated[Path, typer.Argument(help="Where to: …/NAME/VERSION, like …/yoloface-lite/2-int8.")],
    data: DataOption = DEFAULT_DATA,
    labels: Annotated[Path, typer.Option("--labels", help="Label file that training never saw.")] = VALIDATION,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Processor threads when timing.")] = 2,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a version that is there already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an 8-bit version for the processor; exit code 1 and nothing kept if it loses too much or is not faster."""
    with training_packages():
        from training.exporting.int8 import Int8Order, make_int8
        from training.rounding import rounded
    order = Int8Order(
        source=source,
        target=target,
        calibration=data / "masks" / "train.json",
        validation=data / labels,
        threads=threads,
        is_replacing=replace,
    )
    compared = make_int8(order)
    if as_json:
        print_json(rounded(compared))
    else:
        verdict = "good enough to serve" if compared["accepted"] else "not worth serving, and not kept"
        typer.echo(
            f"{target}: {verdict}. Quality {compared['before']:.4f} -> {compared['after']:.4f} (at most "
            f"{compared['most_lost']:.3f} may be lost), {compared['milliseconds_before']:.1f} -> "
            f"{compared['milliseconds_after']:.1f} ms, {compared['bytes_before']:,} -> {compared['bytes_after']:,} B"
        )
    if not compared["accepted"]:
        raise typer.Exit(1)
