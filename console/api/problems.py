"""Every error as problem+json (RFC 9457) with a stable `code`."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

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
from console.errors import (
    FieldError,
    ForgedRequest,
    InvalidForm,
    NotAllowed,
    NotLoggedIn,
    NotVouchedFor,
    SlowUpload,
    TooManyAtOnce,
    TooManyLogins,
    UnsupportedBody,
    WrongCredentials,
)
from console.forms import field_errors

log = structlog.get_logger(__name__)

# The first match wins: a kind stands above the kind it belongs to.
STATUSES: tuple[tuple[type[MaskwatchError], HTTPStatus], ...] = (
    (NotLoggedIn, HTTPStatus.UNAUTHORIZED),
    (WrongCredentials, HTTPStatus.UNAUTHORIZED),
    (NotVouchedFor, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (ForgedRequest, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidInput, HTTPStatus(422)),
    (UnreadableImage, HTTPStatus(422)),
    (ImageTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (UnsupportedBody, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (TooManyLogins, HTTPStatus.TOO_MANY_REQUESTS),
    (TooManyAtOnce, HTTPStatus.TOO_MANY_REQUESTS),
    (SlowUpload, HTTPStatus.REQUEST_TIMEOUT),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)
CLIENT_GONE = 499  # nobody reads it; access logs of proxies know it from nginx
TITLES = {422: "The input is wrong"}  # the standard's own title ("Unprocessable …") tells nobody anything


def status_of(error: MaskwatchError) -> HTTPStatus:
    """The HTTP status an error is answered with."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """One problem document."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    body = {"type": f"urn:maskwatch:{code}", "title": title, "status": status, "detail": detail, "code": code, **more}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


def answer_with_problems(app: FastAPI) -> None:
    """Let the app answer every error so."""

    @app.exception_handler(MaskwatchError)
    def known(_request: Request, error: MaskwatchError) -> JSONResponse:
        status = status_of(error)
        headers, more = {}, {}
        if isinstance(error, Overloaded):
            headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
        elif status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = "1"
        elif status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, InvalidForm):
            more["errors"] = [vars(one) for one in error.errors]
        return problem(status, error.code, str(error), headers=headers, **more)

    @app.exception_handler(RequestValidationError)
    def wrong_input(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = field_errors(error.errors())
        return problem(422, InvalidInput.code, _sentence(fields), errors=[vars(one) for one in fields])

    @app.exception_handler(HTTPException)
    def plain(_request: Request, error: HTTPException) -> JSONResponse:
        code = getattr(error, "code", None) or HTTPStatus(error.status_code).name.lower()
        return problem(error.status_code, code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return Response(status_code=CLIENT_GONE)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("request.failed", path=request.url.path, exc_info=error)
        return problem(500, "internal", "Something went wrong on our side; the log says what.")


def _sentence(fields: list[FieldError]) -> str:
    return "; ".join(f"{one.field}: {one.message}" for one in fields)
