"""Labelled pictures much larger than a detector's input: as they are, and four side by side as one wide scene."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model_api.arrays import Pixels
from model_api.tiling import plan
from training.dataset.coco import Picture, load_coco
from training.dataset.pixel_cache import read_rgb

LEAST_SIDE = 800  # pixels of the longer side: the largest that the labelled pictures have, up to 896
GREY = 114
SEED = 0


@dataclass(frozen=True, kw_only=True)
class SceneSet:
    """Where labelled pictures lie, and how many make a scene."""

    key: str
    name: str
    labels: str  # COCO file inside the data folder
    per_scene: int  # 1, or 4 in two rows


SETS = (
    SceneSet(key="val", name="pictures of masks/val", labels="masks/val.json", per_scene=1),
    SceneSet(key="val4", name="scenes of four pictures of masks/val", labels="masks/val.json", per_scene=4),
    # A model made these labels, at 1280 px; both detectors learnt from them.
    SceneSet(key="crowds", name="pictures of crowds (labels by a model)", labels="crowds/pseudo.json", per_scene=1),
    SceneSet(
        key="crowds4",
        name="scenes of four pictures of crowds (labels by a model)",
        labels="crowds/pseudo.json",
        per_scene=4,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Pictures in the cells of a grid, none scaled."""

    pictures: tuple[Picture, ...]

    @property
    def columns(self) -> int:
        """Of the grid."""
        return 1 if len(self.pictures) == 1 else 2

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a cell, pixels: the largest picture fits."""
        return max(each.width for each in self.pictures), max(each.height for each in self.pictures)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.columns * self.cell[0], len(self.pictures) // self.columns * self.cell[1]

    def corner(self, index: int) -> tuple[int, int]:
        """Where a picture lies, x and y."""
        row, column = divmod(index, self.columns)
        return column * self.cell[0], row * self.cell[1]

    def draw(self) -> Pixels:
        """uint8 RGB [H, W, 3]."""
        canvas = np.full((self.size[1], self.size[0], 3), GREY, np.uint8)
        for index, picture in enumerate(self.pictures):
            x, y = self.corner(index)
            canvas[y : y + picture.height, x : x + picture.width] = read_rgb(picture.path)
        return canvas

    def labelled(self) -> Picture:
        """The labels of all pictures in the scene's pixels."""
        shifts = [np.asarray(self.corner(index) * 2, np.float32) for index in range(len(self.pictures))]
        pairs = list(zip(self.pictures, shifts, strict=True))
        return replace(
            self.pictures[0],
            width=self.size[0],
            height=self.size[1],
            boxes=np.concatenate([each.boxes + shift for each, shift in pairs]),
            categories=np.concatenate([each.categories for each in self.pictures]),
            points=np.concatenate([each.points + shift[:2] for each, shift in pairs]),
            ignored=np.concatenate([each.ignored + shift for each, shift in pairs]),
        )


def find_scenes(data: Path, wanted: SceneSet, *, input_size: int, limit: int) -> list[Scene]:
    """Scenes of at most `limit` pictures in all that tiles=auto cuts for this input; none where the data is absent."""
    if not (data / wanted.labels).is_file():
        return []
    large = [each for each in load_coco(data / wanted.labels) if max(each.width, each.height) >= LEAST_SIDE]
    chosen = random.Random(SEED).sample(large, min(limit, len(large)))
    return [scene for scene in _grouped(chosen, wanted.per_scene) if _is_cut(scene, input_size)]


def _grouped(pictures: Sequence[Picture], count: int) -> list[Scene]:
    starts = range(0, len(pictures) - count + 1, count)
    return [Scene(pictures=tuple(pictures[start : start + count])) for start in starts]


def _is_cut(scene: Scene, input_size: int) -> bool:
    return plan(*scene.size, input_size=input_size, tiles="auto").looks > 1
