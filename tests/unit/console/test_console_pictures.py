"""What is drawn on pictures."""

from __future__ import annotations

import numpy as np
import pytest

from common.domain.prediction import Box, Face, Label
from common.errors import NotFound, UnreadableImage
from console.pictures import STYLES, Picture, decode, encode, render

GREY = 128


def plain(width: int = 640, height: int = 360) -> bytes:
    return encode(np.full((height, width, 3), GREY, np.uint8))


def noisy() -> bytes:
    return encode(np.random.default_rng(1).integers(0, 255, (360, 640, 3)).astype(np.uint8))


def face(box: Box = (100, 100, 200, 220), label: Label = Label.NO_MASK) -> Face:
    return Face(box=box, score=0.9, landmarks=(), label=label, probabilities={}, uncovered=("NOSE",))


def near(picture: Picture, color: tuple[int, int, int]) -> np.ndarray:
    return np.abs(picture.astype(int) - np.array(color)).max(axis=2) < 40


def test_nothing_asked_for_is_the_stored_picture_itself() -> None:
    data = plain()
    assert render(data, [face()]) is data


@pytest.mark.parametrize("label", list(Label))
def test_each_label_has_its_colour_along_its_box(label: Label) -> None:
    picture = decode(render(plain(), [face(label=label)], boxes=True))
    bottom = picture[218:223, 100:200]
    assert near(bottom, STYLES[label].color).sum() > 60
    assert (np.abs(picture[300:, 300:].astype(int) - GREY) < 6).all()


def test_a_dashed_box_has_gaps_and_a_solid_one_has_none() -> None:
    def covered(label: Label) -> float:
        bottom = decode(render(plain(), [face(label=label)], boxes=True))[220:221, 110:190]
        return float(near(bottom, STYLES[label].color).mean())

    assert covered(Label.NO_MASK) > 0.95
    assert 0.3 < covered(Label.MASK_INCORRECT) < 0.8


def test_colours_are_all_different() -> None:
    assert len({style.color for style in STYLES.values()}) == len(Label)


def test_a_blurred_face_loses_its_detail_and_nothing_else_does() -> None:
    before = decode(noisy())
    after = decode(render(noisy(), [face()], blur=True))
    assert after[120:200, 115:185].std() < before[120:200, 115:185].std() / 3
    assert after[260:, 300:].std() == pytest.approx(before[260:, 300:].std(), rel=0.1)


def test_a_crop_is_the_face_with_its_surroundings() -> None:
    assert decode(render(plain(), [face()], crop=0)).shape == (204, 170, 3)


def test_boxes_outside_of_the_picture_are_drawn_as_far_as_they_reach() -> None:
    boxes: list[Box] = [(-50, -50, 40, 40), (600, 340, 900, 900), (-9, -9, -1, -1)]
    assert decode(render(plain(), [face(box) for box in boxes], boxes=True, blur=True)).shape == (360, 640, 3)


def test_a_face_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="no face 1; it has 1"):
        render(plain(), [face()], crop=1)


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(UnreadableImage):
        render(b"no picture", [face()], boxes=True)
