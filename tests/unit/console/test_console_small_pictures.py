"""Pictures for the wall: decoded small, with what is drawn on them where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from common.domain.prediction import Face, Label
from common.errors import UnreadableImage
from console.pictures import STYLES, decode, encode, render

FACE = Face(box=(960, 540, 1440, 900), score=0.9, landmarks=(), label=Label.NO_MASK, probabilities={})


def plain(width: int, height: int) -> bytes:
    return encode(np.full((height, width, 3), 128, np.uint8))


@pytest.mark.parametrize(
    ("size", "width", "shown"),
    [
        ((1920, 1080), 480, (480, 270)),  # a quarter: what the decoder scales to
        ((1920, 1080), 960, (960, 540)),
        ((2560, 1440), 480, (480, 270)),  # no eighths: the rest is resized
        ((1080, 1920), 240, (240, 427)),
        ((320, 180), 480, (320, 180)),  # never larger than it is
    ],
)
def test_it_is_at_most_as_wide_as_was_asked_for(size: tuple[int, int], width: int, shown: tuple[int, int]) -> None:
    picture = decode(render(plain(*size), [], width=width))
    assert (picture.shape[1], picture.shape[0]) == shown


def test_boxes_are_where_the_faces_are() -> None:
    picture = decode(render(plain(1920, 1080), [FACE], boxes=True, width=480)).astype(int)
    bottom = picture[223:228, 245:355]  # 900 / 4, from 960 / 4 to 1440 / 4
    assert (np.abs(bottom - np.array(STYLES[Label.NO_MASK].color)).max(axis=2) < 60).any(axis=0).all()


def test_a_blurred_face_is_blurred_in_a_small_picture_too() -> None:
    noisy = encode(np.random.default_rng(1).integers(0, 255, (1080, 1920, 3)).astype(np.uint8))
    sharp, blurred = (decode(render(noisy, [FACE], width=960, blur=blur)).astype(int) for blur in (False, True))
    assert blurred[300:420, 520:680].std() < 0.5 * sharp[300:420, 520:680].std()
    assert np.array_equal(blurred[:200, :400], sharp[:200, :400])


def test_a_face_is_cut_from_the_whole_picture() -> None:
    assert decode(render(plain(1920, 1080), [FACE], crop=0, width=240)).shape[1] == 816


def test_what_is_no_picture_is_an_error_of_ours() -> None:
    with pytest.raises(UnreadableImage):
        render(b"nothing", [], width=240)
