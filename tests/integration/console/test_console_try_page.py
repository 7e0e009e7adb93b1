"""Trying the models in a real browser: a picture, a video, the webcam; the gate; the models' page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from scripted_models import ScriptedPipeline, crowd
from tiny_models import BLUE, RED, write_repository
from video_files import video_of
from world import World, picture

from common.domain.prediction import Face, Label, PictureResult
from common.settings import Settings
from console.modelling import Models
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.simulation.scene import Scene
from maskwatch.simulation.stage import Stage
from maskwatch.wiring import open_detector
from model_api.local import LocalDetector

pytestmark = pytest.mark.browser

WEBCAM = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
RATE = 5  # frames a second of what the webcam shows
BARE, MASKED = 15.0, 23.0  # seconds into the scene: one visitor without a mask, one nurse with one


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """With a webcam, before which a visitor without a mask and a nurse with one take turns."""
    film = tmp_path_factory.mktemp("webcam") / "people.y4m"
    film.write_bytes(people_in_turn())
    started = launch(*WEBCAM, f"--use-file-for-fake-video-capture={film}")
    yield started
    started.close()


def people_in_turn(*, seconds: int = 5, width: int = 640, height: int = 360) -> bytes:
    """Each for so many seconds, as a YUV4MPEG2 stream, drawn by the simulation."""
    stage = Stage(Scene(started_at=datetime(2026, 3, 2, tzinfo=UTC)))
    frames = []
    for at in (BARE, MASKED):
        colours = cv2.cvtColor(stage.picture(at), cv2.COLOR_YUV2BGR_I420)
        small = cv2.resize(colours, (width, height), interpolation=cv2.INTER_AREA)
        planes = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2YUV_I420)).tobytes()
        frames += [b"FRAME\n" + planes] * (seconds * RATE)
    return f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420jpeg\n".encode() + b"".join(frames)


def snap(page: Page, name: str) -> None:
    """Keep a picture of the page where MASKWATCH_TEST_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MASKWATCH_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look_with(world: World, settings: Settings, detector: LocalDetector | None = None) -> Looks:
    looks = Looks(settings, open_detector, detector=detector)
    models = Models(looking=looks, shelf=Shelf(settings), records=TrainingFolder(settings))
    world.console = replace(world.console, models=models)
    return looks


def seen(label: Label, *uncovered: str) -> PictureResult:
    """One face, in the middle of a webcam's picture."""
    shares = {one: 0.96 if one == label else 0.02 for one in ("no_mask", "mask_incorrect", "mask_correct")}
    points = ((440.0, 240.0), (520.0, 240.0), (480.0, 280.0), (450.0, 320.0), (510.0, 320.0))
    face = Face(
        box=(400.0, 180.0, 560.0, 380.0), score=0.97, landmarks=points, label=label, probabilities=shares,
        uncovered=uncovered,
    )  # fmt: skip
    return PictureResult(width=960, height=540, faces=(face,), model={"detector": "d@1"}, timings_ms={"detect": 12.0})


@pytest.fixture
def pipeline(world: World) -> Iterator[ScriptedPipeline]:
    """The models answer what the test says."""
    made = ScriptedPipeline(crowd())
    made.go.set()
    detector = LocalDetector(pipeline=made)
    look_with(world, Settings(), detector)
    yield made
    detector.close()


@pytest.fixture
def tiny(world: World, tmp_path: Path) -> Iterator[None]:
    """Models that take coloured squares for faces."""
    looks = look_with(world, Settings(models=write_repository(tmp_path / "models")))
    yield
    looks.close()


@pytest.fixture
def lite(world: World) -> Iterator[None]:
    """The light ones that ship."""
    looks = look_with(world, Settings(variant="lite"))
    yield
    looks.close()


def test_a_dropped_picture_shows_its_faces_and_the_json(pipeline: ScriptedPipeline, page_of) -> None:
    page = page_of("viewer", "/try")
    drop(page, "entrance.jpg", "image/jpeg", picture())
    card = page.get_by_role("article")
    expect(card.get_by_role("heading", name="entrance.jpg")).to_be_visible()
    expect(card.locator(".overlay .face-no_mask text")).to_have_text("No mask")
    expect(card.get_by_text("Face 2: Worn wrongly")).to_be_visible()
    expect(card.get_by_text("uncovered: nose", exact=True)).to_be_visible()
    expect(card.get_by_text("yoloface-server@1")).to_be_visible()
    snap(page, "try")
    card.get_by_text("JSON").click()
    expect(card.get_by_label("JSON")).to_contain_text('"label": "mask_incorrect"')
    with page.expect_download() as download:
        card.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "entrance.json"

    page.get_by_label("Face detector").select_option(label="lite: light")
    page.get_by_label("Least score of a face").fill("0.3")
    expect(page.get_by_text("0.3", exact=True)).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.try-stage > .empty')")
    wait_until(page, lambda: pipeline.requests[-1].options.min_score == 0.3)
    assert pipeline.requests[-1].options.variant == "lite"

    pipeline.result = PictureResult(error="this is no JPEG, PNG or WebP picture")
    drop(page, "broken.jpg", "image/jpeg", b"GIF89a")
    expect(page.get_by_role("alert")).to_have_text("this is no JPEG, PNG or WebP picture")
    drop(page, "notes.txt", "text/plain", b"text")
    expect(page.get_by_text("notes.txt is neither a picture nor a video.")).to_be_visible()


def test_a_video_shows_where_somebody_wore_no_mask(tiny: None, page_of) -> None:
    page = page_of("viewer", "/try")
    film = video_of([{(1, 1): RED}] * 2 + [{(1, 1): BLUE}] * 2, form="webm", codec="libvpx")
    drop(page, "door.webm", "video/webm", film)
    expect(page.get_by_role("button", name="No mask from 0:00 to 0:02")).to_be_visible()
    expect(page.get_by_text("1 person in 4 looked-at frames of 4 s")).to_be_visible()
    expect(page.get_by_role("table", name="People")).to_contain_text("Person 1")
    page.wait_for_function(
        "() => document.querySelector('.try-thumbnail')?.getContext('2d').getImageData(5, 5, 1, 1).data[3]"
    )
    page.get_by_role("button", name="No mask from 0:00 to 0:02").click()
    snap(page, "try-video")


def test_the_gate_denies_then_allows_and_ends_by_escape(pipeline: ScriptedPipeline, page_of) -> None:
    pipeline.result = seen(Label.MASK_INCORRECT, "NOSE")
    page = page_of("viewer", "/gate")
    page.get_by_label("How long").fill("1")
    page.get_by_role("button", name="Start").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Please stop")
    expect(status).to_contain_text("Please cover your nose.")
    snap(page, "gate-deny")
    pipeline.result = seen(Label.MASK_CORRECT)
    expect(status).to_contain_text("Please go in")
    snap(page, "gate-allow")
    pipeline.result = PictureResult(width=960, height=540)
    expect(status).to_contain_text("Please come closer")
    pipeline.result = seen(Label.NO_MASK, "NOSE", "MOUTH", "CHIN")
    expect(status).to_contain_text("Please put on a mask.")
    page.keyboard.press("Escape")
    expect(page.get_by_label("How long")).to_have_value("1")
    snap(page, "gate-start")


def test_the_gate_neither_flickers_nor_closes_before_who_was_let_in(pipeline: ScriptedPipeline, page_of) -> None:
    page = page_of("viewer", "/gate")
    script = """async (answers) => {
        const { START, backoff, turn } = await import('/assets/pages/gate/turn.js');
        let state = START;
        const shown = answers.map(([now, decision]) => {
            const face = decision === 'nobody' ? null : {label: 'no_mask', uncovered: []};
            state = turn(state, {decision: decision === 'nobody' ? 'retry' : decision, face}, {now, hold: 4});
            return state.shown;
        });
        return [shown, [0, 3, 9].map((failures) => backoff(failures, null, 1)), backoff(0, 60, 1)];
    }"""
    answers = [
        (2, "deny"), (2.2, "allow"), (2.4, "allow"),  # two that agree are believed
        (2.6, "deny"), (6.3, "deny"), (6.5, "deny"),  # four seconds for who was let in, whoever comes behind
        (6.7, "nobody"), (6.9, "nobody"), (8.2, "nobody"),  # a refusal is read before it goes
        (8.4, "away"), (8.6, "allow"),  # after a failure the first answer counts
    ]  # fmt: skip
    shown, waits, asked = page.evaluate(script, answers)
    assert shown == [
        "idle", "idle", "allow", "allow", "allow", "deny", "deny", "deny", "idle", "away", "allow",
    ]  # fmt: skip
    assert (waits, asked) == ([1, 8, 30], 60)


def test_the_gate_says_that_it_cannot_decide_and_goes_on_by_itself(pipeline: ScriptedPipeline, page_of) -> None:
    pipeline.result = seen(Label.MASK_CORRECT)
    page = page_of("viewer", "/gate?start=1", permissions=["camera"])
    status = page.get_by_role("status")
    expect(status).to_contain_text("Please go in")
    busy = {"status": 429, "code": "too_many_at_once", "detail": "…"}
    page.route("**/api/v1/gate*", lambda route: route.fulfill(status=429, json=busy))
    expect(status).to_contain_text("Please ask our staff")
    page.unroute("**/api/v1/gate*")
    expect(status).to_contain_text("Please go in")


def test_the_gate_judges_people_by_the_real_models(lite: None, page_of) -> None:
    page = page_of("viewer", "/gate?start=1", permissions=["camera"])
    status = page.get_by_role("status")
    expect(status).to_contain_text("Please put on a mask.")
    snap(page, "gate-real-deny")
    expect(status).to_contain_text("Please go in")
    snap(page, "gate-real-allow")
    page.mouse.move(40, 40)  # where there is no Escape key, a touch shows the way out
    page.get_by_role("button", name="End the gate").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_who_sits_before_the_webcam_sees_their_own_face(pipeline: ScriptedPipeline, page_of) -> None:
    pipeline.result = seen(Label.MASK_INCORRECT, "NOSE")
    page = page_of("viewer", "/try")
    page.get_by_role("button", name="Use the webcam").click()
    expect(page.locator(".try-boxes .face-mask_incorrect text")).to_have_text("Worn wrongly: nose")
    page.get_by_role("button", name="Keep this picture").click()
    expect(page.get_by_role("article").get_by_role("img")).to_have_js_property("naturalWidth", 640)


def test_why_there_is_no_webcam_is_told(pipeline: ScriptedPipeline, page_of) -> None:
    refusal = "Promise.reject(new DOMException('', 'NotAllowedError'))"
    for path, button in (("/try", "Use the webcam"), ("/gate", "Start")):
        page = page_of("viewer", path)
        page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = () => {refusal}; }}")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("alert").filter(has_text="The browser was told not to use the webcam.")).to_be_visible()


def drop(page: Page, name: str, kind: str, content: bytes) -> None:
    """As from a folder beside the browser."""
    script = """(zone, [name, type, bytes]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
        zone.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
    }"""
    page.locator(".try-drop").evaluate(script, [name, kind, list(content)])


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    """Of something that the browser does not know."""
    while not is_so():
        page.wait_for_timeout(50)
