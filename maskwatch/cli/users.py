"""`maskwatch users` and `maskwatch tokens`: who may use the console, and by which secret."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from common.domain.user import Role
from maskwatch.cli.desk import desk
from maskwatch.cli.finding import find_user
from maskwatch.cli.output import AsJson, print_rows, row_of

users_app = typer.Typer(help="Who may use the console.", no_args_is_help=True)
tokens_app = typer.Typer(help="Secrets by which scripts use the API.", no_args_is_help=True)

USER_COLUMNS = ("id", "name", "role", "sites", "tags", "created_at")
TOKEN_COLUMNS = ("id", "user", "name", "role", "scopes", "expires_at", "used_at")

Name = Annotated[str, typer.Argument(help="The user's name.")]
Password = Annotated[str | None, typer.Option(help="Generated and printed when not given.")]
Sites = Annotated[list[str] | None, typer.Option("--site", help="Only cameras at this site, or with a --tag.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only cameras with this tag, or at a --site.")]


@users_app.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    password: Password = None,
    site: Sites = None,
    tag: Tags = None,
) -> None:
    """Add a user."""
    with desk() as api:
        made = api.users.add(name=name, role=role, password=password, sites=site or [], tags=tag or [])
    print(f"{name} added" if made.password is None else f"{name} added; password: {made.password}")


@users_app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the users."""
    with desk() as api:
        rows = [row_of(user) for user in api.users.list()]
    print_rows(rows, columns=USER_COLUMNS, as_json=as_json, empty="no users yet")


@users_app.command("passwd")
def passwd(name: Name, password: Password = None) -> None:
    """Give a user a new password; all of their sessions end."""
    chosen = password or secrets.token_urlsafe(12)
    with desk() as api:
        api.users.change(find_user(api, name).id, password=chosen)
    print("changed" if password else f"new password: {chosen}")


@users_app.command("remove")
def remove(name: Name) -> None:
    """Remove a user with all sessions and tokens."""
    with desk() as api:
        api.users.remove(find_user(api, name).id)
    print(f"{name} removed")


@tokens_app.command("create")
def create(
    user: Annotated[str, typer.Argument(help="Whose rights it has.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")] = 365,
    role: Annotated[Role | None, typer.Option(help="At most this; else the user's.")] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="What it is for, such as cameras or alerts:read; else everything.")
    ] = None,
) -> None:
    """Make a token and print its secret: it is shown this once."""
    with desk() as api:
        made = api.tokens.add(user=user, name=name, days=days, role=role, scopes=scope or [])
    print(f"{made.id}  {made.token}")


@tokens_app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List the API tokens; never their secrets."""
    with desk() as api:
        rows = [row_of(token) for token in api.tokens.list()]
    print_rows(rows, columns=TOKEN_COLUMNS, as_json=as_json, empty="no tokens yet")


@tokens_app.command("revoke")
def revoke(token_id: Annotated[str, typer.Argument(help="The token's id.")]) -> None:
    """End a token at once."""
    with desk() as api:
        api.tokens.remove(token_id)
    print(f"{token_id} revoked")
