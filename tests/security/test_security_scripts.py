"""No name that somebody gives to something becomes a script: each is planted, then every page is opened in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import Client
from playwright.sync_api import Page, expect
from world import World, log_in

from common.domain.notification import NotificationState
from common.domain.status import CameraState

APP = Path(__file__).parents[2] / "console" / "web" / "static" / "app.js"
EVIL = '<img src=x onerror="window.ran=1"><script>window.ran=2</script>'
QUOTES = "\"' onmouseover=window.ran=3 x='${window.ran=4}{{window.ran=5}}"
ROUTE = re.compile(r"^  \['(/[^']*)',", re.MULTILINE)
# Where a planted name must be read as it was written.
SHOWN = ("/", "/cameras", "/alerts", "/rules", "/receivers", "/silences", "/people")


def plant(world: World, admin: Client) -> dict[str, str]:
    """Something of everything, each with a name that would do harm; the ids for the pages of single things."""
    door = world.camera(f"{EVIL} c", site=f"{EVIL} s", location=f"{QUOTES} l", tags=(f"{EVIL} t",))
    zone = {"name": f"{EVIL} z", "polygon": [[0, 0], [1, 0], [1, 1]]}
    rule = world.rule(f"{EVIL} r")
    alert = world.alert(door, rule)
    world.tell(alert, NotificationState.GIVEN_UP, error=f"{EVIL} e")
    world.status(door, CameraState.DOWN, code=QUOTES, error=f"{EVIL} d")
    receiver = {"name": f"{EVIL} w", "url": "json://h/x"}
    silence = {"rules": [rule.id], "seconds": 600, "comment": f"{EVIL} {QUOTES}"}
    user = {"name": f"{EVIL} u", "password": "correct horse battery", "sites": [f"{EVIL} s"], "tags": [QUOTES]}
    for path, form in (
        (f"cameras/{door.id}", {"zones": [zone]}),
        ("receivers", receiver),
        ("silences", silence),
        ("users", user),
        ("tokens", {"name": f"{EVIL} k"}),
        (f"alerts/{alert.id}/note", {"note": f"{EVIL} {QUOTES}"}),
    ):
        answer = admin.request("PATCH" if path.startswith("cameras/") else "POST", f"/api/v1/{path}", json=form)
        assert answer.is_success, (path, answer.text)
    return {"/cameras/:id": door.id, "/cameras/:id/edit": door.id, "/alerts/:id": alert.id, "/rules/:id": rule.id}


@pytest.mark.browser
def test_no_name_becomes_a_script(with_models: World, address: str, page_of: Callable[..., Page]) -> None:
    with Client(base_url=address) as client:
        ids = plant(with_models, log_in(client, "admin"))
    routes = [route for route in ROUTE.findall(APP.read_text(encoding="utf-8")) if route != "/login"]
    assert len(routes) > 15
    page = page_of("admin")
    for route in routes:
        path = route.replace(":id", ids.get(route, ""))
        page.goto(path)
        expect(page.locator("main")).not_to_be_empty()
        if route in SHOWN:
            expect(page.get_by_text(EVIL).first).to_be_attached()
        assert harm(page) == {"ran": None, "elements": 0}, route


def harm(page: Page) -> Any:
    """What a planted name did, if it was more than a text."""
    return page.evaluate(
        """() => ({
            ran: window.ran ?? null,
            elements: document.querySelectorAll('img[src="x"], [onerror], [onmouseover], script:not([src])').length,
        })"""
    )
