"""`maskwatch models`: the models of the repository, and which of their versions answers."""

from __future__ import annotations

import getpass
import json
import os
import socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

from common.errors import MaskwatchError
from common.runtime.logs import configure_logging
from common.settings import load_settings
from maskwatch.cli.output import AsJson, print_rows

if TYPE_CHECKING:
    from model_api.registry import ModelRegistry

models_app = typer.Typer(help="The models of the repository, and which version answers.", no_args_is_help=True)

COLUMNS = ("name", "version", "alias", "kind", "state", "runs_by", "input_size", "created", "licence")
HISTORY_COLUMNS = ("at", "by", "action", "model", "from", "to")

Name = Annotated[str, typer.Argument(help="The model, such as yoloface-server.", show_default=False)]
Version = Annotated[str, typer.Argument(help="Its version.", show_default=False)]
Promoted = Annotated[str | None, typer.Argument(help="Its version; the challenger when left out.", show_default=False)]


@models_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List every model with its version, its alias, whether its checksum is right, what runs it, and its origin."""
    from model_api.engines.choose import told

    registry, settings = _registry(), load_settings()
    engine = told(settings.engine, settings.device)
    aliases = registry.file.read()
    champions, repository = registry.champions(aliases), registry.repository
    rows = []
    for name in repository.names():
        parts = {champions[name]: "champion", aliases.challengers.get(name): "challenger"}
        for version in repository.versions(name):
            state, about = _checked(registry, name, version)
            known = {"name": name, "version": version, "alias": parts.get(version), "state": state, "runs_by": engine}
            rows.append({**about, **known})
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty=f"no models in {repository.root}")
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)


@models_app.command("challenge")
def challenge(name: Name, version: Version) -> None:
    """Try a version beside the champion on live pictures (MASKWATCH_SHADOW); it answers nobody."""
    aliases = _registry().challenge(name, version, by=_person())
    print(f"{name}/{version} challenges {name}/{aliases.champions[name]}")


@models_app.command("promote")
def promote(name: Name, version: Promoted = None) -> None:
    """Let a version answer, once it is whole and has answered a picture; running services take it by themselves."""
    aliases = _registry().promote(name, version, by=_person())
    print(_told(name, aliases.history[-1].before, aliases.champions[name]))


@models_app.command("rollback")
def rollback(name: Name) -> None:
    """Let the champion before this one answer again; once more goes back one more."""
    aliases = _registry().rollback(name, by=_person())
    print(_told(name, aliases.history[-1].before, aliases.champions[name]))


@models_app.command("history")
def history(as_json: AsJson = False) -> None:
    """List who changed which alias, when, from which version to which; the latest last."""
    changes = _registry().file.read().history
    rows = [change.model_dump(by_alias=True) for change in changes]
    print_rows(rows, columns=HISTORY_COLUMNS, as_json=as_json, empty="no alias was changed yet")


def _registry() -> ModelRegistry:
    from model_api.registry import ModelRegistry  # needs the engine; `--help` needs none

    settings = load_settings()
    configure_logging(form=settings.log_format, level="WARNING", service="models")
    return ModelRegistry(settings)


def _checked(registry: ModelRegistry, name: str, version: str) -> tuple[str, dict[str, Any]]:
    """Its state, and its description when that can be trusted."""
    from model_api.repository import DESCRIPTION

    try:
        registry.repository.load(name, version)
        path = registry.repository.root / name / version / DESCRIPTION
        return "ok", json.loads(path.read_text(encoding="utf-8"))
    except MaskwatchError as exc:
        return str(exc), {}


def _told(name: str, before: str | None, after: str) -> str:
    return f"{name}/{after} is the champion" + (f", before it was {name}/{before}" if before else "")


def _person() -> str:
    """Who is at the shell: user@host; containers may run a user without a name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
