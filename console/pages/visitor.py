"""Whoever looks at a page, and what they may do: asked again at every act, for sessions end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request
from nicegui import run, ui

from common.domain.user import Role
from common.errors import MaskwatchError
from console.api.access import SESSION_COOKIE, check_role
from console.auth import Identity, csrf_token
from console.context import Console
from console.errors import InvalidForm, NotLoggedIn
from console.login import who_holds
from console.scene import Watch
from console.texts import t

Answer = TypeVar("Answer")

TRUST_SECONDS = 5.0  # a page that only looks has its session checked so often


@dataclass(kw_only=True)
class Visitor:
    """One open page. What it calls runs in a thread: it may block."""

    console: Console
    watch: Watch
    identity: Identity
    secret: str = field(repr=False)
    theme: str = ""  # light, dark, or empty: as the system says
    checked_at: float = field(default_factory=time.monotonic)

    @property
    def csrf(self) -> str:
        """For forms that the page sends by itself."""
        return csrf_token(self.console.secret_key, self.identity.secret_hash)

    def may(self, role: Role) -> bool:
        """Whether to show what needs this role."""
        return self.identity.role.includes(role)

    async def look(self, read: Callable[[], Answer]) -> Answer | None:
        """Read something. None when the session has ended (the page is left) or a server does not answer."""

        def call() -> Answer:
            if time.monotonic() - self.checked_at > TRUST_SECONDS:
                self._check(Role.VIEWER)
            return read()

        return await self._run(call)

    async def act(self, role: Role, change: Callable[[], Answer]) -> Answer | None:
        """Do something that needs a role. None when it failed; the visitor was told why.

        Raises InvalidForm, for the form to show beside its fields.
        """

        def call() -> Answer:
            self._check(role)
            return change()

        return await self._run(call)

    async def _run(self, call: Callable[[], Answer]) -> Answer | None:
        try:
            return await run.io_bound(call)
        except InvalidForm:
            raise
        except NotLoggedIn:
            ui.navigate.to("/login")
        except MaskwatchError as exc:
            ui.notify(str(exc), type="negative", position="top")
        return None

    def _check(self, role: Role) -> None:
        identity = who_holds(self.console, self.secret)
        if identity is None:
            raise NotLoggedIn(t("session.ended"))
        self.identity, self.checked_at = identity, time.monotonic()
        check_role(identity, role)


@dataclass(frozen=True, kw_only=True)
class Door:
    """Lets visitors in; the guard before it has sent away everybody without a session."""

    console: Console
    watch: Watch

    async def enter(self, request: Request) -> Visitor:
        """The visitor of this request. Raises NotLoggedIn when the session ended just now."""
        secret = request.cookies.get(SESSION_COOKIE, "")
        identity = await run.io_bound(who_holds, self.console, secret)
        if identity is None:
            raise NotLoggedIn(t("session.ended"))
        theme = request.cookies.get("maskwatch_theme", "")
        return Visitor(console=self.console, watch=self.watch, identity=identity, secret=secret, theme=theme)
