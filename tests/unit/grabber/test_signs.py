"""The gate's eyes: what is broken is told from what only looks odd, on a drawn scene and on photographs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from grabber.picture import Picture
from grabber.quality import Gate
from grabber.signs import GOOD, Luma, Signs, signs_of
from maskwatch.simulation.scene import Scene
from maskwatch.simulation.stage import Stage
from maskwatch.simulation.timeline import HEIGHT

START = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(seconds=15)
PHOTOGRAPHS = Path("../shared/data/masks/images")
MANY = 24


@pytest.fixture(scope="module")
def scene() -> Luma:
    """Somebody in a shop, 1280 x 720, with a sensor's noise."""
    stage = Stage(Scene(started_at=START))
    stage.prepare()
    return np.ascontiguousarray(stage.picture(START + timedelta(seconds=8))[:HEIGHT])


@pytest.fixture(scope="module")
def photographs() -> list[Luma]:
    if not PHOTOGRAPHS.is_dir():
        pytest.skip("needs the pictures of ../shared/data, which are not part of the project")
    files = sorted(PHOTOGRAPHS.rglob("*.webp"))
    return [np.asarray(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE), np.uint8) for file in files[:: len(files) // MANY]]


def picture(luma: Luma, at: datetime, signs: Signs | None = None) -> Picture:
    return Picture(
        jpeg=b"", width=1, height=1, captured_at=at, fingerprint=str(at).encode(),
        brightness=float(luma.mean()), contrast=float(luma.std()), signs=signs or signs_of(luma),
    )  # fmt: skip


def refusal(luma: Luma, *, usual: Luma) -> str | None:
    """What a gate says of a picture after two minutes of the usual ones."""
    gate, at, signs = Gate(interval=EVERY), START, signs_of(usual)
    for _ in range(8):
        assert gate.refusal(picture(usual, at, signs), now=at) is None
        at += EVERY
    return gate.refusal(picture(luma, at), now=at)


def torn(luma: Luma) -> Luma:
    """A slice of a tenth of the height stands a seventh of the width beside its place."""
    broken, (height, width) = luma.copy(), luma.shape
    rows = slice(height // 2, height // 2 + height // 10)
    broken[rows] = np.roll(luma[rows], width // 7, axis=1)
    return broken


def half_grey(luma: Luma) -> Luma:
    """The lower half was never received."""
    broken = luma.copy()
    broken[len(luma) // 2 :] = 130
    return broken


def smeared(luma: Luma) -> Luma:
    """The lower half is one row dragged down, through a JPEG as a recorder makes it."""
    broken, half = luma.copy(), len(luma) // 2
    broken[half:] = luma[half]
    return through_jpeg(broken)


def overexposed(luma: Luma) -> Luma:
    return np.clip(luma.astype(np.int16) * 6 + 150, 0, 255).astype(np.uint8)


def covered(luma: Luma) -> Luma:
    """A hand lies on the lens: no edge, some light from one side, a sensor's noise."""
    height, width = luma.shape
    light = 60 + np.linspace(0, 40, width)[None] + np.random.default_rng(1).normal(0, 2, (height, width))
    return light.astype(np.uint8)


def blurred(luma: Luma) -> Luma:
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), luma.shape[1] / 90), np.uint8)


def through_jpeg(luma: Luma) -> Luma:
    return np.asarray(
        cv2.imdecode(cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_GRAYSCALE), np.uint8
    )


BROKEN = {
    "torn": torn,
    "grey": half_grey,
    "smeared": smeared,
    "overexposed": overexposed,
    "covered": covered,
    "blurred": blurred,
}


def dark(luma: Luma) -> Luma:
    return (luma * 0.3).astype(np.uint8)


def moved(luma: Luma) -> Luma:
    """Somebody bumped into the camera."""
    return np.roll(luma, (luma.shape[0] // 12, luma.shape[1] // 10), axis=(0, 1))


def approached(luma: Luma) -> Luma:
    """Somebody in plain clothes fills half of the picture."""
    broken, (height, width) = luma.copy(), luma.shape
    broken[height // 4 :, width // 5 : 4 * width // 5] = 70
    return broken


@pytest.mark.parametrize("reason", BROKEN)
def test_what_is_broken_is_refused(scene: Luma, reason: str) -> None:
    assert refusal(BROKEN[reason](scene), usual=scene) == reason


@pytest.mark.parametrize("change", [through_jpeg, dark, approached])
def test_what_only_looks_different_passes(scene: Luma, change: object) -> None:
    assert callable(change)
    assert refusal(change(scene), usual=scene) is None


@pytest.mark.parametrize("change", [half_grey, smeared, covered, blurred])
def test_what_a_camera_always_shows_is_its_usual(scene: Luma, change: object) -> None:
    """A grey privacy mask, blinds, a bare wall, a soft lens."""
    assert callable(change)
    usual = change(scene)
    assert refusal(usual, usual=usual) is None


def test_before_anything_is_usual_nothing_is_unusual(scene: Luma) -> None:
    for change in (covered, blurred):
        assert Gate(interval=EVERY).refusal(picture(change(scene), START), now=START) is None


def test_a_lens_that_stays_blurred_is_usual_after_some_minutes_and_its_focus_is_good_again_at_once(scene: Luma) -> None:
    gate, at = Gate(interval=EVERY), START
    sharp, soft = signs_of(scene), signs_of(blurred(scene))
    said = []
    for signs in [sharp] * 40 + [soft] * 40 + [sharp]:
        said.append(gate.refusal(picture(scene, at, signs), now=at))
        at += EVERY
    assert set(said[:40]) == {None}
    assert set(said[40:60]) == {"blurred"}  # five minutes
    assert set(said[61:]) == {None}


def test_a_short_interval_does_not_make_a_minute_of_cover_usual(scene: Luma) -> None:
    gate, at, hidden = Gate(interval=timedelta(seconds=1)), START, signs_of(covered(scene))
    for _ in range(120):
        gate.refusal(picture(scene, at, signs_of(scene) if at == START else GOOD), now=at)
        at += timedelta(seconds=1)
    for _ in range(60):
        at += timedelta(seconds=1)
        assert gate.refusal(picture(scene, at, hidden), now=at) == "covered"


@pytest.mark.parametrize("size", [(720, 576), (640, 480), (3840, 2160), (64, 48), (2, 2)])
def test_pictures_of_any_size_are_looked_at(scene: Luma, size: tuple[int, int]) -> None:
    signs = signs_of(np.asarray(cv2.resize(scene, size, interpolation=cv2.INTER_AREA), np.uint8))
    assert 0 <= signs.empty <= 1
    assert not signs.is_torn


def test_no_photograph_is_refused(photographs: list[Luma]) -> None:
    assert [refusal(luma, usual=luma) for luma in photographs] == [None] * len(photographs)


@pytest.mark.parametrize(("reason", "least"), [("torn", 0.9), ("grey", 0.9), ("smeared", 0.8), ("covered", 0.8)])
def test_most_broken_photographs_are_refused(photographs: list[Luma], reason: str, least: float) -> None:
    said = [refusal(BROKEN[reason](luma), usual=luma) for luma in photographs]
    assert sum(one is not None for one in said) >= least * len(said)


def test_the_reason_of_a_dead_picture_comes_before_how_it_looks(scene: Luma) -> None:
    broken = replace(picture(torn(scene), START), is_corrupt=True)
    assert Gate(interval=EVERY).refusal(broken, now=START) == "corrupt"
