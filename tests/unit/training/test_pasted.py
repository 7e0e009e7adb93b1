"""Pasted masks among the classifier's crops, and as truth for a segmentation network."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

import cv2

from tests.unit.training.drawn_masks import FIVE, draw_faces68, draw_templates, drawn_face, drawn_points
from training.augment.hang import Style
from training.augment.outline import five_of
from training.augment.paste import Worn
from training.augment.templates import Template, load_templates
from training.dataset.crop_bank import (
    CLASSES,
    PASTED,
    ROOM,
    SIDE,
    Crop,
    open_bank,
    shows_held_out,
    thumbnail,
    with_masks,
)
from training.dataset.faces68 import load_faces68
from training.dataset.pasted import find_points, is_seen, pasted_face
from training.dataset.pixel_cache import Pixels
from training.finders.found import FoundFaces

WEIGHTS = Path(__file__).parents[4] / "shared" / "data" / "weights"


@pytest.fixture
def templates(tmp_path: Path) -> tuple[Template, ...]:
    return load_templates(draw_templates(tmp_path / "fit" / "templates"))


class OneFace:
    """A finder that answers one face, whatever it is shown."""

    def __init__(self, box: tuple[float, ...], points: np.ndarray, score: float = 0.9) -> None:
        self._found = FoundFaces(
            boxes=np.asarray([box], np.float32), scores=np.asarray([score], np.float32), landmarks=points[None]
        )

    def find(self, image: Pixels) -> FoundFaces:
        return self._found


IN_SQUARE = FIVE * np.float32(SIDE / 200)  # the drawn face, its picture shrunk to a stored square
MIDDLE = (44.0, 40.0, 132.0, 140.0)


def crop(label: str = "no_mask", *, synthetic: bool = False, source: str = "drawn") -> Crop:
    image = np.asarray(cv2.resize(drawn_face(), (SIDE, SIDE)), np.uint8)
    return Crop(
        image=image,
        label=CLASSES.index(label),
        source=source,
        synthetic=synthetic,
        file="drawn.png",
        thumbnail=thumbnail(image),
    )


def test_bare_real_faces_get_masks_in_every_style_in_turn_and_stay_themselves(templates: tuple[Template, ...]) -> None:
    finder = OneFace(MIDDLE, IN_SQUARE)
    crops = list(with_masks([crop()] * 6, finder, templates, np.random.default_rng(0)))
    labels = [CLASSES[one.label] for one in crops]
    assert labels == ["no_mask", "mask_correct", "no_mask", "mask_incorrect", "no_mask", "mask_incorrect"] * 2
    bare, pasted = crops[0], crops[1]
    assert (pasted.source, pasted.synthetic) == (PASTED, True)
    assert (bare.source, bare.synthetic) == ("drawn", False)
    assert (bare.image != pasted.image).any()
    assert pasted.file == bare.file
    assert (pasted.thumbnail == bare.thumbnail).all(), "twins are looked for among the bare faces"


@pytest.mark.parametrize(
    "given", [crop("mask_correct"), crop("mask_incorrect"), crop("no_mask", synthetic=True)], ids=lambda one: one.label
)
def test_whoever_wears_a_mask_gets_no_second_one(templates: tuple[Template, ...], given: Crop) -> None:
    crops = list(with_masks([given] * 4, OneFace(MIDDLE, IN_SQUARE), templates, np.random.default_rng(0)))
    assert len(crops) == 4


@pytest.mark.parametrize(
    "finder",
    [
        OneFace(MIDDLE, IN_SQUARE, score=0.4),
        OneFace((0, 0, 30, 30), IN_SQUARE),
        OneFace(MIDDLE, IN_SQUARE * np.nan),
        OneFace(MIDDLE, np.full((5, 2), 80, np.float32)),
    ],
    ids=["unsure", "elsewhere", "unknown", "without extent"],
)
def test_a_face_whose_landmarks_are_unsure_stays_bare(templates: tuple[Template, ...], finder: OneFace) -> None:
    assert find_points(crop().image, finder, room=ROOM) is None
    assert len(list(with_masks([crop()] * 3, finder, templates, np.random.default_rng(0)))) == 3


def test_a_mask_nobody_could_see_is_no_mask() -> None:
    before, alpha = np.full((40, 40, 3), 30, np.uint8), np.zeros((40, 40), np.float32)
    alpha[20:30, 10:30] = 1
    after = before.copy()
    after[alpha > 0] += 5
    assert not is_seen(Worn(image=after, alpha=alpha), before)
    after[alpha > 0] += 40
    assert is_seen(Worn(image=after, alpha=alpha), before)
    assert not is_seen(Worn(image=after, alpha=alpha * 0), before)


def test_held_out_files_go_with_their_twins() -> None:
    random = np.random.default_rng(0)
    faces = [random.integers(0, 255, (SIDE, SIDE, 3)).astype(np.uint8) for _ in range(3)]
    brighter = np.clip(faces[0].astype(int) + 8, 0, 255).astype(np.uint8)[:, ::-1]
    thumbnails = np.stack([thumbnail(image) for image in (*faces, brighter)])
    files = np.asarray(["a.webp", "b.webp", "c.webp", "d.webp"])
    assert shows_held_out(files, thumbnails, frozenset()).tolist() == [False] * 4
    assert shows_held_out(files, thumbnails, frozenset({"a.webp", "z.webp"})).tolist() == [True, False, False, True]


@pytest.mark.parametrize("style", [None, *Style])
def test_a_pasted_face_has_its_size_its_coverage_and_its_label(
    tmp_path: Path, templates: tuple[Template, ...], style: Style | None
) -> None:
    (face, _) = load_faces68(draw_faces68(tmp_path / "fit" / "faces68"))
    pasted = pasted_face(face, templates, style, np.random.default_rng(2), size=160)
    assert pasted.image.shape == (160, 160, 3)
    assert (pasted.alpha.shape, pasted.alpha.dtype) == ((160, 160), np.float32)
    assert pasted.label == ("no_mask" if style is None else style.label)
    assert (pasted.alpha.max() > 0.95) == (style is not None)
    column, row = five_of(pasted.points)[2].astype(int)
    assert (pasted.alpha[row, column] > 0.5) == (style is Style.WORN), "the nose tip is covered only by a worn mask"
    bare = pasted_face(face, templates, None, np.random.default_rng(2), size=160)
    far = np.asarray(cv2.dilate(pasted.alpha, np.ones((61, 61)))) == 0
    assert (bare.image[far] == pasted.image[far]).all()


def test_the_points_of_the_drawn_face_are_its_five() -> None:
    assert five_of(drawn_points()) == pytest.approx(FIVE, abs=1.0)


def data_folder(folder: Path) -> Path:
    """Two labelled faces in train, one in val, two crops, two faces with 68 points, and YuNet's weights."""
    draw_templates(folder / "fit" / "templates")
    draw_faces68(folder / "fit" / "faces68")
    (folder / "weights").symlink_to(WEIGHTS)
    random = np.random.default_rng(0)
    for name, count in (("train", 2), ("val", 1)):
        draw_labels(folder / "masks", name, [noise(random) for _ in range(count)])
    (folder / "crops" / "images").mkdir(parents=True)
    with (folder / "crops" / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label", "source", "kind", "synthetic"])
        for name in ("one.png", "two.png"):
            cv2.imwrite(str(folder / "crops" / "images" / name), noise(random))
            writer.writerow([name, "mask_correct", "drawn", "crop", "no"])
    return folder


def noise(random: np.random.Generator) -> np.ndarray:
    return np.kron(random.integers(0, 255, (10, 10, 3)), np.ones((10, 10, 1))).astype(np.uint8)


def draw_labels(folder: Path, name: str, images: list[np.ndarray]) -> None:
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        cv2.imwrite(str(folder / "images" / f"{name}-{number}.png"), image)
    ids = range(len(images))
    document = {
        "images": [
            {"id": one, "file_name": f"{name}-{one}.png", "width": 100, "height": 100, "source": "drawn"} for one in ids
        ],
        "annotations": [
            {"id": one, "image_id": one, "category_id": 2, "bbox": [20, 20, 50, 60], "iscrowd": 0} for one in ids
        ],
    }
    (folder / f"{name}.json").write_text(json.dumps(document))


@pytest.mark.skipif(not WEIGHTS.is_dir(), reason="needs the shared data (weights/yunet_n_dynamic.onnx)")
def test_a_bank_is_built_once_and_leaves_out_what_is_held_out(tmp_path: Path) -> None:
    data, cache = data_folder(tmp_path / "data"), tmp_path / "cache"
    bank = open_bank(data, cache)
    assert bank.sources.tolist() == ["drawn"] * 4 + ["faces68", PASTED] * 2
    assert [CLASSES[label] for label in bank.labels] == [
        *["mask_incorrect"] * 2,
        *["mask_correct"] * 2,
        *["no_mask", "mask_correct", "no_mask", "mask_incorrect"],
    ]
    assert bank.synthetic.tolist() == [False] * 5 + [True, False, True]
    for picture in (data / "crops" / "images").iterdir():
        picture.unlink()
    again = open_bank(data, cache, held_out=frozenset({"two.png"}))
    assert again.labels.tolist() == [1, 1, 2, -1, 0, 2, 0, 1]
    assert (again.images == bank.images).all()
    (data / "excluded.json").write_text('{"masks": ["train-0.png"], "crops": ["one.png"]}')
    assert open_bank(data, cache).labels.tolist() == [-1, 1, -1, 2, 0, 2, 0, 1], "leaks are known by their files"
    of_a_face = open_bank(data, cache, held_out=frozenset({"Ann_Lee_1.png"}))
    assert of_a_face.labels.tolist()[4:] == [-1] * 4, "its masked copy and its twin go with it"


@pytest.mark.skipif(not WEIGHTS.is_dir(), reason="needs the shared data (weights/yunet_n_dynamic.onnx)")
def test_a_corrected_label_builds_another_bank(tmp_path: Path) -> None:
    data, cache = data_folder(tmp_path / "data"), tmp_path / "cache"
    before = open_bank(data, cache).labels.tolist()
    labels = data / "masks" / "train.json"
    labels.write_text(labels.read_text().replace('"category_id": 2', '"category_id": 3'))
    after = open_bank(data, cache).labels.tolist()
    assert (before[:2], after[:2]) == ([1, 1], [2, 2])
