"""The API's description, /openapi.json: made from the routes, completed by what holds for all of them.

Nobody can forget these at a new endpoint: how to log in, and the problems that follow from what an operation takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from console.api.access import SESSION_COOKIE, identity_of_request
from console.api.answers import Problem, problem_of

Document = dict[str, Any]

SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "an API token: `Authorization: Bearer …`"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "a browser's session; a change also needs the header X-CSRF-Token",
    },
}
VERBS = ("add", "change", "end", "remove", "test", "edit", "list", "show")
METHODS = ("get", "post", "put", "patch", "delete")
ABOUT = (
    "What the console's pages do, for scripts. Lists come in pages: ask with `cursor` until `next` is null. "
    "Times are RFC 3339; without an offset they are UTC."
)


def operation_id(route: APIRoute) -> str:
    """The endpoint's function, a bare verb with its resource: what a client's method is called, and the audit log
    names."""
    return f"{route.name}_{str(route.tags[0]).removesuffix('s')}" if route.name in VERBS else route.name


def describe(app: FastAPI) -> None:
    """Let the app describe itself so."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
            app.openapi_schema = _completed(made, _with_login(app))
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _completed(document: Document, with_login: set[str]) -> Document:
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY
    schemas = components.setdefault("schemas", {})
    made = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= made.pop("$defs", {}) | {"Problem": made}
    for path, operation in _operations(document):
        is_open = operation["operationId"] not in with_login
        if not is_open:
            operation["security"] = [{name: []} for name in SECURITY]
        if path.startswith("/api/"):  # what probes ask has answers of its own
            _add_problems(operation, is_open=is_open)
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                _point_only(content)
    for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own words for 422, which are not ours
        schemas.pop(unused, None)
    return document


def _operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in document["paths"].items():
        yield from ((path, found[method]) for method in METHODS if method in found)


def _add_problems(operation: dict[str, Any], *, is_open: bool) -> None:
    parameters, body = operation.get("parameters", []), operation.get("requestBody")
    statuses = [503]
    if not is_open:
        statuses += [401, 403]
    if parameters or body:
        statuses += [422]
    if body:
        statuses += [413]
    if any(one["in"] == "path" for one in parameters):
        statuses += [404]
    if "422" in operation["responses"]:
        operation["responses"]["422"] = problem_of(422)
    for status in sorted(statuses):
        operation["responses"].setdefault(str(status), problem_of(status))


def _point_only(content: dict[str, Any]) -> None:
    """A shape that is named says all: beside it FastAPI leaves what it knows of the function's own return type."""
    schema = content.get("schema", {})
    if "$ref" in schema:
        content["schema"] = {"$ref": schema["$ref"]}


def _with_login(app: FastAPI) -> set[str]:
    """The operations that ask who is there."""
    routes = (found for found in iter_route_contexts(app.routes) if isinstance(found.original_route, APIRoute))
    return {route.unique_id for route in routes if _asks(route.dependant)}


def _asks(dependant: Dependant) -> bool:
    return dependant.call is identity_of_request or any(_asks(one) for one in dependant.dependencies)
