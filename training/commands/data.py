"""`data`: look at, check and change training data."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from training.commands.shared import DEFAULT_DATA, DataOption, print_json, training_packages

data_app = typer.Typer(help="Look at training data.", no_args_is_help=True)


@data_app.command("check")
def check_command(
    data: DataOption = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count pictures and faces and list what is wrong with the labels; exit code 1 when something is."""
    with training_packages():
        from training.dataset.check import check_data
    report = check_data(data)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if report["problems"]:
        raise typer.Exit(1)


def _print_report(report: dict[str, Any]) -> None:
    for name, part in report["files"].items():
        faces = ", ".join(f"{count} {label}" for label, count in part["faces"].items())
        typer.echo(f"{name}: {sum(part['pictures'].values())} pictures, {faces}")
    typer.echo(f"crops: {sum(report['crops'].values())} pictures")
    for problem in report["problems"]:
        typer.echo(problem, err=True)
