"""An operator's first hour, in a real browser on a real installation; and what somebody of another site sees of it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maskwatch.simulation import start_camera
from tests.acceptance.installation import PASSWORD, Installation, wait_for

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
SECONDS = 1000  # milliseconds of Playwright's
ZONE = ((0.05, 0.2), (0.95, 0.2), (0.95, 0.95), (0.05, 0.95))
SHOTS = 8  # predicted before the rule is tried on the past: the scene shows somebody without a mask in half of them


@pytest.fixture
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, {"MASKWATCH_ALLOW_ADDRESSES": "loopback"}) as installation:
        installation.start("up")
        installation.log_in()
        yield installation


def visit(browser: Browser, desk: Installation, name: str) -> Page:
    """A page of somebody who logged in by the form. Whatever fails in its scripts fails the test."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{desk.port}", accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{page.url}: {error}"))
    page.set_default_timeout(30 * SECONDS)
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wall")).to_be_visible()
    return page


def snap(page: Page, name: str) -> None:
    """Keep a picture of the page where MASKWATCH_TEST_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MASKWATCH_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"story-{name}.png", full_page=True)


def add_camera(page: Page, url: str) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address").fill(url)
    page.get_by_role("button", name="Test the camera", exact=True).click()
    expect(page.get_by_text("It works")).to_be_visible(timeout=30 * SECONDS)
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="New zone", exact=True).click()
    box = page.locator(".zone-pad").bounding_box()
    assert box is not None
    for x, y in (*ZONE, ZONE[0]):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.get_by_label("Name of the zone").fill("entrance")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_label("Name *").fill("Main door")
    page.get_by_label("Site").fill("Pharmacy")
    page.get_by_label("A picture every").fill("1")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Save the camera", exact=True).click()
    expect(page.get_by_role("heading", name="Main door", level=1)).to_be_visible()


def make_rule(page: Page) -> None:
    page.goto("/rules/new")
    page.get_by_label("Name").fill("No mask at the door")
    page.get_by_label("Fires after").fill("2")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator(".rule-fired")).to_contain_text("Would have fired", timeout=30 * SECONDS)
    snap(page, "rule")
    page.get_by_role("button", name="Create rule").click()
    expect(page.get_by_role("heading", name="No mask at the door")).to_be_visible()


def test_from_the_first_login_to_the_exported_statistics(desk: Installation, browser: Browser, tmp_path: Path) -> None:
    with start_camera() as scene:
        page = visit(browser, desk, "admin")
        add_camera(page, scene.url)
        [camera] = desk.items("cameras")
        wait_for(
            lambda: len(desk.get("snapshots", camera=camera["id"])["items"]) >= SHOTS,
            seconds=60, what="pictures of the new camera",
        )  # fmt: skip
        page.goto("/")
        expect(page.get_by_text("1 of 1 cameras live")).to_be_visible()
        make_rule(page)

        page.goto("/alerts")
        alert = page.locator("article", has_text="No mask at the door").first
        expect(alert).to_be_visible(timeout=75 * SECONDS)  # it comes by itself: nobody loads the page again
        snap(page, "alerts")
        alert.get_by_role("link").first.click()
        page.wait_for_url("**/alerts/*")
        page.get_by_role("button", name="Acknowledge", exact=True).click()
        [acknowledged] = wait_for(
            lambda: [one for one in desk.items("alerts") if one["acknowledged_by"] == "admin"],
            seconds=30, what="the acknowledgement",
        )  # fmt: skip
        snap(page, "alert")

        page.goto("/statistics")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").or_(page.get_by_role("link", name="CSV")).first.click()
        download.value.save_as(tmp_path / "statistics.csv")
        rows = list(csv.DictReader((tmp_path / "statistics.csv").read_text(encoding="utf-8-sig").splitlines()))
        assert sum(int(row["shots_predicted"]) for row in rows) >= SHOTS
    _a_viewer_of_another_site_sees_none_of_it(desk, browser, camera, acknowledged)


def _a_viewer_of_another_site_sees_none_of_it(
    desk: Installation, browser: Browser, camera: dict[str, Any], alert: dict[str, Any]
) -> None:
    made = desk.request(
        "POST", "users", json={"name": "vera", "password": PASSWORD, "role": "viewer", "sites": ["Clinic"]}
    )
    assert made.status_code == 201, made.text
    page = visit(browser, desk, "vera")
    for path in ("/", "/alerts", "/events", "/cameras", "/statistics", "/rules"):
        page.goto(path)
        page.locator("main h1").wait_for()
        expect(page.get_by_text("Main door")).to_have_count(0)
    page.goto(f"/alerts/{alert['id']}")
    expect(page.get_by_role("alert")).to_be_visible()

    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    with httpx.Client(base_url=f"http://127.0.0.1:{desk.port}/api/v1", cookies=cookies) as vera:
        for listing in ("cameras", "snapshots", "alerts", "events", "wall"):
            assert vera.get(listing).json()["items"] == []
        shown = desk.items("snapshots", camera=camera["id"])[0]
        for path in (
            f"cameras/{camera['id']}",
            f"cameras/{camera['id']}/latest.jpg",
            f"snapshots/{shown['id']}",
            f"snapshots/{shown['id']}/image.jpg",
            f"alerts/{alert['id']}",
            f"alerts/{alert['id']}/image.jpg",
        ):
            assert vera.get(path).status_code == 404, path
