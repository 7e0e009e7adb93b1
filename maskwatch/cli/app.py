"""All commands."""

from __future__ import annotations

from typing import Annotated

import typer

from maskwatch.cli import services
from maskwatch.cli.alerts import alerts_app
from maskwatch.cli.bench import bench
from maskwatch.cli.camera_sheets import export_sheet, import_sheet
from maskwatch.cli.cameras import cameras_app
from maskwatch.cli.config import config_app, db_app
from maskwatch.cli.discover import discover
from maskwatch.cli.doctor import doctor
from maskwatch.cli.feedback import feedback_app
from maskwatch.cli.fit import fit_app
from maskwatch.cli.models import models_app
from maskwatch.cli.predict import predict
from maskwatch.cli.privacy import privacy_app
from maskwatch.cli.queues import queues_app
from maskwatch.cli.rebuild import rebuild
from maskwatch.cli.receivers import receivers_app
from maskwatch.cli.reconcile import reconcile
from maskwatch.cli.retention import retention_app
from maskwatch.cli.rules import rules_app
from maskwatch.cli.server import SERVER, Server
from maskwatch.cli.stats import stats_app
from maskwatch.cli.up import up
from maskwatch.cli.users import tokens_app, users_app
from maskwatch.cli.video import video
from training.commands.appearance import appearance_command
from training.commands.data import data_app
from training.commands.evaluate import evaluate_command
from training.commands.export import export_command
from training.commands.quantize import quantize_command
from training.commands.runs import runs_app
from training.commands.train import train_app

app = typer.Typer(
    name="maskwatch",
    help="Watches cameras for faces without a mask, tells the right person once, and counts honestly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Debug = Annotated[bool, typer.Option("--debug", help="Show where an error came from.")]


@app.callback()
def root(debug: Debug = False, server: Server = "") -> None:
    """Options of every command."""
    SERVER.set(server)


app.command()(up)
app.command()(services.grabber)
app.command()(services.processor)
app.command()(services.analyzer)
app.command("model-api")(services.model_api)
app.command()(services.console)
app.command()(predict)
app.command()(video)
app.command()(doctor)
app.command("evaluate")(evaluate_command)
app.command()(bench)
app.command("export")(export_command)
app.command("quantize")(quantize_command)
app.command("appearance")(appearance_command)
app.add_typer(train_app, name="train")
data_app.add_typer(feedback_app, name="feedback")
app.add_typer(data_app, name="data")
app.add_typer(runs_app, name="runs")
cameras_app.command("discover")(discover)
cameras_app.command("export")(export_sheet)
cameras_app.command("import")(import_sheet)
app.add_typer(cameras_app, name="cameras")
app.add_typer(rules_app, name="rules")
app.add_typer(alerts_app, name="alerts")
app.add_typer(receivers_app, name="receivers")
app.add_typer(queues_app, name="queues")
stats_app.command("rebuild")(rebuild)
app.add_typer(stats_app, name="stats")
app.add_typer(retention_app, name="retention")
app.add_typer(privacy_app, name="privacy")
app.command()(reconcile)
app.add_typer(users_app, name="users")
app.add_typer(tokens_app, name="tokens")
app.add_typer(models_app, name="models")
app.add_typer(fit_app, name="fit")
app.add_typer(config_app, name="config")
app.add_typer(db_app, name="db")
