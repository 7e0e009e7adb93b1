"""Which paths need a session, and what every answer says to the browser."""

from __future__ import annotations

import pytest

from console.guard import POLICY, is_open


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
