"""The training commands: `train`, `runs`, `evaluate`, `export`, `data`; nothing heavy is loaded before one runs."""

from __future__ import annotations

import typer

from common.errors import InvalidInput
from training.commands.appearance import appearance_command
from training.commands.data import data_app
from training.commands.evaluate import evaluate_command
from training.commands.export import export_command
from training.commands.quantize import quantize_command
from training.commands.runs import runs_app
from training.commands.train import train_app
from training.errors import TrainingError

EXIT_FAILED, EXIT_USAGE = 1, 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it

app = typer.Typer(help="Train, measure and export the models.", no_args_is_help=True)
app.add_typer(train_app, name="train")
app.add_typer(data_app, name="data")
app.add_typer(runs_app, name="runs")
app.command("evaluate")(evaluate_command)
app.command("export")(export_command)
app.command("quantize")(quantize_command)
app.command("appearance")(appearance_command)


def main() -> None:
    """`python -m training`: an error a user can meet is one line; codes are those of `maskwatch`."""
    try:
        app()
    except TrainingError as error:
        typer.echo(f"training: {error}", err=True)
        raise SystemExit(EXIT_USAGE if isinstance(error, InvalidInput) else EXIT_FAILED) from error
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None
