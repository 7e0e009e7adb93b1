"""Covered faces on their way into the detector's batches."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

import cv2

from tests.unit.training.drawn_masks import FIVE, draw_templates, drawn_face
from training.augment.cover import cover_stage
from training.augment.templates import load_templates
from training.dataset.coco import load_coco
from training.dataset.pixel_cache import open_cache
from training.detector.sources import Source
from training.detector.stream import DetectorStream


def source(folder: Path, categories: tuple[int, ...], *, has_bare_faces: bool) -> Source:
    """One picture of the drawn face per category."""
    (folder / "images").mkdir(parents=True)
    keypoints = [value for x, y in FIVE.tolist() for value in (x, y, 2)]
    document: dict[str, list[object]] = {"images": [], "annotations": []}
    for number, category in enumerate(categories):
        cv2.imwrite(str(folder / "images" / f"{number}.png"), drawn_face()[..., ::-1])
        document["images"].append({"id": number, "file_name": f"{number}.png", "width": 200, "height": 200})
        face = {"category_id": category, "bbox": [58, 42, 84, 116], "iscrowd": 0, "keypoints": keypoints}
        document["annotations"].append({"id": number, "image_id": number, **face})
    (folder / "labels.json").write_text(json.dumps(document))
    pictures = load_coco(folder / "labels.json")
    pixels = open_cache([picture.path for picture in pictures], 200, folder / "cache")
    return Source(pictures=pictures, pixels=pixels, longer_side=(180.0, 220.0), has_bare_faces=has_bare_faces)


@pytest.mark.parametrize("old", [True, False])
def test_a_source_knows_its_bare_faces(tmp_path: Path, old: bool) -> None:
    faces = source(tmp_path, (1, 2, 3, 4), has_bare_faces=old)
    known = [faces.sample(number).bare for number in range(4)]
    assert [bare.tolist() for bare in known if bare is not None] == [[True], [False], [False], [old]]


def test_batches_show_covered_faces_with_the_labels_of_bare_ones(tmp_path: Path) -> None:
    faces = source(tmp_path / "data", (1,), has_bare_faces=False)
    stage = cover_stage(load_templates(draw_templates(tmp_path / "templates")), 1.0)

    def stream(*before: object) -> DetectorStream:
        sources = {"masks": faces, "crowds": faces}
        return DetectorStream(sources, size=64, batch=2, seed=3, before=before)  # type: ignore[arg-type]

    covered = stream(stage)._pick("masks", np.random.default_rng(1))
    bare = stream()._pick("masks", np.random.default_rng(1))
    assert (covered.image != bare.image).any()
    assert (covered.boxes == bare.boxes).all()
    assert (covered.points == bare.points).all()
    assert next(iter(stream(stage))).images.shape == (2, 64, 64, 3)
