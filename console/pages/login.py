"""The login: plain HTML, so that password managers and browsers without scripts can use it."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from common.errors import MaskwatchError
from console.api.access import SESSION_COOKIE, check_csrf
from console.api.login import address_of, clear_cookies, set_cookies
from console.api.problems import status_of
from console.context import Console
from console.errors import ForgedRequest
from console.guard import safe_target
from console.login import log_in, log_out, who_holds
from console.pages.login_form import LOGIN_FORM
from console.texts import t


def add_login(app: FastAPI, console: Console) -> None:
    """Add GET and POST /login, and POST /logout."""

    @app.get("/login", include_in_schema=False)
    def login_page(request: Request, next: str = "/") -> Response:
        if who_holds(console, request.cookies.get(SESSION_COOKIE)) is not None:
            return RedirectResponse(safe_target(next), status_code=303)
        return _page(target=safe_target(next))

    @app.post("/login", include_in_schema=False)
    def login(
        request: Request,
        name: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        next: Annotated[str, Form()] = "/",
    ) -> Response:
        try:
            _refuse_foreign(request)
            session = log_in(console, name=name, password=password, address=address_of(request))
        except MaskwatchError as exc:
            return _page(target=safe_target(next), name=name, error=str(exc), status=status_of(exc))
        response = RedirectResponse(safe_target(next), status_code=303)
        set_cookies(request, response, session)
        return response

    @app.post("/logout", include_in_schema=False)
    def logout(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
        identity = who_holds(console, request.cookies.get(SESSION_COOKIE))
        if identity is not None:
            check_csrf(console, identity, csrf)
            log_out(console, identity)
        response = RedirectResponse("/login", status_code=303)
        clear_cookies(response)
        return response


def _page(*, target: str, name: str = "", error: str = "", status: int = 200) -> HTMLResponse:
    values = {
        "app": t("app"),
        "title": t("login.title"),
        "name_label": t("login.name"),
        "password_label": t("login.password"),
        "submit": t("login.submit"),
        "hint": t("login.hint"),
        "name": name,
        "next": target,
    }
    html = LOGIN_FORM.substitute({key: escape(value) for key, value in values.items()}, error=_alert(error))
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def _alert(error: str) -> str:
    return f'<p class="error" role="alert">{escape(error)}</p>' if error else ""


def _is_own(request: Request) -> bool:
    """Whether the browser says that one of our own pages sent it; old browsers do not say."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def _refuse_foreign(request: Request) -> None:
    if not _is_own(request):
        raise ForgedRequest("The form was sent by another site.")
