"""`maskwatch users` and `maskwatch tokens`: who may use the console, and by which secret."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

import typer

from common.domain.user import Role, TokenKind, User
from common.errors import NotFound
from common.ports.repository import Unit
from console.auth import create_token
from console.users import change_password, create_user, remove_user
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.state import unit

users_app = typer.Typer(help="Who may use the console.", no_args_is_help=True)
tokens_app = typer.Typer(help="Secrets by which scripts use the API.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user's name.")]
Password = Annotated[str | None, typer.Option(help="Generated and printed when not given.")]


@users_app.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    password: Password = None,
) -> None:
    """Add a user."""
    chosen = password or secrets.token_urlsafe(12)
    with unit() as work:
        create_user(work, name, chosen, role)
    print(f"{name} added" if password else f"{name} added; password: {chosen}")


@users_app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the users."""
    with unit() as work:
        rows = [
            {"id": user.id, "name": user.name, "role": user.role.value, "created_at": user.created_at}
            for user in work.users.all()
        ]
    print_rows(rows, columns=("id", "name", "role", "created_at"), as_json=as_json, empty="no users yet")


@users_app.command("passwd")
def passwd(name: Name, password: Password = None) -> None:
    """Give a user a new password; all of their sessions end."""
    chosen = password or secrets.token_urlsafe(12)
    with unit() as work:
        change_password(work, name, chosen)
    print("changed" if password else f"new password: {chosen}")


@users_app.command("remove")
def remove(name: Name) -> None:
    """Remove a user with all sessions and tokens."""
    with unit() as work:
        remove_user(work, _user(work, name).id)
    print(f"{name} removed")


@tokens_app.command("create")
def create(
    user: Annotated[str, typer.Argument(help="Whose rights it has.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[float, typer.Option(min=0.01, max=3650, help="How long it is valid.")] = 365,
) -> None:
    """Make a token and print its secret: it is shown this once."""
    with unit() as work:
        token, secret = create_token(work, _user(work, user), name=name, life=timedelta(days=days))
    print(f"{token.id}  {secret}")


@tokens_app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List the API tokens; never their secrets."""
    with unit() as work:
        names = {user.id: user.name for user in work.users.all()}
        rows = [
            {"id": token.id, "user": names[token.user_id], "name": token.name, "expires_at": token.expires_at}
            for token in work.users.tokens(kind=TokenKind.API)
        ]
    print_rows(rows, columns=("id", "user", "name", "expires_at"), as_json=as_json, empty="no tokens yet")


@tokens_app.command("revoke")
def revoke(token_id: Annotated[str, typer.Argument(help="The token's id.")]) -> None:
    """End a token at once."""
    with unit() as work:
        if token_id not in {token.id for token in work.users.tokens(kind=TokenKind.API)}:
            raise NotFound(f"there is no token {token_id!r}")
        work.users.remove_token(token_id)
    print(f"{token_id} revoked")


def _user(work: Unit, name: str) -> User:
    user = work.users.find(name)
    if user is None:
        raise NotFound(f"there is no user {name!r}")
    return user
