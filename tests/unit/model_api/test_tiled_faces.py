"""Every face once, however tiles cut it: with a network that sees any rectangle which is large enough in its input."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.ports.detector import Tiles
from model_api.arrays import Floats, Pixels
from model_api.face_detector import FaceDetector
from model_api.repository import Description, Model
from model_api.tiling import find_faces

INPUT = 320
WIDTH, HEIGHT = 1280, 720  # four times the input
CELL = 120  # pixels of the picture: one face at most in each
SMALLEST = 8  # pixels of the input
GROUND, FACE = 128, 255
Box = tuple[int, int, int, int]


class RectangleEngine:
    """Finds white rectangles of at least SMALLEST pixels, also those that are cut off, as a detector does."""

    outputs = ("boxes", "scores", "landmarks")

    def infer(self, pictures: Pixels) -> dict[str, Floats]:
        found = [_rectangles(picture) for picture in pictures]
        most = max(1, *(len(boxes) for boxes in found))
        boxes = np.zeros((len(pictures), most, 4), np.float32)
        scores = np.zeros((len(pictures), most), np.float32)
        for row, seen in enumerate(found):
            boxes[row, : len(seen)] = np.reshape(seen, (-1, 4))
            scores[row, : len(seen)] = 0.9
        return {"boxes": boxes, "scores": scores, "landmarks": np.zeros((len(pictures), most, 5, 2), np.float32)}


def test_a_small_face_needs_tiles_and_a_large_one_does_not() -> None:
    small, large = (100, 100, 120, 124), (600, 300, 700, 400)
    assert _find([small, large], "off") == [large]
    assert _find([small, large], "auto") == [small, large]


@pytest.mark.parametrize("side", [30, 60, 100, 160, 320, 600])
def test_a_face_in_the_middle_of_all_tiles_is_found_once(side: int) -> None:
    x, y = (WIDTH - side) // 2, (HEIGHT - side) // 2
    box = (x, y, x + side, y + side)
    assert _find([box], "auto") == [box]


@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_every_face_is_found_once_wherever_it_is(data: st.DataObject) -> None:
    cells = [(x, y) for x in range(0, WIDTH - CELL, CELL) for y in range(0, HEIGHT - CELL + 1, CELL)]
    faces = []
    for x, y in data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=12, unique=True)):
        side = data.draw(st.integers(24, CELL - 10))
        left, top = (corner + data.draw(st.integers(0, CELL - 10 - side)) for corner in (x, y))
        faces.append((left, top, left + side, top + side))
    assert _find(faces, "auto") == sorted(faces)


def test_pictures_with_and_without_tiles_go_together() -> None:
    face = (100, 100, 120, 124)
    pictures = [_draw([face]), _draw([])[:300, :300], _draw([face])]
    found = find_faces(_detector(), pictures, [None] * 3, ["off", "auto", "auto"])
    assert [len(faces) for faces in found] == [0, 0, 1]


def test_the_least_score_is_that_of_each_picture() -> None:
    pictures = [_draw([(100, 100, 120, 124)])] * 2
    found = find_faces(_detector(), pictures, [0.95, 0.5], ["auto", "auto"])
    assert [len(faces) for faces in found] == [0, 1]


def _find(faces: list[Box], tiles: Tiles) -> list[Box]:
    """The drawn faces that were found, in their order; fails where one is found twice or where none is."""
    (found,) = find_faces(_detector(), [_draw(faces)], [None], [tiles])
    drawn = [_drawn_at(face.box, faces) for face in found]
    assert len(set(drawn)) == len(drawn), "a face was found twice"
    return sorted(drawn)


def _drawn_at(box: tuple[float, float, float, float], faces: list[Box]) -> Box:
    """A pixel of the whole picture's input is four of the picture: so far a box may be off."""
    near = [face for face in faces if np.abs(np.subtract(box, face)).max() <= WIDTH / INPUT + 1]
    assert len(near) == 1, f"{box} is none of {faces}"
    return near[0]


def _draw(faces: list[Box]) -> Pixels:
    picture = np.full((HEIGHT, WIDTH, 3), GROUND, np.uint8)
    for x1, y1, x2, y2 in faces:
        picture[y1:y2, x1:x2] = FACE
    return picture


def _rectangles(picture: Pixels) -> list[tuple[int, int, int, int]]:
    bright = (picture[..., 0] > (GROUND + FACE) // 2).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    sizes = [(int(x), int(y), int(width), int(height)) for x, y, width, height, _ in stats[1:]]
    return [(x, y, x + width, y + height) for x, y, width, height in sizes if min(width, height) >= SMALLEST]


def _detector() -> FaceDetector:
    description = Description(name="rectangles", version="1", sha256="0" * 64, input_size=INPUT, min_score=0.5)
    return FaceDetector(model=Model(description=description, path=Path("none")), engine=RectangleEngine())
