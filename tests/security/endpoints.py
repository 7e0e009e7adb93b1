"""Every endpoint of the API, as the app itself lists them, with what each asks of its callers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from httpx import Client

from console.api import reachable
from console.api.access import REQUIREMENTS, Needs, seen_by

SAFE = ("GET", "HEAD", "OPTIONS")
PREFIX = "/api/v1"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    needs: tuple[Needs, ...]
    checks: tuple[str, ...]  # names of console/api/reachable.py's functions that it depends on
    notes_looks: bool
    operation: str  # its id

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    @property
    def need(self) -> Needs:
        [only] = self.needs
        return only


def endpoints(app: FastAPI) -> list[Endpoint]:
    """Those below /api/v1."""
    routes = [found for found in iter_route_contexts(app.routes) if isinstance(found.original_route, APIRoute)]
    ours = [route for route in routes if str(route.path).startswith(PREFIX)]
    return [
        _endpoint(method, str(route.path), route.dependant, route.unique_id)
        for route in ours
        for method in route.methods or ()
    ]


def _endpoint(method: str, path: str, dependant: Dependant, operation: str) -> Endpoint:
    calls = list(_calls(dependant))
    return Endpoint(
        method=method,
        path=path,
        needs=tuple(REQUIREMENTS[call] for call in calls if call in REQUIREMENTS),
        checks=tuple(call.__name__ for call in calls if call.__module__ == reachable.__name__),
        notes_looks=seen_by in calls,
        operation=operation,
    )


def ask(client: Client, endpoint: Endpoint, *, headers: dict[str, str] | None = None, **ids: str) -> tuple[int, str]:
    """Its status and, where it is a problem, the problem's code. Parameters of the path that are not given are `x`."""
    path = re.sub(
        r"{(\w+)(?::\w+)?}", lambda found: ids.get(found[1], "0" if found[1] == "face" else "x"), endpoint.path
    )
    body: Any = None if endpoint.method in ("GET", "DELETE") else {}
    with client.stream(endpoint.method, path, json=body, headers=headers) as answer:
        if answer.headers.get("content-type", "").startswith("application/problem+json"):
            return answer.status_code, str((answer.read(), answer.json())[1]["code"])
        return answer.status_code, ""  # of the event stream nothing more is read


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for one in dependant.dependencies:
        if one.call is not None:
            yield one.call
        yield from _calls(one)
