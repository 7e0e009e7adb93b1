"""The cookies of a browser that is logged in."""

from __future__ import annotations

from fastapi import Request, Response

from console.api.access import CSRF_COOKIE, SESSION_COOKIE
from console.auth import SESSION_LIFE
from console.login import Session

LIFE_SECONDS = int(SESSION_LIFE.total_seconds())


def set_cookies(request: Request, response: Response, session: Session) -> None:
    """Give the browser its session; `Secure` wherever the page came by HTTPS."""
    response.set_cookie(
        SESSION_COOKIE, session.secret, max_age=LIFE_SECONDS, httponly=True, samesite="lax", secure=is_secure(request)
    )
    set_csrf_cookie(request, response, session.csrf)


def set_csrf_cookie(request: Request, response: Response, csrf: str) -> None:
    """What our own pages send back with each change."""
    response.set_cookie(
        CSRF_COOKIE, csrf, max_age=LIFE_SECONDS, httponly=False, samesite="strict", secure=is_secure(request)
    )


def clear_cookies(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    response.delete_cookie(CSRF_COOKIE, samesite="strict")


def is_secure(request: Request) -> bool:
    """Whether it came by HTTPS, to us or to a trusted proxy."""
    return request.url.scheme == "https"
