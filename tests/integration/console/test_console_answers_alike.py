"""What every answer of the API has in common."""

from __future__ import annotations

from httpx import Client


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
