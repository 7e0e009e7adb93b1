"""`appearance`: a classifier that also says how a face looks, for people to be known again some seconds later."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.shared import DEFAULT_DATA, DataOption, print_json, training_packages


def appearance_command(
    source: Annotated[Path, typer.Argument(help="A classifier's folder, like model_api/weights/efficientnet-b0/1.")],
    target: Annotated[Path, typer.Argument(help="Where to: …/NAME/VERSION, like …/efficientnet-b0/2.")],
    data: DataOption = DEFAULT_DATA,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a version that is there already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add the output `appearance` to a classifier; its logits stay as they are."""
    with training_packages():
        from training.appearance.widen import WidenOrder, widen
    command = f"maskwatch appearance {source} {target}"
    card = widen(WidenOrder(source=source, target=target, data=data, command=command, is_replacing=replace))
    found = card["appearance"]["separation"]
    if as_json:
        print_json(found)
    else:
        typer.echo(
            f"{card['name']}@{card['version']} is in {target}. Of people it was not learned from, two pictures of a "
            f"video are more alike than two of different people {found['same_video']:.1%} of the time"
        )
