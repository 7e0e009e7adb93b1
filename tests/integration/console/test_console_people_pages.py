"""People, the audit log and one's own account, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from httpx import Client
from playwright.sync_api import BrowserContext, Page, expect
from world import PASSWORD, World

from common.domain.user import Role

pytestmark = pytest.mark.browser

PageOf = Callable[..., Page]
OpenContext = Callable[..., BrowserContext]


def test_an_administrator_adds_a_user_and_a_token_and_finds_both_in_the_log(
    page_of: PageOf, world: World, address: str
) -> None:
    world.camera("Door", site="North")
    world.camera("Gate", site="South")
    page = page_of("admin", "/people")
    page.get_by_role("button", name="New user").click()
    page.get_by_label("Name").fill("Anna <b>")
    page.get_by_label("Role").select_option(label="Operator")
    page.get_by_label("Only cameras at these sites").fill("North")
    page.get_by_role("button", name="Create user").click()
    secret = page.get_by_role("dialog").locator("output").inner_text()
    expect(page.get_by_text("It is shown this once")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    row = page.get_by_role("row", name=re.compile("Anna <b>"))
    expect(row).to_contain_text("Operator")
    expect(row).to_contain_text("North")
    with Client(base_url=address) as anna:
        assert anna.post("/api/v1/login", json={"name": "Anna <b>", "password": secret}).status_code == 200
        assert [camera["name"] for camera in anna.get("/api/v1/cameras").json()["items"]] == ["Door"]

    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("night report")
    page.get_by_label("statistics").check()
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_role("dialog").locator("output").inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_role("row", name=re.compile("night report"))).to_contain_text("statistics, only reading")
    with Client(base_url=address, headers={"Authorization": f"Bearer {token}"}) as script:
        assert script.get("/api/v1/statistics").status_code == 200
        assert script.get("/api/v1/cameras").status_code == 403

    page.get_by_role("link", name="Audit log").click()
    expect(
        page.get_by_role("row", name=re.compile("admin.*added a user.*name, password, role, sites, tags"))
    ).to_be_visible()
    page.get_by_label("What").select_option(label="made a token")
    expect(page.get_by_role("row", name=re.compile("added a user"))).to_have_count(0)
    expect(page).to_have_url(re.compile("action=add_token"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert "add_token" in download.value.path().read_text(encoding="utf-8")


def test_somebody_changes_their_password_and_logs_out_elsewhere(page_of: PageOf, open_context: OpenContext) -> None:
    elsewhere, page = page_of("viewer", "/account"), page_of("viewer", "/account")
    expect(page.get_by_role("row")).to_have_count(4)  # two sessions and two headings
    page.get_by_label("Present password").fill("guessed wrong")
    page.locator("input[name=new]").fill("a much better one")
    page.get_by_label("New password, once more").fill("a much better one")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.get_by_label("Present password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your password was changed")).to_be_visible()
    expect(page.get_by_role("button", name="Log out there")).to_have_count(0)
    elsewhere.reload()
    expect(elsewhere.get_by_role("button", name="Log in")).to_be_visible()


def test_a_viewer_of_another_site_sees_none_of_it(open_context: OpenContext, world: World) -> None:
    camera, rule = world.camera("South door", site="South"), world.rule()
    alert = world.alert(camera, rule)
    world.snapshot(world.camera("North door", site="North"))
    with world.console.repository.begin() as unit:
        unit.users.save(replace(unit.users.get("id-of-viewer"), role=Role.VIEWER, sites=("North",)))
    page = open_context().new_page()
    page.goto("/login")
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("North door").first).to_be_visible()
    for path, own in (
        ("/", "North door"),
        ("/cameras", "North door"),
        ("/alerts", "Alerts"),
        ("/statistics", "Statistics"),
    ):
        page.goto(path)
        expect(page.get_by_text(own).first).to_be_visible()
        expect(page.get_by_text("South door")).to_have_count(0)
    for path in (f"/cameras/{camera.id}", f"/alerts/{alert.id}"):
        page.goto(path)
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_text("South door")).to_have_count(0)


def test_the_login_page_says_why_the_identity_providers_word_was_not_enough(open_context: OpenContext) -> None:
    page = open_context().new_page()
    page.goto("/login?error=not_vouched_for")
    expect(page.get_by_role("alert").first).to_contain_text("could not be believed")
    expect(page.get_by_role("link", name="Log in at")).to_have_count(0)  # none is set up here
    page.goto("/login?error=<b>nonsense</b>")
    expect(page.get_by_role("alert").first).to_have_text("Something went wrong.")
