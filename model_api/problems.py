"""Errors as RFC 9457 problem details."""

from __future__ import annotations

import math
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from common.errors import (
    Conflict,
    ImageTooLarge,
    InvalidInput,
    MaskwatchError,
    NotFound,
    Overloaded,
    TransientError,
    UnreadableImage,
)
from model_api.bodies import UnsupportedBody
from model_api.errors import FetchFailed, SlowBody

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
CLIENT_GONE = 499  # nobody reads it; access logs of proxies know it from nginx
# The first that fits wins: kinds before their parents.
STATUSES: tuple[tuple[type[MaskwatchError], HTTPStatus], ...] = (
    (UnreadableImage, HTTPStatus.BAD_REQUEST),
    (ImageTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnsupportedBody, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (FetchFailed, HTTPStatus.BAD_GATEWAY),
    (SlowBody, HTTPStatus.REQUEST_TIMEOUT),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """How an error leaves over HTTP, whatever its body looks like."""

    status: HTTPStatus
    headers: dict[str, str]


def refuse(exc: MaskwatchError) -> Refusal:
    """The status and the headers of an error."""
    status = next((status for kind, status in STATUSES if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {}
    if isinstance(exc, ImageTooLarge | SlowBody):
        headers["Connection"] = "close"  # the rest of the body may still be on its way
    if isinstance(exc, TransientError):
        seconds = exc.retry_after_seconds if isinstance(exc, Overloaded) else 1.0
        headers["Retry-After"] = str(math.ceil(seconds))
    return Refusal(status=status, headers=headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the app leave as a problem."""
    app.add_exception_handler(MaskwatchError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_surprise)


def problem(status: int, *, code: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """`code` is stable, for programs; `detail` is a sentence, for people."""
    body = problem_body(status, code=code, detail=detail)
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def problem_body(status: int, *, code: str, detail: str) -> dict[str, str | int]:
    """The same as plain JSON values, for an error that is told within an answer."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}


def _on_error(_request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, MaskwatchError):
        return _on_surprise(_request, exc)
    refusal = refuse(exc)
    return problem(refusal.status, code=exc.code, detail=str(exc), headers=refusal.headers)


def _on_invalid(_request: Request, exc: Exception) -> JSONResponse:
    errors = exc.errors() if isinstance(exc, RequestValidationError) else []
    detail = "; ".join(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in errors)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, code=InvalidInput.code, detail=detail)


def _on_http(request: Request, exc: Exception) -> JSONResponse:
    if not isinstance(exc, HTTPException):
        return _on_surprise(request, exc)
    headers = dict(exc.headers) if exc.headers else None
    return problem(exc.status_code, code="http_error", detail=_told(request, exc), headers=headers)


def _told(request: Request, exc: HTTPException) -> str:
    """The router says no more than the status' own words; a person wants to know how to go on."""
    if exc.status_code == HTTPStatus.NOT_FOUND:
        return f"there is nothing at {request.url.path}; /docs lists every address"
    if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (exc.headers or {}).get("Allow", "another method")
        return f"{request.url.path} takes {allowed}, not {request.method}; /docs lists every address"
    return str(exc.detail)


def _on_gone(request: Request, _exc: Exception) -> Response:
    log.info("client.gone", path=request.url.path)
    return Response(status_code=CLIENT_GONE)


def _on_surprise(request: Request, exc: Exception) -> JSONResponse:
    log.error("request.failed", path=request.url.path, exc_info=exc)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, code="error", detail="an unexpected error; the log has it")
