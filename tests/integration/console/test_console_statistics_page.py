"""The statistics page in a real browser: its numbers are the API's, and can be taken along."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx import Client
from playwright.sync_api import Page, expect
from world import START, World

from common.domain.camera import Camera
from common.domain.prediction import Label
from common.domain.shot import Outcome

pytestmark = pytest.mark.browser

PageOf = Callable[..., Page]
DAYS = "/statistics?range=own&first=2026-02-24&last=2026-03-02&zone=UTC"
HOUR = timedelta(hours=1)


def count(world: World, camera: Camera, at: datetime, *, proper: int, bare: int, seen: int = 90) -> None:
    """An hour of a camera."""
    people = {Label.MASK_CORRECT: proper, Label.NO_MASK: bare, Label.UNCERTAIN: 3}
    shots = {Outcome.PREDICTED: seen, Outcome.FAILED: 100 - seen}
    with world.console.repository.begin() as unit:
        unit.statistics.add(
            camera.id, at, shots=shots, people=people, faces=people, alerts=bare, acknowledged=bare // 2
        )


@pytest.fixture
def counted(world: World) -> World:
    """Two cameras, a week, and the week before; a day on which hardly anything was seen, and one without anything."""
    door, till = world.camera("Door"), world.camera("Till", site="South", tags=("shop",))
    for day in range(14):
        if day != 2:
            count(
                world, door, START - timedelta(days=day), proper=80 - 3 * day, bare=4 + day, seen=50 if day == 1 else 90
            )
            count(world, till, START - timedelta(days=day) + 3 * HOUR, proper=20, bare=6)
    world.alert(door, world.rule(), age=60)
    return world


def test_the_pages_numbers_are_those_of_the_api(page_of: PageOf, viewer: Client, counted: World) -> None:
    week = {"from": "2026-02-24T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
    [total] = viewer.get("/api/v1/statistics", params={"by": "total"} | week).json()["items"]
    cameras = viewer.get("/api/v1/statistics", params={"by": "camera"} | week).json()["items"]
    page = page_of("viewer", DAYS)
    tiles = page.locator(".tile")
    share = total["compliance"]
    shown = f"{100 * share['value']:.1f}% ({100 * share['low']:.1f} – {100 * share['high']:.1f})"
    expect(tiles.nth(0)).to_contain_text(shown)
    expect(tiles.nth(0)).to_contain_text(f"of {share['n']} people")
    expect(tiles.nth(1).locator(".tile-value")).to_have_text(str(sum(total["people"].values())))
    expect(tiles.nth(2)).to_contain_text(f"{total['shots']['predicted']:,} of {total['scheduled']:,} pictures")
    rows = page.locator(".statistics-places tbody tr")
    expect(rows).to_have_count(len(cameras))
    expect(rows.first).to_contain_text(str(sum(cameras[0]["people"].values())))
    rows.first.scroll_into_view_if_needed()
    expect(page.get_by_role("img", name="Masks worn properly over time: Door")).to_be_visible()
    page.get_by_label("Site", exact=True).last.check()
    expect(rows).to_have_text([re.compile("^North"), re.compile("^South")])
    expect(page.get_by_label("Site", exact=True).last).to_be_focused()
    page.get_by_role("button", name="No mask").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("No mask")

    page.get_by_label("Camera", exact=True).first.select_option(label="Till")
    expect(tiles.nth(1).locator(".tile-value")).to_have_text(str(sum(cameras[1]["people"].values())))
    expect(page).to_have_url(re.compile(f"camera={cameras[1]['camera_id']}"))


def test_two_weeks_are_compared_and_noise_is_called_noise(page_of: PageOf, counted: World) -> None:
    page = page_of("viewer", DAYS)
    first = page.locator(".tile").first
    expect(first).to_contain_text("points more than 2026-02-17 – 2026-02-23 (95 %: +")
    page.get_by_label("Camera", exact=True).first.select_option(label="Till")
    expect(first).to_contain_text("No clear difference from 2026-02-17 – 2026-02-23")
    page.get_by_label("Compare with").select_option(label="Nothing")
    expect(first.locator(".tile-beside")).to_have_count(0)


def test_a_chart_is_read_by_keyboard_and_as_a_table(page_of: PageOf, counted: World) -> None:
    page = page_of("viewer", DAYS)
    chart = page.locator(".chart").first
    area = chart.locator(".chart-area")
    area.focus()
    area.press("End")
    told = chart.locator("[aria-live]")
    expect(told).to_contain_text("2026-03-02: ")
    area.press("ArrowLeft")
    expect(told).to_contain_text("2026-03-01: ")
    area.press("ArrowLeft")
    expect(told).to_contain_text("2026-02-28: The period before")  # nothing was counted then: no zero
    expect(told).to_contain_text("Masks worn properly –")
    expect(chart.locator(".chart-hatched")).to_have_count(1)  # half a day unseen
    chart.get_by_text("The numbers as a table").click()
    expect(chart.locator("tbody tr")).to_have_count(7)


def test_charts_and_numbers_are_taken_along(page_of: PageOf, viewer: Client, counted: World, tmp_path: Path) -> None:
    page = page_of("viewer", DAYS, color_scheme="dark")
    chart = page.locator(".chart").first
    with page.expect_download() as saved:
        chart.get_by_role("button", name="PNG").click()
    saved.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert saved.value.suggested_filename == "maskwatch-compliance.png"
    with page.expect_download() as saved:
        chart.get_by_role("link", name="CSV").click()
    saved.value.save_as(tmp_path / "days.csv")
    query = {"by": "day", "from": "2026-02-24T00:00:00Z", "to": "2026-03-03T00:00:00Z", "format": "csv"}
    text = (tmp_path / "days.csv").read_bytes().decode()
    assert text == viewer.get("/api/v1/statistics", params=query).text
    assert len(list(csv.DictReader(io.StringIO(text)))) == 6
    page.emulate_media(media="print")
    expect(page.get_by_label("Compare with")).to_be_hidden()
    expect(page.locator(".print-only")).to_contain_text("2026-02-24 – 2026-03-02 (UTC) · all cameras")


def test_an_empty_time_says_so_and_chinese_is_complete(page_of: PageOf, counted: World) -> None:
    page = page_of("viewer", "/statistics?range=own&first=2025-01-01&last=2025-01-02&zone=UTC")
    expect(page.get_by_text("Nothing was counted in these days.")).to_be_visible()
    page.goto("/statistics?range=own&first=yesterday&last=2026-03-02&zone=Mars/Olympus&places=moon&compare=9")
    expect(page.locator(".statistics-places tbody tr")).to_have_count(2)  # what nobody understands is not asked for
    chinese = page_of("viewer", DAYS, locale="zh-CN")
    expect(chinese.get_by_role("heading", name="一周内各时段：未戴口罩人数")).to_be_visible()
    expect(chinese.locator(".tile").first).to_contain_text("名可判断者")


def test_a_difference_has_its_interval_and_days_begin_where_clocks_say(page_of: PageOf) -> None:
    page = page_of("viewer", "/alerts")  # any page: its modules are asked, not what it shows
    told = page.evaluate(
        """async () => {
        const { difference } = await import('/assets/pages/statistics/compare.js');
        const { startOfDay } = await import('/assets/core/timezone.js');
        const found = difference(
            { value: 56 / 70, low: 0.69181, high: 0.87703 }, { value: 48 / 80, low: 0.49049, high: 0.70042 },
        );
        const days = [
            ['2026-03-29', 'Europe/Berlin'], ['2026-10-26', 'Europe/Berlin'], ['2026-09-06', 'America/Santiago'],
        ];
        return { ...found, days: days.map((one) => new Date(startOfDay(...one)).toISOString()) };
    }"""
    )
    assert (round(told["low"], 4), round(told["high"], 4), told["isNoise"]) == (0.0524, 0.3339, False)  # Newcombe 1998
    assert told["days"] == ["2026-03-28T23:00:00.000Z", "2026-10-25T23:00:00.000Z", "2026-09-06T04:00:00.000Z"]
