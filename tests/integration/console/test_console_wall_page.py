"""The wall, in a real browser: an old picture never looks live."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from world import World

from common.domain.status import CameraState

pytestmark = pytest.mark.browser

JUDGED_BY_OWN_CLOCK = """
async () => {
  const { stateOf } = await import('/assets/core/sight.js');
  const { now } = await import('/assets/core/time.js');
  const aged = (seconds) => new Date(now() - 1000 * seconds).toISOString();
  return [14, 16].map((age) => stateOf({ state: 'live', effective_interval_seconds: 5, captured_at: aged(age) }));
}
"""
LOCKED = "The camera refused the user or the password."


def snap(page: Page, name: str) -> None:
    """Keep a picture of the page where MASKWATCH_TEST_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MASKWATCH_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def tile(page: Page, name: str):
    return page.get_by_role("article", name=name)


def test_pictures_are_live_then_old_then_down_then_nobody_knows(page_of, world: World) -> None:
    entrance, bay = world.camera("Entrance"), world.camera("Loading bay", location="Ramp 2")
    till, yard = world.camera("Till 3"), world.camera("Yard", enabled=False)
    world.snapshot(entrance, age=3)
    world.snapshot(bay, age=95)
    world.status(entrance, CameraState.LIVE)
    world.status(bay, CameraState.CONNECTING)
    world.status(till, CameraState.DOWN, code="auth_failed", error=LOCKED)
    page = page_of("viewer")
    live = tile(page, "Entrance: live")
    expect(live.get_by_text("3 sec ago")).to_be_visible()
    expect(live.get_by_role("img")).to_have_js_property("naturalWidth", 480)
    expect(live.locator(".face-no_mask text")).to_have_text("No mask")
    expect(live.locator(".face-mask_incorrect text")).to_have_text("Worn wrongly: nose")
    expect(tile(page, "Loading bay: stale").get_by_text("It does not show what happens now")).to_be_visible()
    expect(tile(page, "Till 3: down").get_by_text(LOCKED)).to_be_visible()
    expect(tile(page, f"{yard.name}: disabled").get_by_text("No picture yet")).to_be_visible()
    expect(page.get_by_text("1 of 3 cameras live · 1 stale · 1 down")).to_be_visible()
    snap(page, "wall")

    second = world.snapshot(entrance, age=1)  # the tile changes in place
    expect(live.locator(f"img[src*='{second.id}']")).to_be_visible()
    expect(live.get_by_text("1 sec ago")).to_be_visible()

    # The server goes on to say "live", but its pictures do not reach this browser: what stands there grows old.
    page.route("**/image.jpg*", lambda route: route.fulfill(status=404))
    world.clock.pass_(seconds=30)
    world.snapshot(entrance)
    old = tile(page, "Entrance: stale")
    expect(old.get_by_text("31 sec ago")).to_be_visible()
    assert "grayscale" in old.get_by_role("img").evaluate("image => getComputedStyle(image).filter")
    expect(old.locator(".face-no_mask")).not_to_be_visible()
    page.unroute("**/image.jpg*")
    world.snapshot(entrance)
    world.clock.pass_(seconds=1)
    world.snapshot(entrance)
    expect(tile(page, "Entrance: live")).to_be_visible()

    assert page.evaluate(JUDGED_BY_OWN_CLOCK) == ["live", "stale"]  # without a word of the server

    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("Connection lost since")
    expect(tile(page, "Entrance: not known")).to_be_visible()
    expect(page.locator(".chip-live")).to_have_count(0)
    snap(page, "wall-lost")
    page.context.set_offline(False)
    expect(tile(page, "Entrance: live")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_wall_is_narrowed_down_and_the_address_keeps_it(page_of, world: World) -> None:
    north = [world.camera(f"North {number}", tags=("door",) if number else ()) for number in range(3)]
    for camera in north:
        world.snapshot(camera, age=1)
    hidden = world.camera("South 1", site="South")
    world.snapshot(hidden, age=5)
    page = page_of("viewer", "/?site=North")
    expect(page.get_by_role("article")).to_have_count(3)
    world.clock.pass_(seconds=12)
    expect(tile(page, "North 2: live")).to_be_visible()
    world.snapshot(hidden)  # nobody sees that picture, but it counts
    world.clock.pass_(seconds=4)
    expect(page.get_by_text("1 of 4 cameras live · 3 stale")).to_be_visible()
    world.clock.pass_(seconds=90)
    for camera in north:
        world.snapshot(camera)
    page.get_by_label("Tag").select_option("door")
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_label("Search").fill("hall 9")
    page.get_by_label("Small").check()
    page.reload()
    expect(page.get_by_text("No camera is like that.")).to_be_visible()
    page.get_by_role("button", name="Show all cameras").click()
    expect(page.get_by_role("article")).to_have_count(4)
    page.get_by_label("State").select_option("Needs attention")
    expect(page.get_by_role("article")).to_have_count(1)
    assert page.url.endswith("/?size=small&state=trouble")

    late = world.camera("South 2", site="South")  # added while somebody looks
    world.snapshot(late, age=200)
    expect(tile(page, "South 2: stale")).to_be_visible()
    with world.console.repository.begin() as unit:
        unit.cameras.remove(late.id)
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="South 1").click()
    page.wait_for_url(f"**/cameras/{'camera4'}")
    page.go_back()
    expect(page.get_by_role("article")).to_have_count(1)


def test_it_works_on_a_telephone_in_the_dark_and_in_chinese(page_of, world: World) -> None:
    world.snapshot(world.camera("Entrance"), age=2)
    page = page_of("admin", viewport={"width": 375, "height": 740}, color_scheme="dark", locale="zh-CN")
    expect(tile(page, "Entrance：实时").get_by_text("2秒前")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    snap(page, "wall-phone")
    page.get_by_role("button", name="菜单").click()
    expect(page.get_by_role("link", name="审计日志")).to_be_visible()
    snap(page, "menu-phone")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="当前用户：admin").click()
    page.get_by_label("English").check()
    expect(page.get_by_role("heading", name="Wall")).to_be_visible()
    page.get_by_role("button", name="You: admin").click()
    page.get_by_label("Light").check()
    page.reload()
    expect(page.locator("html[data-theme=light]")).to_have_count(1)


def test_a_session_that_ends_closes_the_open_page(page_of, world: World) -> None:
    page = page_of("viewer")
    expect(page.get_by_text("No camera yet.")).to_be_visible()
    world.clock.pass_(hours=13)
    page.wait_for_url("**/login")
