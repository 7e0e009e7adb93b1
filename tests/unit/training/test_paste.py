"""Masks pasted over drawn faces: where they go, what they leave free, what they never touch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from tests.unit.training.drawn_masks import FIVE, SECTION, draw_templates, drawn_face
from training.augment.hang import Style
from training.augment.outline import trace
from training.augment.paste import MARGIN, choose_template, wear
from training.augment.spline import fit_spline
from training.augment.templates import Template, load_templates
from training.errors import BrokenAnnotations, DataMissing

STYLES = list(Style)
SEEDS = range(8)


@pytest.fixture
def templates(tmp_path: Path) -> tuple[Template, ...]:
    return load_templates(draw_templates(tmp_path / "templates"))


def at(alpha: np.ndarray, points: np.ndarray) -> np.ndarray:
    columns, rows = np.asarray(points).round().astype(int).reshape(-1, 2).T
    return alpha[rows, columns]


def test_a_spline_carries_every_point_exactly_and_its_maps_agree_with_it() -> None:
    source = np.asarray([[30, 40], [60, 30], [95, 42], [35, 80], [62, 100], [90, 82]], np.float32)
    target = np.asarray([[3, 5], [50, 0], [99, 8], [10, 60], [52, 90], [88, 55]], np.float32)
    spline = fit_spline(source, target)
    assert spline(source) == pytest.approx(target, abs=1e-2)
    x, y = spline.maps(left=20, top=25, width=83, height=79)
    assert x.shape == y.shape == (79, 83)
    for (column, row), (wanted_x, wanted_y) in zip(source.astype(int), target, strict=True):
        assert x[row - 25, column - 20] == pytest.approx(wanted_x, abs=0.6)
        assert y[row - 25, column - 20] == pytest.approx(wanted_y, abs=0.6)


def test_points_on_a_line_have_no_map() -> None:
    line = np.asarray([[0, 0], [1, 1], [2, 2]], np.float32)
    with pytest.raises(ValueError, match="line"):
        fit_spline(line, line)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mask_worn_well_covers_nose_mouth_and_chin_but_no_eye(templates: tuple[Template, ...], seed: int) -> None:
    random = np.random.default_rng(seed)
    worn = wear(drawn_face(), FIVE, template=templates[0], style=Style.WORN, random=random)
    assert at(worn.alpha, FIVE[2:]).min() > 0.9
    assert at(worn.alpha, FIVE[:2]).max() == 0
    assert worn.image[104, 100].min() > drawn_face()[104, 100].min(), "the white mask is what one sees there"


@pytest.mark.parametrize("seed", SEEDS)
def test_under_the_nose_the_nose_is_free_and_the_mouth_is_not(templates: tuple[Template, ...], seed: int) -> None:
    random = np.random.default_rng(seed)
    worn = wear(drawn_face(), FIVE, template=templates[0], style=Style.UNDER_NOSE, random=random)
    outline = trace(FIVE)
    assert at(worn.alpha, outline.frame.to_picture(np.stack([outline.five[2], *outline.nostril]))).max() < 0.05
    assert at(worn.alpha, (FIVE[3:4] + FIVE[4:5]) / 2).min() > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_under_the_chin_nose_and_mouth_are_free(templates: tuple[Template, ...], seed: int) -> None:
    random = np.random.default_rng(seed)
    worn = wear(drawn_face(), FIVE, template=templates[0], style=Style.UNDER_CHIN, random=random)
    assert at(worn.alpha, FIVE[2:]).max() < 0.05
    assert worn.alpha.sum() > 300, "there is a mask somewhere"


@pytest.mark.parametrize("style", STYLES)
def test_nothing_is_painted_far_from_the_face(templates: tuple[Template, ...], style: Style) -> None:
    before = np.pad(drawn_face(), ((0, 300), (0, 300), (0, 0)), constant_values=90)
    for seed in SEEDS:
        after = wear(before, FIVE, template=templates[0], style=style, random=np.random.default_rng(seed))
        rows, columns = np.nonzero((after.image != before).any(axis=2) | (after.alpha > 0))
        reach = 60 * (1 + MARGIN)
        assert columns.min() > 100 - reach
        assert columns.max() < 100 + reach
        assert rows.min() > FIVE[:2, 1].max() - 10
        assert rows.max() < 200 + reach


def test_one_seed_gives_one_picture_and_another_seed_another(templates: tuple[Template, ...]) -> None:
    def image(seed: int) -> np.ndarray:
        random = np.random.default_rng(seed)
        return wear(drawn_face(), FIVE, template=templates[0], style=Style.WORN, random=random).image

    assert (image(3) == image(3)).all()
    assert (image(3) != image(4)).any()


def test_the_given_picture_stays_as_it_was(templates: tuple[Template, ...]) -> None:
    before = drawn_face()
    wear(before, FIVE, template=templates[0], style=Style.WORN, random=np.random.default_rng(0))
    assert (before == drawn_face()).all()


def test_a_face_at_the_edge_of_the_picture_or_outside_it_is_no_error(templates: tuple[Template, ...]) -> None:
    for shift in ((-90, 0), (95, 0), (0, 90), (0, -120), (-500, 0)):
        points = FIVE + np.asarray(shift, np.float32)
        worn = wear(drawn_face(), points, template=templates[0], style=Style.WORN, random=np.random.default_rng(0))
        assert worn.alpha.shape == (200, 200)
    assert worn.alpha.max() == 0, "the last face lies outside"


def test_a_dark_picture_gets_a_dark_mask_and_a_grey_one_a_grey_mask(templates: tuple[Template, ...]) -> None:
    dark = (drawn_face() * 0.25).astype(np.uint8)
    grey = np.repeat(drawn_face()[..., :1], 3, axis=2)
    bright, dim, plain = (
        wear(image, FIVE, template=templates[0], style=Style.WORN, random=np.random.default_rng(1))
        for image in (drawn_face(), dark, grey)
    )
    covered = bright.alpha > 0.99
    assert dim.image[covered].mean() < 0.5 * bright.image[covered].mean()
    assert np.ptp(plain.image[covered].astype(int), axis=1).max() <= 2


def test_a_blurred_picture_gets_a_soft_edge(templates: tuple[Template, ...]) -> None:
    import cv2

    def edge(image: np.ndarray) -> int:
        worn = wear(image, FIVE, template=templates[0], style=Style.WORN, random=np.random.default_rng(1))
        return int(((worn.alpha > 0.1) & (worn.alpha < 0.9)).sum())

    blurred = np.asarray(cv2.GaussianBlur(drawn_face(), (0, 0), 4), np.uint8)
    assert edge(blurred) > 1.5 * edge(drawn_face())


def test_unknown_points_are_refused(templates: tuple[Template, ...]) -> None:
    for points in (FIVE * np.nan, FIVE[:4], np.zeros((5, 2), np.float32)):
        with pytest.raises(ValueError, match="face"):
            wear(drawn_face(), points, template=templates[0], style=Style.WORN, random=np.random.default_rng(0))


def test_a_turned_face_gets_the_mask_seen_from_its_side(templates: tuple[Template, ...]) -> None:
    random = np.random.default_rng(0)
    turned = FIVE.copy()
    turned[:, 0] = [74, 100, 66, 76, 96]  # the nose tip lies beyond the eye on the picture's left
    assert choose_template(templates, FIVE, Style.WORN, random).side == "front"
    assert choose_template(templates, turned, Style.WORN, random).side == "left"
    mirrored = turned.copy()
    mirrored[:, 0] = 200 - turned[[1, 0, 2, 4, 3], 0]
    assert choose_template(templates, mirrored, Style.WORN, random).side == "right"


def test_a_template_knows_its_kind_and_side_and_ever_smaller_copies(templates: tuple[Template, ...]) -> None:
    assert [(template.name, template.kind, template.side) for template in templates] == [
        ("plain", "plain", "front"),
        ("plain_left", "plain", "left"),
        ("plain_right", "plain", "right"),
    ]
    widths = [level.pixels.shape[1] for level in templates[0].levels]
    assert widths == [120, 60, 30]
    assert templates[0].level_for(40).pixels.shape[1] == 60
    assert templates[0].level_for(4000).pixels.shape[1] == 120


def test_straps_are_shown_but_do_not_count_as_the_mask(tmp_path: Path) -> None:
    import cv2

    folder = draw_templates(tmp_path, ("plain_left",))
    pixels = cv2.imread(str(folder / "plain_left.png"), cv2.IMREAD_UNCHANGED)
    cv2.line(pixels, (105, 30), (119, 30), (250, 250, 250, 255), 3)
    cv2.imwrite(str(folder / "plain_left.png"), pixels)
    (level, *_) = load_templates(folder)[0].levels
    assert level.pixels[30, 118, 3] == 255
    assert level.body[30, 118] == 0
    shield = np.zeros_like(level.body)
    shield[:, :105] = level.pixels[:, :105, 3]
    assert (level.body[:, :105] == shield[:, :105]).mean() > 0.995, "the rest of the mask is whole"


def test_a_missing_folder_or_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"masks\.cfg"):
        load_templates(tmp_path)
    (tmp_path / "masks.cfg").write_text(SECTION.format(name="absent"))
    with pytest.raises(DataMissing, match=r"absent\.png"):
        load_templates(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no section at all", "not a list of templates"),
        ("[empty]\n", "names no template"),
        (SECTION.format(name="plain").replace("mask_e: 60, 95\n", ""), "mask_e"),
        (SECTION.format(name="plain").replace("60, 95", "60, low"), "plain"),
        (SECTION.format(name="plain").replace("60, 95", "60"), "plain"),
        (SECTION.format(name="plain").replace("mask_a: 10", "mask_a: 910"), "right of"),
    ],
)
def test_a_broken_list_of_templates_gives_one_clear_error(tmp_path: Path, content: str, sentence: str) -> None:
    draw_templates(tmp_path)
    (tmp_path / "masks.cfg").write_text(content)
    with pytest.raises(BrokenAnnotations, match=sentence) as caught:
        load_templates(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_template_without_alpha_is_refused(tmp_path: Path) -> None:
    import cv2

    draw_templates(tmp_path, ("plain",))
    cv2.imwrite(str(tmp_path / "plain.png"), np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(BrokenAnnotations, match="alpha"):
        load_templates(tmp_path)
