"""The system page in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from test_console_system import bury
from world import World

from common.domain.load import Load
from common.messages import JOBS
from common.runtime.load import tell_load

pytestmark = pytest.mark.browser

PageOf = Callable[..., Page]


def test_an_administrator_sees_what_is_wrong_and_tries_a_dead_letter_again(world: World, page_of: PageOf) -> None:
    bury(world, 40, 30, 20)
    for group in ("grabbers", "processors"):
        world.console.coordination.announce(group, f"{group}-1", ttl=600)
        load = Load(busy=0.5, capacity=4.0, in_hand=2, spool_bytes=34_000_000 if group == "grabbers" else 0)
        tell_load(world.console.coordination, load, group=group, member=f"{group}-1", ttl=600)
    page = page_of("admin", "/system")
    concerns = page.locator(".system-attention li")
    expect(concerns.first).to_contain_text("None of the analyzers is running.")
    expect(page.locator(".system-attention")).to_contain_text("The grabber grabbers-1 keeps 34 MB on its disk.")
    page.get_by_role("button", name="Show what was given up of Jobs").click()
    dead = page.locator(".system-dead")
    expect(dead.locator("tbody tr")).to_have_count(3)
    expect(dead.locator("tbody tr").first).to_contain_text("unreadable_image: no JPEG")
    expect(dead.locator("tbody tr").first).to_contain_text("Till")
    dead.get_by_role("button", name="Try again").first.click()
    expect(dead.locator("tbody tr")).to_have_count(2)
    assert world.console.broker.state(JOBS).ready == 1
    dead.get_by_role("button", name="Delete all").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    for _ in range(200):
        if world.console.broker.state(JOBS).dead == 0:
            break
        page.wait_for_timeout(50)
    assert world.console.broker.state(JOBS).dead == 0
    expect(dead).to_contain_text("Nothing was given up.")
    expect(page.locator(".system-attention")).not_to_contain_text("given up")


def test_a_viewer_sees_how_it_does_and_no_message_of_others(world: World, page_of: PageOf) -> None:
    bury(world, 30)
    page = page_of("viewer", "/system")
    row = page.get_by_role("row", name="Jobs")
    expect(row).to_contain_text("pictures to be looked at")
    expect(page.get_by_role("button", name="Show what was given up of Jobs")).to_have_count(0)
    expect(page.locator(".system-dead")).to_have_count(0)
