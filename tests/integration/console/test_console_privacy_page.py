"""The privacy page in a real browser: what is kept is told in words, and what is to go is counted before it goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from world import World

from analyzer.upkeep.erase import Erase

pytestmark = pytest.mark.browser

PageOf = Callable[..., Page]


def test_an_administrator_sees_what_would_go_erases_it_and_finds_it_in_the_ledger(
    page_of: PageOf, world: World
) -> None:
    door = world.camera("Door", blur_faces=True, retention_days=7)
    world.camera("Hall", retention_days=1)
    for age in (600, 1200, 1800):
        world.snapshot(door, age=age)
    world.alert(door, world.rule(), age=2400)
    page = page_of("admin", "/privacy")
    expect(page.get_by_text("faces without a proper mask are kept apart for 72 hours")).to_be_visible()
    expect(page.get_by_role("row", name="Door").get_by_text("blurred")).to_be_visible()
    expect(page.get_by_role("row", name="Hall").get_by_text("1 day", exact=True)).to_be_visible()
    page.get_by_role("button", name="Erase …").click()
    form = page.get_by_role("dialog", name="Erase for good")
    form.get_by_label("Camera").select_option("Hall")
    expect(form.get_by_text("There is nothing of that time.")).to_be_visible()
    form.get_by_label("Camera").select_option("Door")
    form.get_by_label("Until").fill("2026-03-02T11:45")
    form.get_by_label("Why").fill("asked for by a visitor")
    expect(form.get_by_text("This would go: 3 shots · 3 pictures · 1 alert.")).to_be_visible()
    form.get_by_role("button", name="Erase …").click()
    sure = page.get_by_role("alertdialog")
    expect(sure).to_contain_text("Erase 3 shots · 3 pictures · 1 alert for good?")
    sure.get_by_role("button", name="Erase for good").click()
    entry = page.get_by_role("row", name="Door: everything until 2026-03-02 11:45")
    expect(entry).to_contain_text("begins within a minute")
    expect(entry).to_contain_text("asked for by a visitor")
    Erase(repository=world.console.repository, store=world.console.store, clock=world.clock).run()
    expect(entry).to_contain_text("done")
    expect(entry).to_contain_text("3 shots · 3 pictures · 1 alert")


def test_others_read_what_is_kept_and_nothing_more(page_of: PageOf, world: World) -> None:
    world.camera("Door", blur_faces=True)
    page = page_of("viewer", "/privacy", locale="zh-CN")
    expect(page.get_by_text("单独保留 72 小时")).to_be_visible()
    expect(page.get_by_role("row", name="Door")).to_be_visible()
    expect(page.get_by_role("heading", name="应要求删除的记录")).to_have_count(0)
    expect(page.get_by_role("button", name="删除…")).to_have_count(0)
