"""`maskwatch models`: the models of the repository."""

from __future__ import annotations

import json

import typer

from common.errors import MaskwatchError
from common.settings import load_settings
from maskwatch.cli.output import AsJson, print_rows

models_app = typer.Typer(help="The models of the repository.", no_args_is_help=True)

COLUMNS = ("name", "version", "kind", "state", "input_size", "created", "licence")


@models_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List every model with its version, whether its checksum is right, and where it comes from."""
    from model_api.repository import DESCRIPTION, PACKAGED, ModelRepository

    root = load_settings().models or PACKAGED
    repository = ModelRepository(root)
    rows = []
    for path in sorted(root.glob(f"*/*/{DESCRIPTION}")):
        name, version = path.parts[-3:-1]
        try:
            repository.load(name, version)
            state, about = "ok", json.loads(path.read_text(encoding="utf-8"))
        except MaskwatchError as exc:
            state, about = str(exc), {}
        rows.append({**about, "name": name, "version": version, "state": state})
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty=f"no models in {root}")
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)
