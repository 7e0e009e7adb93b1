"""Small faces in large pictures: the detector looks at overlapping tiles, too, and the answers become one.

The method is slicing-aided inference (Akyon et al., SAHI, arXiv:2202.06934): the whole picture once for large faces,
and tiles of it for small ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from common.ports.detector import Tiles
from model_api.arrays import Picture
from model_api.face_detector import Detection, FaceDetector
from model_api.nms import suppress

# The picture's longer side over the network's input. At 1.25, on 60 labelled pictures, five looks found no more of the
# 184 faces than one look did, and half as many wrong boxes again.
LEAST_ZOOM = 1.5
MOST_PER_SIDE = 3  # tiles along each side: ten looks at most take ten times as long, however large the picture is
OVERLAP = 0.25  # of a tile's side, shared by neighbours at least: a face up to that size lies whole in one of them
# Of a tile's longer side: what is larger is left to the look at the whole picture, where it has at least 64 of 640
# pixels. Close up, a shoulder or half a face looks like a face, too.
LARGEST_FACE = OVERLAP
EDGE = 2.0  # pixels of the network's input: a box that ends so near to a cut was cut


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A part of a picture, in the picture's pixels."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, picture: Picture) -> Picture:
        """The pixels of this part of a picture [H, W, 3], not copied."""
        return picture[self.y : self.y + self.height, self.x : self.x + self.width]

    def place(self, face: Detection) -> Detection:
        """What was found in this part, in the picture's pixels."""
        x1, y1, x2, y2 = face.box
        return replace(
            face,
            box=(x1 + self.x, y1 + self.y, x2 + self.x, y2 + self.y),
            landmarks=tuple((x + self.x, y + self.y) for x, y in face.landmarks),
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The looks at one picture: the whole of it, then each tile."""

    width: int
    height: int
    tiles: tuple[Tile, ...] = ()
    edge: float = 0.0  # pixels of the picture: EDGE

    @property
    def looks(self) -> int:
        """How many pictures the detector is shown."""
        return 1 + len(self.tiles)

    def views(self, picture: Picture) -> list[Picture]:
        """What the detector is shown of a picture [H, W, 3]."""
        return [picture, *(tile.cut(picture) for tile in self.tiles)]

    def merge(self, found: Sequence[list[Detection]], *, iou: float) -> list[Detection]:
        """One answer, in falling score, from what was found in each view, in that view's pixels."""
        faces = list(found[0])
        if not self.tiles:
            return faces
        for tile, in_tile in zip(self.tiles, found[1:], strict=True):
            faces += [face for face in map(tile.place, in_tile) if not self._is_for_others(face, tile)]
        boxes = np.asarray([face.box for face in faces], np.float32).reshape(-1, 4)
        kept = suppress(boxes, np.asarray([face.score for face in faces], np.float32), iou=iou)
        return [faces[index] for index in kept]

    def _is_for_others(self, face: Detection, tile: Tile) -> bool:
        """Whether it is too large for a tile, or the tile ends in it: a neighbour or the whole picture shows it all."""
        x1, y1, x2, y2 = face.box
        return (
            max(x2 - x1, y2 - y1) > LARGEST_FACE * max(tile.width, tile.height)
            or (tile.x > 0 and x1 < tile.x + self.edge)
            or (tile.y > 0 and y1 < tile.y + self.edge)
            or (tile.x + tile.width < self.width and x2 > tile.x + tile.width - self.edge)
            or (tile.y + tile.height < self.height and y2 > tile.y + tile.height - self.edge)
        )


def plan(width: int, height: int, *, input_size: int, tiles: Tiles) -> Plan:
    """The looks at a picture; tiles only when they are asked for and its longer side is larger than `input_size`.

    Tiles have the picture's own shape, so that they share runs of the network with the whole of it, and show it at its
    full resolution as far as MOST_PER_SIDE allows.
    """
    zoom = max(width, height) / input_size
    if tiles == "off" or zoom < LEAST_ZOOM:
        return Plan(width=width, height=height)
    per_side = min(MOST_PER_SIDE, math.ceil((zoom - OVERLAP) / (1 - OVERLAP)))
    share = max(1 / zoom, _least_share(per_side))
    across, down = math.ceil(share * width), math.ceil(share * height)
    parts = tuple(
        Tile(x=x, y=y, width=across, height=down)
        for y in _starts(height, down, per_side)
        for x in _starts(width, across, per_side)
    )
    return Plan(width=width, height=height, tiles=parts, edge=EDGE * max(across, down) / input_size)


def useful_side(input_size: int, tiles: Tiles) -> int:
    """The longer side, in pixels, beyond which a larger picture shows the detector nothing more.

    Whoever decodes at a reduced scale must leave so many.
    """
    return input_size if tiles == "off" else math.ceil(input_size / _least_share(MOST_PER_SIDE))


def find_faces(
    detector: FaceDetector, pictures: Sequence[Picture], min_scores: Sequence[float | None], tiles: Sequence[Tiles]
) -> list[list[Detection]]:
    """As `FaceDetector.detect`; `tiles` per picture. Raises InferenceFailed."""
    description = detector.model.description
    plans = [
        plan(picture.shape[1], picture.shape[0], input_size=description.input_size, tiles=wanted)
        for picture, wanted in zip(pictures, tiles, strict=True)
    ]
    views = [view for picture, looks in zip(pictures, plans, strict=True) for view in looks.views(picture)]
    scores = [score for score, looks in zip(min_scores, plans, strict=True) for _ in range(looks.looks)]
    found = iter(detector.detect(views, scores))
    return [looks.merge([next(found) for _ in range(looks.looks)], iou=description.nms_iou) for looks in plans]


def _least_share(per_side: int) -> float:
    """A tile's side over the picture's when so many cover it and neighbours share OVERLAP of a tile."""
    return 1 / (per_side - (per_side - 1) * OVERLAP)


def _starts(length: int, tile: int, count: int) -> list[int]:
    """Where tiles begin, evenly, the last one ending with the picture; fewer where the picture is a few pixels long."""
    return sorted({round(index * (length - tile) / (count - 1)) for index in range(count)})
