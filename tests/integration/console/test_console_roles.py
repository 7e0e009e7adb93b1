"""Who may do what, over every endpoint there is."""

from __future__ import annotations

import re

import pytest
from httpx import Client
from world import World

from console.api.build import create_api

OPEN = {
    ("POST", "/api/v1/login"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"),
}  # fmt: skip
EVERYBODY = {("POST", "/api/v1/logout")}
OPERATORS = {
    ("POST", "/api/v1/alerts/{alert_id}/ack"),
    ("POST", "/api/v1/alerts/{alert_id}/note"),
    ("POST", "/api/v1/alerts/{alert_id}/false-positive"),
    ("POST", "/api/v1/alerts/{alert_id}/snooze"),
    ("POST", "/api/v1/alerts/{alert_id}/feedback"),
    ("POST", "/api/v1/snapshots/{snapshot_id}/faces/{face}/feedback"),
    ("POST", "/api/v1/silences"),
    ("DELETE", "/api/v1/silences/{silence_id}"),
    ("POST", "/api/v1/rules/test"),
    ("POST", "/api/v1/rules/{rule_id}/test"),
}
ONLY_ADMINS_READ = {("GET", "/api/v1/users"), ("GET", "/api/v1/tokens")}


def operations(world: World) -> list[tuple[str, str]]:
    paths = create_api(world.console).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def ask(client: Client, method: str, path: str) -> str:
    """The code of the answer; empty when it was let in."""
    answer = client.request(method, re.sub(r"{\w+}", "x", path), json={} if method in ("POST", "PATCH") else None)
    return str(answer.json()["code"]) if answer.status_code in (401, 403) else ""


def test_nothing_is_answered_to_a_stranger(stranger: Client, world: World) -> None:
    asked = [one for one in operations(world) if one not in OPEN]
    assert len(asked) > 30
    assert {one: ask(stranger, *one) for one in asked} == dict.fromkeys(asked, "not_logged_in")


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_changes_need_the_role_that_is_written_here(role: str, request: pytest.FixtureRequest, world: World) -> None:
    client: Client = request.getfixturevalue(role)
    changes = {one for one in operations(world) if one[0] != "GET"} - OPEN - EVERYBODY
    refused = (changes | ONLY_ADMINS_READ) - (OPERATORS if role == "operator" else set())
    assert {one: ask(client, *one) for one in refused} == dict.fromkeys(refused, "not_allowed")


def test_an_operator_works_with_alerts(operator: Client, world: World) -> None:
    assert {ask(operator, *one) for one in OPERATORS} == {""}


def test_a_viewer_looks_at_everything_else(viewer: Client, world: World) -> None:
    looks = {one for one in operations(world) if one[0] == "GET"} - ONLY_ADMINS_READ - {("GET", "/api/v1/stream")}
    assert {one: ask(viewer, *one) for one in looks} == dict.fromkeys(looks, "")


def test_unknown_paths_of_the_api_are_problems_too(viewer: Client) -> None:
    answer = viewer.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:maskwatch:not_found"


def test_every_answer_carries_the_security_headers(stranger: Client) -> None:
    for path in ("/healthz", "/docs", "/api/v1/me", "/api/nothing"):
        headers = stranger.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
