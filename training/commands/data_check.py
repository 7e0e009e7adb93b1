"""`data check`: what a data folder holds, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from training.commands.shared import DEFAULT_DATA, DataOption, print_json, training_packages
from training.errors import InvalidOption


def check_command(
    data: DataOption = DEFAULT_DATA,
    leaks: Annotated[bool, typer.Option(help="Look for training pictures that show held-out ones; minutes.")] = True,
    report: Annotated[Path | None, typer.Option("--report", help="Write the leak check as a page (Markdown).")] = None,
    write_excluded: Annotated[
        Path | None,
        typer.Option("--write-excluded", help="Write the list of leaking files; DATA/excluded.json is obeyed."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count pictures and faces, list what is wrong with the labels and what leaks; exit code 1 when something is."""
    with training_packages():
        from training.dataset import excluded
        from training.dataset.check import check_data
        from training.dataset.leak_check import check_leaks
        from training.dataset.leak_report import describe
    if not leaks and (report is not None or write_excluded is not None):
        raise InvalidOption("--report and --write-excluded tell what leaks; they do not go with --no-leaks")
    checked = check_data(data)
    if leaks:
        checked["leaks"] = check_leaks(data)
        if write_excluded is not None:
            files = [(leak["folder"], leak["file"]) for leak in checked["leaks"]["pairs"]]
            excluded.write_excluded(files, write_excluded)
            checked["leaks"] = {**checked["leaks"], "not_excluded": []}
        checked["problems"] += [f"{file} leaks and is not excluded" for file in checked["leaks"]["not_excluded"]]
        if report is not None:
            report.parent.mkdir(parents=True, exist_ok=True)
            report.write_text(describe(checked))
    if as_json:
        print_json(checked)
    else:
        _print_checked(checked)
    if checked["problems"]:
        raise typer.Exit(1)


def _print_checked(checked: dict[str, Any]) -> None:
    for name, part in checked["files"].items():
        faces = ", ".join(f"{count} {label}" for label, count in part["faces"].items())
        typer.echo(f"{name}: {sum(part['pictures'].values())} pictures, {faces}")
    typer.echo(f"crops: {sum(checked['crops'].values())} pictures")
    if "leaks" in checked:
        counts = ", ".join(f"{count} of {folder}" for folder, count in checked["leaks"]["files"].items())
        typer.echo(f"leaks: {counts} show what masks/val.json shows")
    for problem in checked["problems"]:
        typer.echo(problem, err=True)
