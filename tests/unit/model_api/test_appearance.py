"""How a face looks: 23 numbers of the network, nine of the colours around the face."""

from __future__ import annotations

import numpy as np

from model_api.appearance import describe
from model_api.imaging.host import HostImaging

BOX = (90.0, 90.0, 110.0, 110.0)
FEATURES = np.arange(1, 24, dtype=np.float32)


def _person(hair: tuple[int, int, int], clothes: tuple[int, int, int]) -> np.ndarray:
    """A face at BOX, with hair above it and clothes below."""
    pixels = np.full((200, 200, 3), 128, np.uint8)
    pixels[:95], pixels[112:] = hair, clothes
    return pixels


def _numbers(picture: np.ndarray, features: np.ndarray = FEATURES) -> np.ndarray:
    (looks,) = describe([(picture, BOX)], [features], HostImaging())
    return np.frombuffer(looks, np.int8).astype(int)


def test_features_count_by_their_direction_alone() -> None:
    plain = _person((40, 30, 20), (200, 30, 30))
    assert (_numbers(plain, FEATURES)[:23] == _numbers(plain, 9 * FEATURES)[:23]).all()
    assert 125 < np.linalg.norm(_numbers(plain)[:23]) < 129


def test_colours_are_those_of_hair_and_clothes() -> None:
    red, blue = _numbers(_person((10, 10, 10), (200, 30, 30))), _numbers(_person((10, 10, 10), (30, 30, 200)))
    assert (red[23:26] == blue[23:26]).all()  # the hair
    assert red[23] < -80  # is dark
    assert red[27] > 100  # redder than green
    assert blue[28] < -100  # bluer than yellow
    assert (red[26:29] == red[29:32]).all()  # both shoulders


def test_a_face_at_the_border_looks_like_itself() -> None:
    picture = _person((10, 10, 10), (200, 30, 30))
    (looks,) = describe([(picture[80:], (0.0, 10.0, 20.0, 30.0))], [FEATURES], HostImaging())
    assert len(looks) == 32


def test_features_of_another_network_are_none() -> None:
    assert describe([(_person((0, 0, 0), (0, 0, 0)), BOX)], [FEATURES[:5]], HostImaging()) == []
