"""`runs`: what was trained, with which settings, and how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from training.commands.shared import print_json

runs_app = typer.Typer(help="List, show and compare training runs.", no_args_is_help=True)

RootOption = Annotated[Path, typer.Option("--root", help="Folder of the runs.")]
RunArgument = Annotated[Path, typer.Argument(help="A run: its name below --root, or its folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RUNS = Path("runs")
MAX_CELL = 60  # characters; --json has the whole


@runs_app.command("list")
def list_command(root: RootOption = RUNS, as_json: AsJson = False) -> None:
    """List the runs: steps, minutes, last loss, best-known figures; of a broken one the reason."""
    from training.runs.comparison import summarise_folder
    from training.runs.record import run_folders

    rows = [summarise_folder(folder) for folder in run_folders(root)]
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo(f"no runs in {root}")
    else:
        _print_table(("run", "steps", "minutes", "loss", "metrics"), [_cells(row) for row in rows])


@runs_app.command("show")
def show_command(run: RunArgument, root: RootOption = RUNS, as_json: AsJson = False) -> None:
    """Show everything a run's folder tells."""
    from training.runs.comparison import describe
    from training.runs.record import flatten, read_run

    told = describe(read_run(_folder(run, root)))
    if as_json:
        print_json(told)
    else:
        _print_table(("", run.name), [(name, _text(value)) for name, value in flatten(told).items()])


@runs_app.command("compare")
def compare_command(
    runs: Annotated[list[Path], typer.Argument(help="Two runs or more: names below --root, or folders.")],
    root: RootOption = RUNS,
    every: Annotated[bool, typer.Option("--all", help="All figures, not only the leading ones.")] = False,
    as_curve: Annotated[
        bool, typer.Option("--curve", help="A Markdown row per run: what it changed, its loss over time, its figures.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put runs side by side: the settings that differ, losses, figures."""
    from training.runs.comparison import compare
    from training.runs.curve import curve, render_curve
    from training.runs.record import read_run

    read = [read_run(_folder(run, root)) for run in runs]
    told = {**compare(read), "curve": curve(read)}
    if as_json:
        print_json(told)
        return
    if as_curve:
        typer.echo(render_curve(told["curve"]))
        return
    rows: list[tuple[str, ...]] = []
    for part in ("settings", "environment", "progress", "losses", "all_metrics" if every else "metrics"):
        rows += [(f"{part}: {name}", *map(_text, values)) for name, values in told[part].items()]
    _print_table(("", *told["runs"]), rows)


def _folder(run: Path, root: Path) -> Path:
    return root / run if (root / run).is_dir() else run


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    if row["error"]:
        return row["name"], "-", "-", "-", f"broken: {row['error']}"
    metrics = ", ".join(f"{name} {value:.4g}" for name, value in row["metrics"].items())
    return row["name"], str(row["steps"]), str(row["minutes"]), _text(row["loss"]), metrics or "-"


def _text(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:.5g}" if isinstance(value, float) else str(value)
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    for line in (head, *rows):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
