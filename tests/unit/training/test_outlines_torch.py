"""Figures of outlines, by hand, and the whole way from a checkpoint to a measured folder."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from model_api.networks.unet import UNet
from tests.unit.training.drawn_masks import drawn_face
from training.errors import BrokenAnnotations, DataMissing, InvalidOption
from training.evaluation.outlines import OutlineTest, evaluate_outlines, iou, laid, load_outlined
from training.exporting.export import export_checkpoint
from training.exporting.order import ExportOrder


def draw_outlined(folder: Path, names: tuple[str, ...] = ("cwm-1", "iwm-2")) -> Path:
    """A folder like `fit/eval` with a drawn face and a white mask under each name."""
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    image, labels = drawn_face(), np.zeros((200, 200), np.uint8)
    cv2.ellipse(labels, (100, 100), (42, 58), 0, 0, 360, (1,), -1)
    for picture, colour in ((image, (250, 250, 250)), (labels, (2,))):
        cv2.rectangle(picture, (62, 105), (138, 150), colour, -1)
    for name in names:
        cv2.imwrite(str(folder / "images" / f"{name}.webp"), image[..., ::-1])
        cv2.imwrite(str(folder / "labels" / f"{name}.png"), labels)
    return folder


def test_iou_by_hand() -> None:
    first, second = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert iou(first, second) == 1
    first[:2], second[1:3] = True, True
    assert iou(first, second) == pytest.approx(4 / 12)


@pytest.mark.parametrize(
    ("square", "covered"),
    [
        ((2, 4, 4), (slice(6, 8), slice(2, 6))),
        ((-2, -2, 4), (slice(0, 2), slice(0, 2))),
        ((8, 8, 4), (slice(10, 10), slice(8, 10))),
    ],
)
def test_a_map_is_laid_where_its_square_is(square: tuple[int, int, int], covered: tuple[slice, slice]) -> None:
    values = np.asarray([[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]], np.float32)
    expected = np.zeros((10, 10), np.float32)
    expected[covered] = 1
    np.testing.assert_array_equal(laid(values, square, (10, 10)), expected)


def test_labelled_faces_have_the_box_of_face_and_mask(tmp_path: Path) -> None:
    face = next(load_outlined(draw_outlined(tmp_path)))
    np.testing.assert_allclose(face.box(), (58, 42, 143, 159))


def test_missing_and_wrong_labels_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="no outlined faces"):
        list(load_outlined(tmp_path))
    folder = draw_outlined(tmp_path)
    cv2.imwrite(str(folder / "labels" / "cwm-1.png"), np.ones((50, 50), np.uint8))
    with pytest.raises(BrokenAnnotations, match=r"cwm-1\.png"):
        list(load_outlined(folder))


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "last.pt"
    torch.save({"average": UNet().state_dict()}, path)
    return path


def order(checkpoint: Path, folder: Path, outlined: Path | None) -> ExportOrder:
    return ExportOrder(
        checkpoint=checkpoint, folder=folder, validation=Path("none.json"), command="by hand", outlined=outlined
    )


def test_a_checkpoint_becomes_a_measured_folder(checkpoint: Path, tmp_path: Path) -> None:
    faces = draw_outlined(tmp_path / "eval")
    folder = tmp_path / "unet" / "4"
    card = export_checkpoint(order(checkpoint, folder, faces))
    assert (card["name"], card["version"], card["kind"]) == ("unet", "4", "fit")
    assert json.loads((folder / "model.json").read_text()) == json.loads(json.dumps(card))
    parts = evaluate_outlines(OutlineTest(weights=folder, faces=faces))["parts"]
    assert {name: part["faces"] for name, part in parts.items()} == {"all": 2, "worn well": 1, "worn wrongly": 1}
    assert parts["all"]["iou"] == pytest.approx(card["metrics"]["parts"]["all"]["iou"], abs=1e-3)
    words = (folder / "card.md").read_text()
    assert "| worn wrongly | 1 |" in words
    assert "by hand" in words


def test_without_outlined_faces_nothing_is_exported(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="outlined faces"):
        export_checkpoint(order(checkpoint, tmp_path / "unet" / "1", None))
    assert not (tmp_path / "unet").exists()
