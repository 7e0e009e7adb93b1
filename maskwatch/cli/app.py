"""All commands."""

from __future__ import annotations

from typing import Annotated

import typer

from maskwatch.cli import services
from maskwatch.cli.predict import predict
from maskwatch.cli.up import up

app = typer.Typer(
    name="maskwatch",
    help="Watches cameras for faces without a mask, tells the right person once, and counts honestly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Debug = Annotated[bool, typer.Option("--debug", help="Show where an error came from.")]


@app.callback()
def root(debug: Debug = False) -> None:
    """Options of every command."""


app.command()(up)
app.command()(services.grabber)
app.command()(services.processor)
app.command()(services.analyzer)
app.command("model-api")(services.model_api)
app.command()(services.console)
app.command()(predict)
