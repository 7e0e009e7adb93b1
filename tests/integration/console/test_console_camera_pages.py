"""The cameras' pages, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from world import FACES, World

from common.domain.camera import Camera, Zone, ZoneMode
from common.domain.status import CameraState

pytestmark = pytest.mark.browser

PageOf = Callable[..., Page]
CSV = (
    b"name,url,site\nDoor,rtsp://10.0.0.5/live,North\nGate,ftp://10.0.0.6/live,North\nYard,rtsp://10.0.0.7/live,South\n"
)


def snap(page: Page, name: str) -> None:
    """Keep a picture of the page where MASKWATCH_TEST_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MASKWATCH_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def stored(world: World) -> dict[str, Camera]:
    with world.console.repository.begin() as unit:
        return {camera.name: camera for camera in unit.cameras.list()}


def click_at(page: Page, x: float, y: float) -> None:
    """Click on the picture, at a place in shares of it."""
    box = page.locator(".zone-pad").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def draw_by_mouse(page: Page, corners: list[tuple[float, float]]) -> None:
    """Click the corners, given in shares of the picture, and the first one again."""
    for x, y in [*corners, corners[0]]:
        click_at(page, x, y)


def draw_by_keyboard(page: Page) -> None:
    """From the middle: a triangle. The picture has the focus after `New zone`."""
    for keys in ("Enter", "Shift+ArrowRight Shift+ArrowRight Enter", "Shift+ArrowDown Shift+ArrowDown Enter", "c"):
        for key in keys.split():
            page.keyboard.press(key)


def test_a_new_camera_is_tested_drawn_on_saved_and_seen(page_of: PageOf, world: World) -> None:
    page = page_of("admin", "/cameras/new")
    page.get_by_label("Address").fill("rtsp://op:hunter2@10.0.0.5/locked")
    snap(page, "camera-new")
    button(page, "Test the camera").click()
    expect(page.get_by_role("alert")).to_contain_text("The camera refused the user or the password")
    snap(page, "camera-new-refused")
    button(page, "Back").click()
    page.get_by_label("Address").fill("rtsp://op:hunter2@10.0.0.5/live")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It works")).to_be_visible()
    expect(page.get_by_text("about 238 such cameras at 5 s")).to_be_visible()  # a shot costs 21 ms
    snap(page, "camera-new-works")
    button(page, "Next").click()

    button(page, "New zone").click()
    draw_by_mouse(page, [(0.1, 0.2), (0.5, 0.2), (0.5, 0.8), (0.1, 0.8)])
    page.get_by_label("Name of the zone").fill("Till")
    button(page, "New zone").click()
    draw_by_keyboard(page)
    page.get_by_label("What the zone does").nth(1).select_option("Ignore")
    page.get_by_role("button", name="Corner 3").press("ArrowLeft")
    snap(page, "camera-new-zones")
    button(page, "Next").click()

    button(page, "Next").click()
    expect(page.get_by_label("Name", exact=False).first).to_be_focused()  # it needs one
    page.get_by_label("Name *").fill("Door")
    page.get_by_label("Site").fill("North")
    snap(page, "camera-new-settings")
    button(page, "Next").click()
    expect(page.get_by_text("Till (watched), Zone 2 (ignored)")).to_be_visible()
    snap(page, "camera-new-summary")
    button(page, "Save the camera").click()

    expect(page.get_by_role("heading", name="Door", level=1)).to_be_visible()
    expect(page.get_by_text("It holds from the next picture on")).to_be_visible()
    camera = stored(world)["Door"]
    assert (camera.url, camera.username, camera.password, camera.site) == (
        "rtsp://10.0.0.5/live", "op", "hunter2", "North",
    )  # fmt: skip
    till, second = camera.zones
    assert [(round(x, 1), round(y, 1)) for x, y in till.polygon] == [(0.1, 0.2), (0.5, 0.2), (0.5, 0.8), (0.1, 0.8)]
    assert second == Zone(name="Zone 2", polygon=((0.5, 0.5), (0.6, 0.5), (0.59, 0.6)), mode=ZoneMode.IGNORE)
    world.clock.pass_(seconds=10)
    world.snapshot(camera)
    expect(page.get_by_text("It is in effect")).to_be_visible()
    expect(page.get_by_role("img", name="Door, 2026-03-02 12:00:10")).to_be_visible()


def test_a_zone_that_crosses_itself_is_told_and_mended_by_undo(page_of: PageOf, world: World) -> None:
    camera = world.camera("Door")
    world.snapshot(camera)
    page = page_of("admin", f"/cameras/{camera.id}/edit")
    button(page, "New zone").click()
    draw_by_mouse(page, [(0.1, 0.1), (0.6, 0.6), (0.6, 0.1)])
    corner = page.get_by_role("button", name="Corner 2")
    for _ in range(4):
        corner.press("Shift+ArrowLeft")
    page.get_by_role("button", name="Corner 1").press("+")  # between the first and the second
    page.get_by_role("button", name="Corner 2").drag_to(page.locator(".zone-pad"), target_position={"x": 400, "y": 30})
    expect(page.get_by_text("It crosses itself")).to_be_visible()
    button(page, "Save").click()
    expect(page.get_by_label("Name of the zone")).to_be_focused()
    assert stored(world)["Door"].zones == ()
    button(page, "Undo").click()
    expect(page.get_by_text("It crosses itself")).to_be_hidden()
    page.get_by_role("button", name="Corner 2").press("Delete")
    expect(page.get_by_role("button", name="Corner")).to_have_count(3)
    click_at(page, 0.48, 0.4)  # on a side: a corner more …
    expect(page.get_by_role("button", name="Corner")).to_have_count(4)
    page.get_by_role("button", name="Corner 3").dblclick()  # … and gone again
    expect(page.get_by_role("button", name="Corner")).to_have_count(3)
    page.get_by_label("A picture every").fill("9")
    button(page, "Save").click()
    expect(page.get_by_text("It holds from the next picture on")).to_be_visible()
    changed = stored(world)["Door"]
    assert (changed.interval_seconds, changed.password) == (9, camera.password)
    assert [len(zone.polygon) for zone in changed.zones] == [3]


def test_many_cameras_come_by_a_file_and_are_changed_together(page_of: PageOf, world: World, tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_bytes(CSV)
    page = page_of("admin", "/cameras")
    button(page, "Import").click()
    page.get_by_label("File").set_input_files(tmp_path / "cameras.csv")
    button(page, "Check the file").click()
    expect(page.get_by_text("It would be: 2 new, 1 refused")).to_be_visible()
    expect(page.get_by_role("row", name="Gate")).to_contain_text("url: must begin with")
    assert stored(world) == {}
    snap(page, "cameras-import")
    button(page, "Import 2 cameras").click()
    expect(page.get_by_text("Done: 2 new, 1 refused")).to_be_visible()
    button(page, "Close").click()

    page.get_by_label("Site").select_option("South")
    button(page, "Choose all shown").click()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    button(page, "Tags").click()
    page.get_by_label("Add these tags").fill("yard, day")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Yard")).to_contain_text("yard")
    assert stored(world)["Yard"].tags == ("yard", "day")
    button(page, "Remove").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No camera fits these filters")).to_be_visible()
    assert list(stored(world)) == ["Door"]


def test_a_viewer_looks_back_and_changes_nothing(page_of: PageOf, world: World) -> None:
    camera = world.camera("Door", zones=(Zone(name="Till", polygon=((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))),))
    rule = world.rule()
    world.alert(camera, rule, age=600)
    for age in (1500, 900, 300, 3):
        world.snapshot(camera, age=age, faces=FACES if age != 300 else ())
    world.failed_shot(camera, age=700)
    world.status(camera, CameraState.LIVE)
    page = page_of("viewer", "/cameras")
    for name in ("Import", "Export", "Remove", "Choose all shown"):
        expect(button(page, name)).to_be_hidden()
    expect(page.get_by_role("link", name="Add camera")).to_be_hidden()
    expect(page.get_by_role("img", name="Coverage hour by hour")).to_be_visible()
    page.get_by_role("link", name="Door").click()
    expect(page.get_by_role("img", name="Door, 2026-03-02 11:59:57")).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_be_hidden()
    expect(page.get_by_role("link", name="No masks")).to_be_visible()
    expect(page.get_by_text("1 person without a mask at Door for 10 s")).to_be_visible()
    expect(page.get_by_text("5 looked at, 1 failed")).to_be_visible()
    page.get_by_label("With a face that has").select_option("No mask")
    expect(page.locator(".thumb")).to_have_count(4)
    page.get_by_role("button", name="11:45:00").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Worn wrongly: nose").first).to_be_visible()
    expect(dialog.get_by_role("button", name="Right")).to_be_hidden()  # operators judge
    page.keyboard.press("ArrowLeft")
    expect(dialog.get_by_text("2026-03-02 11:50:00")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/cameras/new")
    expect(page.get_by_role("alert")).to_contain_text("Your role does not allow this")


def test_an_operator_says_what_a_face_really_is(page_of: PageOf, world: World) -> None:
    camera = world.camera("Door")
    shot = world.snapshot(camera, age=3)
    page = page_of("operator", f"/cameras/{camera.id}")
    page.get_by_role("button", name="11:59:57").click()
    page.get_by_role("dialog").get_by_role("button", name="Right").first.click()
    expect(page.get_by_text("Noted: No mask")).to_be_visible()
    page.get_by_label("What face 2 really is").select_option("No face")
    expect(page.get_by_text("Noted: No face")).to_be_visible()
    with world.console.repository.begin() as unit:
        said = {one.face: one.meant for one in unit.feedback.list()}
    assert (said[0], said[1]) == ("no_mask", None)
    assert shot.camera_id == camera.id
