"""The web UI in a real browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from world import PASSWORD, World

from common.domain.alert import AlertState
from common.domain.notification import NotificationState
from common.domain.prediction import Label
from common.domain.rule import Severity
from common.domain.status import CameraState
from console.app import create_app
from console.server import serve

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
WAIT_MS = 30_000  # a slow machine is no failure


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; without one the test is skipped at home and fails in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("there is no chromium on the PATH")
        pytest.skip("there is no chromium on the PATH")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The whole console, pages and all."""
    console = world.console
    app = create_app(
        repository=console.repository, store=console.store, coordination=console.coordination, broker=console.broker,
        probe=console.probe, discover=console.discover, messenger=console.messenger, backtest=console.backtest,
        secret_key=console.secret_key, keeps_crops=console.keeps_crops, clock=console.clock,
    )  # fmt: skip
    stop = threading.Event()
    port, thread = serve(app, host="127.0.0.1", port=0, stop=stop)
    yield f"http://127.0.0.1:{port}"
    stop.set()
    thread.join()


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser that is nobody yet. Whatever it does, it asks no other host and reports no error."""
    opened = browser.new_context(base_url=address, viewport={"width": 1280, "height": 860})
    opened.set_default_timeout(WAIT_MS)
    foreign: list[str] = []
    errors: list[str] = []
    own = urlsplit(address).netloc
    opened.on("request", lambda request: _note_foreign(request.url, own, foreign))
    opened.on("console", lambda message: _note_error(message, errors))
    opened.on("weberror", lambda error: errors.append(str(error.error)))
    yield opened
    opened.close()
    assert foreign == []
    assert errors == []


def _note_error(message: ConsoleMessage, errors: list[str]) -> None:
    is_refused_login = urlsplit(message.location["url"]).path == "/login" and "401" in message.text  # as it should be
    if message.type == "error" and not is_refused_login:
        errors.append(message.text)


def _note_foreign(url: str, own: str, foreign: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.netloc != own:
        foreign.append(url)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One tab."""
    expect.set_options(timeout=WAIT_MS)
    return context.new_page()


def log_in(page: Page, name: str = "admin", *, path: str = "/") -> Page:
    page.goto(path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("navigation")).to_be_visible()
    return page


def snap(page: Page, name: str) -> None:
    """Keep a picture of the page where MASKWATCH_TEST_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MASKWATCH_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_nobody_sees_a_page_without_a_login(page: Page) -> None:
    for path in ("/", "/cameras", "/alerts", "/alerts/a1", "/statistics", "/system"):
        page.goto(path)
        assert urlsplit(page.url).path == "/login"
    snap(page, "login")


def test_a_wrong_password_is_told_and_the_right_one_leads_back(page: Page) -> None:
    page.goto("/statistics")
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.context.pages[0].wait_for_load_state()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Statistics")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto("/system")
    page.wait_for_url("**/login?next=*")


def test_a_camera_is_added_after_a_test_that_failed(page: Page, world: World) -> None:
    log_in(page, path="/cameras")
    page.get_by_role("button", name="Add camera").click()
    dialog = page.get_by_role("dialog", name="Add camera")
    dialog.get_by_label("Name", exact=True).fill("Entrance")
    dialog.get_by_label("Address").fill("rtsp://op:hunter2@10.0.0.5/locked")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The camera refused the user or the password.")
    expect(dialog.get_by_role("alert")).to_contain_text("auth_failed")
    snap(page, "camera-failed")
    dialog.get_by_label("Address").fill("rtsp://op:hunter2@10.0.0.5/live")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_text("H264 · 640×360 · 25 fps")).to_be_visible()
    expect(dialog.get_by_text("4.0 Mbit/s")).to_be_visible()
    expect(dialog.get_by_text("21 ms of CPU for a shot")).to_be_visible()
    assert dialog.get_by_role("img", name="Still of the camera").evaluate("image => image.naturalWidth") == 640
    snap(page, "camera-works")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="Entrance", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="rtsp://10.0.0.5/live")).to_be_visible()
    snap(page, "cameras")
    with world.console.repository.begin() as unit:
        [camera] = unit.cameras.list()
    assert (camera.url, camera.username, camera.password) == ("rtsp://10.0.0.5/live", "op", "hunter2")


def test_a_wrong_field_says_so_beside_it(page: Page) -> None:
    log_in(page, path="/cameras")
    page.get_by_role("button", name="Add camera").click()
    dialog = page.get_by_role("dialog", name="Add camera")
    dialog.get_by_label("Name", exact=True).fill("Entrance")
    dialog.get_by_label("Address").fill("ftp://10.0.0.5/live")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Must begin with rtsp://")).to_be_visible()
    expect(dialog).to_be_visible()


def test_a_camera_is_edited_switched_off_and_removed(page: Page, world: World) -> None:
    camera = world.camera("Door")
    log_in(page, path="/cameras")
    page.get_by_role("button", name="Edit camera: Door").click()
    dialog = page.get_by_role("dialog", name="Edit camera")
    dialog.get_by_label("Location").fill("Hall 7")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="North · Hall 7")).to_be_visible()
    page.get_by_role("button", name="Disable: Door").click()
    expect(page.get_by_text("This camera is switched off.")).to_be_visible()
    with world.console.repository.begin() as unit:
        changed = unit.cameras.get(camera.id)
    assert (changed.enabled, changed.location, changed.password) == (False, "Hall 7", camera.password)
    page.get_by_role("button", name="Remove: Door").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No camera yet.")).to_be_visible()


def test_the_wall_shows_pictures_with_their_age_and_what_to_make_of_them(page: Page, world: World) -> None:
    live, old = world.camera("Entrance"), world.camera("Loading bay", location="Ramp 2")
    down, off = world.camera("Till 3"), world.camera("Yard", enabled=False)
    first = world.snapshot(live, age=3)
    world.snapshot(old, age=95)
    world.snapshot(down, age=40)
    world.status(live, CameraState.LIVE)
    world.status(old, CameraState.CONNECTING)
    world.status(down, CameraState.DOWN, code="auth_failed", error="The camera refused the user or the password.")
    log_in(page)
    card = page.get_by_role("article", name="Entrance: live")
    expect(card.get_by_text("3 s ago")).to_be_visible()
    picture = card.get_by_role("img")
    expect(picture).to_have_js_property("naturalWidth", 640)
    assert first.id in (picture.get_attribute("src") or "")
    expect(
        page.get_by_role("article", name="Loading bay: stale").get_by_text("It does not show what happens now")
    ).to_be_visible()
    expect(page.get_by_role("article", name="Till 3: down").get_by_text("The camera refused the user")).to_be_visible()
    expect(page.get_by_role("article", name=f"{off.name}: disabled").get_by_text("No picture yet")).to_be_visible()
    expect(page.get_by_text("1 of 3 cameras live")).to_be_visible()
    snap(page, "wall")

    second = world.snapshot(live, age=1)  # the card changes in place
    expect(picture).to_have_attribute("src", f"/api/v1/snapshots/{second.id}/image.jpg?boxes=1")
    world.clock.pass_(seconds=60)
    stale = page.get_by_role("article", name="Entrance: stale")
    expect(stale).to_be_visible()
    assert "grayscale" in stale.get_by_role("img").evaluate("image => getComputedStyle(image).filter")


def test_an_alert_is_acknowledged_with_a_note(page: Page, world: World) -> None:
    camera, rule = world.camera("Entrance"), world.rule()
    world.alert(camera, rule, age=500, state=AlertState.RESOLVED)
    alert = world.alert(camera, rule, age=30, severity=Severity.CRITICAL)
    log_in(page, "operator", path="/alerts")
    newest = page.get_by_role("article").first
    expect(newest.get_by_role("heading")).to_have_text("1 person without a mask at Entrance for 10 s")
    expect(newest.get_by_text("Entrance · North · Hall 1")).to_be_visible()
    expect(newest.get_by_role("img", name="Picture of the alert")).to_have_js_property("naturalWidth", 640)
    snap(page, "alerts")
    newest.get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog", name="Acknowledge")
    dialog.get_by_label("Note").fill("Handed out a mask.")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(newest.get_by_text("Acknowledged by operator")).to_be_visible()
    expect(newest.get_by_text("Handed out a mask.")).to_be_visible()
    with world.console.repository.begin() as unit:
        assert unit.alerts.get(alert.id).acknowledged_by == "operator"
    page.goto(f"/alerts/{alert.id}")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_text("Handed out a mask.")).to_be_visible()
    snap(page, "alert")


def test_an_alert_is_called_a_false_alarm_and_right_again(page: Page, world: World) -> None:
    alert = world.alert(world.camera("Entrance"), world.rule(), age=30)
    log_in(page, "operator", path=f"/alerts/{alert.id}")
    page.get_by_role("button", name="False alarm").click()
    dialog = page.get_by_role("dialog", name="False alarm")
    snap(page, "false-alarm")
    dialog.get_by_role("button", name="A mask, worn properly").click()
    expect(page.get_by_role("button", name="Not a false alarm")).to_be_visible()
    with world.console.repository.begin() as unit:
        [said] = unit.feedback.list()
    assert (said.said, said.meant, said.by, bool(said.crop_key)) == (
        Label.NO_MASK, Label.MASK_CORRECT, "operator", True,
    )  # fmt: skip
    page.get_by_role("button", name="Not a false alarm").click()
    page.get_by_role("button", name="Right", exact=True).click()
    for _ in range(100):  # the thanks for the first word may still be on the page
        with world.console.repository.begin() as unit:
            meant, is_false = unit.feedback.list()[0].meant, unit.alerts.get(alert.id).is_false_positive
        if meant is Label.NO_MASK:
            break
        page.wait_for_timeout(100)
    assert (meant, is_false) == (Label.NO_MASK, False)


def test_an_alert_says_who_was_told_and_why_and_is_snoozed_and_noted(page: Page, world: World) -> None:
    alert = world.alert(world.camera("Entrance"), world.rule())
    world.tell(alert, NotificationState.GIVEN_UP, error="mail.example answered 550")
    log_in(page, "operator", path=f"/alerts/{alert.id}")
    messages = page.get_by_role("table", name="Messages")
    for text in ("Anna", "it began", "given up", "mail.example answered 550"):
        expect(messages.get_by_role("cell", name=text, exact=True)).to_be_visible()
    reasons = page.get_by_role("table", name="Why, and why not")
    expect(reasons.get_by_role("cell", name="goes to Anna")).to_be_visible()
    page.get_by_role("button", name="Snooze").click()
    page.get_by_text("For 60 min").click()
    expect(page.get_by_text("Snoozed until 2026-03-02 13:00:00 UTC")).to_be_visible()
    page.get_by_role("button", name="Note").click()
    dialog = page.get_by_role("dialog", name="Note")
    dialog.get_by_label("Note").fill("Called the shop.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Called the shop.")).to_be_visible()
    snap(page, "alert-history")
    page.get_by_role("button", name="Snooze").click()
    page.get_by_text("Tell again").click()
    expect(page.get_by_text("Snoozed until")).to_have_count(0)


def test_an_alert_that_is_not_there_says_so(page: Page) -> None:
    log_in(page, "viewer", path="/alerts/none")
    expect(page.get_by_text("There is no such alert.")).to_be_visible()


def test_a_viewer_is_offered_nothing_to_change(page: Page, world: World) -> None:
    world.alert(world.camera("Entrance"), world.rule())
    log_in(page, "viewer", path="/alerts")
    expect(page.get_by_role("article")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge", exact=True)).to_have_count(0)
    page.goto("/cameras")
    expect(page.get_by_role("cell", name="Entrance", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Add camera")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove: Entrance")).to_have_count(0)


def test_statistics_show_a_chart_a_table_and_a_download(page: Page, world: World) -> None:
    for name in ("Entrance", "Till 3"):
        camera = world.camera(name)
        for hour in range(12):
            for shot in range(1 + hour % 4):
                world.snapshot(camera, age=3600 * hour + 7 * shot)
            world.failed_shot(camera, age=3600 * hour + 50)
    log_in(page, "viewer", path="/statistics")
    chart = page.get_by_role("img", name="People by label, compliance and coverage over time")
    expect(chart.locator("canvas")).to_be_visible()
    expect(page.get_by_role("cell", name="Till 3")).to_be_visible()
    snap(page, "statistics")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "maskwatch-by-hour.csv"
    assert Path(download.value.path()).read_text().startswith("start,camera_id,camera,site,zone,scheduled,")
    page.get_by_label("From").fill("2026-03-05")
    expect(page.get_by_text("Please give both days")).to_be_visible()


def test_the_system_page_shows_workers_and_queues(page: Page, world: World) -> None:
    world.console.coordination.announce("processors", "p1", ttl=600, info="batch 8")
    log_in(page, "viewer", path="/system")
    expect(page.get_by_role("cell", name="p1")).to_be_visible()
    expect(page.get_by_role("cell", name="predictions")).to_be_visible()
    expect(page.get_by_text("How many cameras more")).to_be_visible()
    snap(page, "system")


def test_a_session_that_ends_closes_the_open_page(page: Page, world: World) -> None:
    world.camera("Entrance")
    log_in(page, "viewer")
    expect(page.get_by_role("article")).to_be_visible()
    world.clock.pass_(hours=13)
    page.wait_for_url("**/login")


def test_the_pages_work_on_a_telephone_and_in_the_dark(context: BrowserContext, page: Page, world: World) -> None:
    world.snapshot(world.camera("Entrance"), age=2)
    world.alert(world.camera("Till 3"), world.rule())
    page.set_viewport_size({"width": 375, "height": 740})
    page.emulate_media(color_scheme="dark")
    log_in(page)
    for path in ("/", "/alerts", "/cameras", "/statistics", "/system"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("body.body--dark")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        snap(page, f"phone{path.replace('/', '-')}")


def test_the_theme_that_was_chosen_stays(page: Page) -> None:
    log_in(page, "viewer")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("body.body--dark")).to_have_count(1)
    page.wait_for_function("document.cookie.includes('maskwatch_theme=dark')")
    page.reload()
    expect(page.locator("body.body--dark")).to_have_count(1)


def test_the_description_of_the_api_is_drawn_without_other_hosts(page: Page) -> None:
    page.goto("/docs")
    expect(page.get_by_text("/api/v1/cameras/{camera_id}/latest.jpg")).to_be_visible()
