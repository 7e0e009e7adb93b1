"""Which paths need a session, and what every answer says to the browser."""

from __future__ import annotations

import asyncio

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.responses import PlainTextResponse

from console.guard import POLICY, SecurityHeaders, is_open


@pytest.mark.parametrize("path", ["/", "/cameras", "/alerts/a1", "/statistics", "/system", "/loginx", "/logout"])
def test_pages_need_a_session(path: str) -> None:
    assert not is_open(path)


@pytest.mark.parametrize("path", ["/login", "/healthz", "/readyz", "/metrics", "/docs", "/assets/console.css"])
def test_probes_files_and_the_login_do_not(path: str) -> None:
    assert is_open(path)


def test_the_policy_lets_nothing_of_a_page_s_text_run() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY  # no other host


@pytest.mark.parametrize(("scheme", "said"), [("https", "max-age=31536000"), ("http", None)])
def test_who_came_by_https_is_told_to_come_so_again(scheme: str, said: str | None) -> None:
    async def ask() -> str | None:
        app = SecurityHeaders(PlainTextResponse("here"))
        async with AsyncClient(transport=ASGITransport(app=app), base_url=f"{scheme}://console.example") as client:
            answer = (await client.get("/")).headers.get("strict-transport-security")
            return None if answer is None else str(answer)

    assert asyncio.run(ask()) == said
