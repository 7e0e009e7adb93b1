"""`maskwatch config` and `maskwatch db`: the settings, and the schema."""

from __future__ import annotations

import sys
from dataclasses import asdict

import typer
from pydantic import SecretStr

from common.errors import Conflict
from common.settings import PREFIX, Settings, load_settings, sources, unknown_variables
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.retention import DryRun
from maskwatch.cli.state import adapters
from maskwatch.keys import new_key
from maskwatch.secrets import masked

config_app = typer.Typer(help="The settings.", no_args_is_help=True)
db_app = typer.Typer(help="The database: its schema, and the secrets in it.", no_args_is_help=True)


@config_app.command("show")
def show(as_json: AsJson = False) -> None:
    """Print every setting with its value and where it comes from; secrets are masked."""
    settings = load_settings()
    origin = sources(settings)
    rows = [
        {
            "variable": f"{PREFIX}{name.upper()}",
            "value": _shown(getattr(settings, name)),
            "source": origin[name],
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    print_rows(rows, columns=("variable", "value", "source", "meaning"), as_json=as_json, empty="no settings")


@config_app.command("check")
def check() -> None:
    """Check that every setting can be read and every address has a known scheme; name variables that are no setting."""
    with adapters():
        for sentence in unknown_variables():
            print(sentence, file=sys.stderr)
        print("ok")


@config_app.command("key")
def key() -> None:
    """Print a new key, for MASKWATCH_ENCRYPTION_KEY or MASKWATCH_SECRET_KEY."""
    print(new_key())


@db_app.command("upgrade")
def upgrade() -> None:
    """Bring the schema to this version's; a new installation gets its first rule."""
    from analyzer.defaults import ensure_default_rules

    with adapters() as opened:
        opened.repository.upgrade()
        ensure_default_rules(opened.repository)
    print("the schema is up to date")


@db_app.command("check")
def check_schema(as_json: AsJson = False) -> None:
    """Check that the database answers and its schema is this version's."""
    with adapters() as opened:
        opened.repository.check()
    print_one({"database": "ok"}, as_json=as_json)


@db_app.command("rotate-secrets")
def rotate_secrets(dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Seal all passwords, tokens and addresses with the newest key of MASKWATCH_ENCRYPTION_KEY.

    Put the new key before the old one, restart all services, run this, then take the old one away. It may run at any
    time, and again.
    """
    with adapters() as opened:
        opened.repository.upgrade()
        done = opened.repository.reseal(is_dry_run=dry_run)
    print_one({"dry_run": dry_run, **asdict(done)}, as_json=as_json)
    if done.unreadable:
        raise Conflict(f"{done.unreadable} were left alone: MASKWATCH_ENCRYPTION_KEY holds no key that opens them")


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    return masked(str(value)) if value is not None else ""
