"""Every change by the API is written down: who, from where, what, which fields, and whether it was done.

It stands around all endpoints, so none can be forgotten; tests/security walks the routes for that.
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.domain.audit import AuditEntry
from common.errors import MaskwatchError
from console.api.access import SAFE_METHODS
from console.api.openapi import operation_id
from console.audit import Repeats, repeated_id
from console.auth import Identity
from console.context import Console

log = structlog.get_logger(__name__)

PREFIX = "/api/v1/"
ARRIVAL = PREFIX + "login/oidc/callback"  # a login, though it is a GET
READ_BYTES = 100_000  # of a JSON body, to name its fields; of longer ones none are named
# Asked several times a second for hours, or while somebody writes: one entry for each person and outcome within an
# hour, with how often.
OFTEN = frozenset({"ask_gate", "try_pictures", "check_rule"})
MOST_FIELDS = 40
FIELD_LENGTH = 60  # names are ours, unless somebody sends nonsense


class Recorder:
    """Around the whole app; a request that changes nothing passes."""

    def __init__(self, app: ASGIApp, *, console: Console, repeats: Repeats) -> None:
        self._app = app
        self._console = console
        self._repeats = repeats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and write it down before the answer goes out."""
        if scope["type"] != "http" or not _is_recorded(scope):
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive)
        is_recorded = False

        async def record(status: int, location: str = "") -> None:
            nonlocal is_recorded
            is_recorded = True
            await run_in_threadpool(self._record, scope, body.fields(), status, location)

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                await record(message["status"], Headers(raw=message["headers"]).get("location", ""))
            await send(message)

        try:
            await self._app(scope, body.receive, send_recorded)
        finally:
            if not is_recorded:  # it broke, or whoever asked hung up
                await record(500)

    def _record(self, scope: Scope, fields: tuple[str, ...], status: int, location: str) -> None:
        try:
            entry = self._entry(scope, fields, status, location)
            if entry.user_id and entry.until is None:
                with self._console.repository.begin() as unit:
                    unit.audit.add(entry)
            else:
                self._repeats.note(entry)
        except MaskwatchError as exc:  # it is done already
            log.error("audit.not_stored", path=scope["path"], status=status, error=str(exc))

    def _entry(self, scope: Scope, fields: tuple[str, ...], status: int, location: str) -> AuditEntry:
        state, at = scope.get("state", {}), self._console.clock()
        route = scope.get("route")
        action = operation_id(route) if isinstance(route, APIRoute) else "unknown"
        if state.get("refused"):  # and told so by a page
            status = 401
        target = (location if status == 201 and location else scope["path"]).removeprefix(PREFIX)
        client = scope.get("client")
        address = client[0] if client else ""
        who = state.get("identity")
        if isinstance(who, Identity):
            often = repeated_id(action, who.user_id, who.token_name, str(status), at=at) if action in OFTEN else ""
            return AuditEntry(
                id=often or self._console.new_id(),
                at=at,
                until=at if often else None,
                by=who.name,
                user_id=who.user_id,
                token=who.token_name,
                address=address,
                action=action,
                target=target,
                camera_id=str(scope.get("path_params", {}).get("camera_id", "")),
                fields=fields,
                status=status,
            )
        by = self._known_name(state.get("claimed_name", ""))
        # Of strangers one entry stands for all alike within an hour: nobody fills the database by being refused.
        key = repeated_id("stranger", address, by, action, str(status), at=at)
        known = target if action != "unknown" else ""
        return AuditEntry(id=key, at=at, by=by, address=address, action=action, target=known, status=status, until=at)

    def _known_name(self, name: str) -> str:
        """The name that somebody tried to log in with, if it is anybody's: else it may be a mistyped password."""
        if not name:
            return ""
        with self._console.repository.begin() as unit:
            return name if unit.users.find(name) else ""


def _is_recorded(scope: Scope) -> bool:
    path = scope["path"]
    return path == ARRIVAL or (scope["method"] not in SAFE_METHODS and path.startswith(PREFIX))


class _Body:
    """Reads along while the body is received."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._is_json = "json" in Headers(scope=scope).get("content-type", "")
        self._read = bytearray()

    async def receive(self) -> Message:
        message = await self._receive()
        if self._is_json and message["type"] == "http.request" and len(self._read) <= READ_BYTES:
            self._read += message.get("body", b"")
        return message

    def fields(self) -> tuple[str, ...]:
        """The names on the top level of a JSON object."""
        if not self._read or len(self._read) > READ_BYTES:
            return ()
        try:
            sent: Any = json.loads(self._read)
        except (ValueError, RecursionError):
            return ()
        return tuple(sorted(name[:FIELD_LENGTH] for name in sent)[:MOST_FIELDS]) if isinstance(sent, dict) else ()
