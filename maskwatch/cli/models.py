"""`maskwatch models`: the models of the repository, and which of their versions answers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from maskwatch.cli.model_desk import model_desk
from maskwatch.cli.output import AsJson, print_rows

models_app = typer.Typer(help="The models of the repository, and which version answers.", no_args_is_help=True)

COLUMNS = ("name", "version", "alias", "kind", "state", "runs_by", "input_size", "created", "licence")
HISTORY_COLUMNS = ("at", "by", "action", "model", "from", "to")

Name = Annotated[str, typer.Argument(help="The model, such as yoloface-server.", show_default=False)]
Version = Annotated[str, typer.Argument(help="Its version.", show_default=False)]
Promoted = Annotated[str | None, typer.Argument(help="Its version; the challenger when left out.", show_default=False)]


@models_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List every model with its version, its alias, whether its checksum is right, what runs it, and its origin."""
    with model_desk() as models:
        rows = models.versions()
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="no models")
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)


@models_app.command("challenge")
def challenge(name: Name, version: Version) -> None:
    """Try a version beside the champion on live pictures (MASKWATCH_SHADOW); it answers nobody."""
    with model_desk() as models:
        models.challenge(name, version)
        champion = next(row for row in models.versions() if row["name"] == name and row["alias"] == "champion")
    print(f"{name}/{version} challenges {name}/{champion['version']}")


@models_app.command("promote")
def promote(name: Name, version: Promoted = None) -> None:
    """Let a version answer, once it is whole and has answered a picture; running services take it by themselves."""
    with model_desk() as models:
        print(_told(models.promote(name, version)))


@models_app.command("rollback")
def rollback(name: Name) -> None:
    """Let the champion before this one answer again; once more goes back one more."""
    with model_desk() as models:
        print(_told(models.rollback(name)))


@models_app.command("history")
def history(as_json: AsJson = False) -> None:
    """List who changed which alias, when, from which version to which; the latest last."""
    with model_desk() as models:
        rows = models.history()
    print_rows(rows, columns=HISTORY_COLUMNS, as_json=as_json, empty="no alias was changed yet")


def _told(change: dict[str, Any]) -> str:
    name, before, after = change["model"], change["from"], change["to"]
    return f"{name}/{after} is the champion" + (f", before it was {name}/{before}" if before else "")
