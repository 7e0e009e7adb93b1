"""Users, tokens and the audit log of a console, and one's own account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.api.shapes.people import (
    AuditAnswer,
    NewTokenAnswer,
    NewUserAnswer,
    SessionAnswer,
    TokenAnswer,
    UserAnswer,
)
from maskwatch.client.connection import Connection, Query, named


class Users:
    """Who may use the console."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[UserAnswer]:
        """All, by name."""
        return self._connection.pages(UserAnswer, "users")

    def get(self, user_id: str) -> UserAnswer:
        """One user."""
        return self._connection.read(UserAnswer, "GET", named("users/{}", user_id))

    def add(self, **fields: Any) -> NewUserAnswer:
        """One more: `name`, and what else docs/console.md names."""
        return self._connection.read(NewUserAnswer, "POST", "users", json=fields)

    def change(self, user_id: str, **fields: Any) -> UserAnswer:
        """Change what is named."""
        return self._connection.read(UserAnswer, "PATCH", named("users/{}", user_id), json=fields)

    def remove(self, user_id: str) -> None:
        """With all sessions and tokens."""
        self._connection.request("DELETE", named("users/{}", user_id))


class Tokens:
    """Secrets of scripts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[TokenAnswer]:
        """All that one may see; never their secrets."""
        return self._connection.pages(TokenAnswer, "tokens")

    def add(self, **fields: Any) -> NewTokenAnswer:
        """Make one; its secret is in this answer and never again."""
        return self._connection.read(NewTokenAnswer, "POST", "tokens", json=fields)

    def remove(self, token_id: str) -> None:
        """Revoke it."""
        self._connection.request("DELETE", named("tokens/{}", token_id))


class Account:
    """One's own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def change_password(self, *, old: str, new: str) -> None:
        """All other sessions end."""
        self._connection.request("POST", "me/password", json={"old": old, "new": new})

    def sessions(self) -> Iterator[SessionAnswer]:
        """Where one is logged in."""
        return self._connection.pages(SessionAnswer, "me/sessions")

    def end_session(self, session_id: str) -> None:
        """End one of them."""
        self._connection.request("DELETE", named("me/sessions/{}", session_id))

    def log_in(self, name: str, password: str) -> str:
        """By password: the CSRF token of the session. Scripts take a token instead."""
        answer = self._connection.json("POST", "login", json={"name": name, "password": password})
        return str(answer["csrf_token"])

    def log_out(self) -> None:
        """Revoke the token that this client has."""
        self._connection.request("POST", "logout")


class Audit:
    """Who did what."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        by: str | None = None,
        action: str | None = None,
        camera: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> Iterator[AuditAnswer]:
        """The newest first."""
        return self._connection.pages(AuditAnswer, "audit", _query(by, action, camera, after, before))

    def csv(
        self,
        *,
        by: str | None = None,
        action: str | None = None,
        camera: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> str:
        """The same as a sheet."""
        query = {**_query(by, action, camera, after, before), "format": "csv"}
        return self._connection.request("GET", "audit", query=query).text


def _query(
    by: str | None, action: str | None, camera: str | None, after: datetime | None, before: datetime | None
) -> Query:
    return {"by": by, "action": action, "camera": camera, "after": after, "before": before}
