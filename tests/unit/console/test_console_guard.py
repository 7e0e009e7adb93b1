"""Which paths need a session, and where a login may lead."""

from __future__ import annotations

import pytest

from console.guard import is_open, safe_target


@pytest.mark.parametrize(
    "path", ["/", "/cameras", "/alerts/a1", "/statistics", "/system", "/loginx", "/_nicegui_ws/socket.io/"]
)
def test_pages_and_their_sockets_need_a_session(path: str) -> None:
    assert not is_open(path)


@pytest.mark.parametrize(
    "path", ["/login", "/healthz", "/readyz", "/metrics", "/docs", "/assets/console.css", "/_nicegui/3/x.js"]
)
def test_probes_files_and_the_login_do_not(path: str) -> None:
    assert is_open(path)


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_a_login_never_leads_to_another_site(path: str) -> None:
    assert safe_target(path) == "/"


def test_a_login_leads_back_to_the_page_that_was_asked_for() -> None:
    assert safe_target("/alerts/a1?x=1") == "/alerts/a1?x=1"
