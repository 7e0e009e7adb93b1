"""Light, blur and codecs do to a picture what they are named for, and nothing to its size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("av", reason="needs PyAV (pip install 'maskwatch[grabber]')")

from drawn_samples import faces, textured

from training.augment.blur import defocus, disc, drag, line, lose_focus, move
from training.augment.cctv_copy import cctv_copy
from training.augment.chain import MIN_SENSOR_PX, SAMPLE_CAMERA, WINDOW_CHAIN, degrade_sample, lose_faces
from training.augment.codec import squeeze_h264, squeeze_jpeg, through_h264, through_jpeg
from training.augment.light import LEAST_GAIN, add_noise, darken, dim, gain_to, roughen
from training.augment.photometric import DETAIL_LEFT, degrade, jitter_colour, lose_detail
from training.augment.stages import in_turn

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
CHANGES = (darken, roughen, lose_focus, move, squeeze_jpeg, squeeze_h264, lose_detail, jitter_colour, degrade)


def loss(first: np.ndarray, second: np.ndarray) -> float:
    """Root of the mean squared difference, 0..255."""
    return float(np.sqrt(((first.astype(float) - second) ** 2).mean()))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("size", [(64, 96), (33, 47), (16, 16)])
def test_a_change_keeps_size_and_type_and_is_repeatable(change: Change, size: tuple[int, int]) -> None:
    image = textured(*size)
    image.flags.writeable = False
    for seed in range(6):
        first, second = (change(image, np.random.default_rng(seed)) for _ in range(2))
        assert first.shape == image.shape
        assert first.dtype == np.uint8
        assert (first == second).all()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_another_seed_gives_another_picture(change: Change) -> None:
    image = textured(64, 96)
    pictures = [change(image, np.random.default_rng(seed)) for seed in range(12)]
    assert len({picture.tobytes() for picture in pictures}) > 3
    assert max(loss(image, picture) for picture in pictures) > 3


def test_dim_takes_light_and_colour() -> None:
    image = np.full((8, 8, 3), (200, 100, 40), np.uint8)
    assert dim(image, gain=0.5, saturation=1)[0, 0].tolist() == [100, 50, 20]
    grey = dim(image, gain=1, saturation=0)[0, 0]
    assert np.ptp(grey) == 0
    assert 100 < grey[0] < 150


def test_the_gain_reaches_a_mean_and_neither_brightens_nor_blackens() -> None:
    image = np.full((4, 4, 3), 100, np.uint8)
    assert gain_to(image, 40) == pytest.approx(0.4)
    assert gain_to(image, 140) == 1
    assert gain_to(image, 5) == LEAST_GAIN
    assert gain_to(np.zeros((4, 4, 3), np.uint8), 40) == 1


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("level", [40, 160])
def test_noise_has_the_promised_variance_and_no_bias(coarse: bool, level: int) -> None:
    image = np.full((200, 200, 3), level, np.uint8)
    noisy = add_noise(image, np.random.default_rng(0), shot=0.4, read=3, coarse=coarse).astype(float)
    assert noisy.mean() == pytest.approx(level, abs=0.25)
    assert noisy.var() == pytest.approx(0.4 * level + 9, rel=0.08)


@pytest.mark.parametrize("kernel", [disc(0.4), disc(2.6), line(2, 0), line(8.5, 37), line(5, 90)])
def test_blur_kernels_neither_darken_nor_shift(kernel: np.ndarray) -> None:
    rows, columns = np.mgrid[: kernel.shape[0], : kernel.shape[1]]
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    assert (rows * kernel).sum() == pytest.approx((kernel.shape[0] - 1) / 2, abs=1e-4)
    assert (columns * kernel).sum() == pytest.approx((kernel.shape[1] - 1) / 2, abs=1e-4)
    assert (kernel >= 0).all()


def test_motion_blurs_along_its_line_only() -> None:
    image = np.zeros((41, 41, 3), np.uint8)
    image[20, 20] = 255
    blurred = drag(image, length=8, degrees=0)[..., 0]
    assert np.flatnonzero(blurred.any(axis=1)).tolist() == [20]
    assert 7 <= len(np.flatnonzero(blurred[20])) <= 11


def test_defocus_spreads_in_every_direction() -> None:
    image = np.zeros((41, 41, 3), np.uint8)
    image[20, 20] = 255
    spread = defocus(image, radius=2)[..., 0] > 0
    assert spread.sum(axis=0).max() == spread.sum(axis=1).max() == 5


@pytest.mark.parametrize("preset", ["superfast", "ultrafast"])
@pytest.mark.parametrize("size", [(64, 96), (61, 95), (16, 18)])
def test_a_higher_factor_loses_more_and_the_size_stays(preset: str, size: tuple[int, int]) -> None:
    image = textured(*size)
    losses = [loss(image, through_h264(image, crf=crf, preset=preset)) for crf in (18, 30, 42)]
    assert losses[0] < losses[1] < losses[2]
    assert through_h264(image, crf=30, preset=preset).shape == image.shape


@pytest.mark.parametrize("step", [(0, 0), (4, 0), (-3, 2), (0, -4)])
def test_the_last_frame_stands_where_the_picture_has_it(step: tuple[int, int]) -> None:
    """Against shifted copies the picture itself is the likest: the labels hold."""
    image = textured(64, 96)
    sent = through_h264(image, crf=26, step=step)
    moves = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    best = min(moves, key=lambda move: loss(np.roll(image, move, axis=(1, 0))[4:-4, 4:-4], sent[4:-4, 4:-4]))
    assert best == (0, 0)


def test_a_moving_scene_is_sent_otherwise_than_a_still_one() -> None:
    image = textured(64, 96)
    assert (through_h264(image, crf=36, step=(4, 1)) != through_h264(image, crf=36)).any()


def test_colours_survive_the_codecs() -> None:
    image = np.zeros((32, 48, 3), np.uint8)
    image[:] = (210, 60, 30)
    assert loss(image, through_h264(image, crf=20)) < 4
    assert loss(image, through_jpeg(image, quality=90)) < 4


def test_cctv_copies_depend_on_picture_and_seed_alone() -> None:
    image, other = textured(90, 121), textured(90, 121)[:, ::-1].copy()
    first = cctv_copy(image, seed=1)
    cctv_copy(other, seed=1)
    assert (cctv_copy(image, seed=1) == first).all()
    assert (cctv_copy(image, seed=2) != first).any()
    assert first.shape == image.shape
    assert first.dtype == np.uint8
    assert loss(image, first) > 10


def test_a_cctv_copy_leaves_the_given_picture_alone() -> None:
    image = textured(60, 80)
    before = image.copy()
    cctv_copy(image, seed=0)
    assert (image == before).all()


def test_faces_too_small_for_the_sensor_become_regions_to_ignore() -> None:
    drawn = faces([(10, 10, 15, 15), (40, 20, 90, 80)])
    result = lose_faces(drawn, np.random.default_rng(2))
    smallest = 5 * DETAIL_LEFT[1]
    assert smallest > MIN_SENSOR_PX, "some cameras keep the small face"
    kept = [len(lose_faces(drawn, np.random.default_rng(seed)).boxes) for seed in range(30)]
    assert set(kept) == {1, 2}
    assert len(result.boxes) + len(result.ignored) == 2
    assert len(result.points) == len(result.boxes)


@pytest.mark.parametrize("boxes", [[], [(10, 10, 42, 50)]], ids=["no face", "a face"])
def test_every_stage_survives_empty_samples_and_keeps_shapes(boxes: list[tuple[int, int, int, int]]) -> None:
    drawn = faces(boxes, width=96, height=96)
    for _, change in (*SAMPLE_CAMERA, *WINDOW_CHAIN, (1.0, degrade_sample)):
        for seed in range(4):
            result = change(drawn, np.random.default_rng(seed))
            assert (result.image.shape, result.image.dtype) == ((96, 96, 3), np.uint8)
            assert result.boxes.shape == (len(result.boxes), 4)
            assert result.points.shape == (len(result.boxes), 5, 2)
            assert result.ignored.shape == (len(result.ignored), 4)
            assert {part.dtype for part in (result.boxes, result.points, result.ignored)} == {np.dtype(np.float32)}


def test_a_table_draws_every_stage_by_its_own_share() -> None:
    def note(name: str) -> Callable[[list[str], np.random.Generator], list[str]]:
        return lambda names, _random: [*names, name]

    random = np.random.default_rng(0)
    table = ((1.0, note("always")), (0.0, note("never")), (0.3, note("sometimes")))
    runs = [in_turn(table, [], random) for _ in range(400)]
    assert all(run[0] == "always" and "never" not in run for run in runs)
    assert 80 <= sum(run == ["always", "sometimes"] for run in runs) <= 160
