"""What endpoints answer, for the API's description: `responses=answers(CameraAnswer, 404, 409)`.

A shape only describes: nothing is checked or left out at run time, which would cost each answer; tests compare the
real answers with it. Problems that every endpoint may give (login, input, a part that is away) are added by openapi.py.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

PROBLEM = "application/problem+json"
Shape = TypeVar("Shape")
Responses = dict[int | str, dict[str, Any]]  # as FastAPI's `responses=`

_BINARY = {"type": "string", "format": "binary"}
WHY: dict[int, str] = {
    401: "Nobody is logged in, or the name, password or token is wrong",
    403: "The role, the token's scope or the CSRF token does not allow it",
    404: "There is no such thing, or it is out of reach",
    409: "A name in use, or a state that does not allow it",
    413: "The body is too large",
    415: "The body is of a kind that is not read here",
    422: "The input is wrong; `errors` names the fields",
    429: "Too many at once, or too often; with Retry-After",
    503: "A part that is needed is away; with Retry-After",
}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(examples=["zones[0].polygon"])
    message: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:maskwatch:not_found"])
    title: str
    status: int
    detail: str = Field(description="one sentence for a person")
    code: str = Field(description="stable, for programs", examples=["not_found"])
    errors: list[FieldProblem] | None = None


class Page(BaseModel, Generic[Shape]):
    """One page of a list."""

    items: list[Shape]
    next: str | None = Field(description="the `cursor` of the next page; null: this was the last")


def answers(shape: Any = None, *statuses: int, status: int = 200) -> Responses:
    """An answer of that shape (a pydantic model, a dataclass, or `Page[…]`; None: without a body), and its problems."""
    said: Responses = {} if shape is None else {status: {"model": shape}}
    return {**said, **problems(*statuses)}


def file(*said: str | int, shape: Any = None) -> Responses:
    """A file of one of the media types said (text/csv, …), or with `shape` also JSON of that shape; and problems."""
    types, statuses = [one for one in said if isinstance(one, str)], [one for one in said if isinstance(one, int)]
    answer: dict[str, Any] = {"content": {one: {"schema": _schema_of(one)} for one in types}}
    return {200: answer if shape is None else {**answer, "model": shape}, **problems(*statuses)}


def picture(*statuses: int) -> Responses:
    """A JPEG."""
    return file("image/jpeg", 404, *statuses)


def problems(*statuses: int) -> Responses:
    """Problem documents of these statuses."""
    return {status: problem_of(status) for status in statuses}


def _schema_of(media_type: str) -> dict[str, Any]:
    if media_type == "application/json":
        return {"type": ["array", "object"]}
    return {"type": "string"} if media_type.startswith(("text/", "application/yaml")) else _BINARY


def problem_of(status: int) -> dict[str, Any]:
    """How one status is described."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": WHY.get(status, HTTPStatus(status).phrase), "content": {PROBLEM: {"schema": schema}}}
