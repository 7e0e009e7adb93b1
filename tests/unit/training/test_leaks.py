"""Training pictures that show what held-out pictures show are found, told and left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from tests.unit.training.drawing import draw_scene, save_picture
from training.cli import app
from training.dataset.coco import load_coco
from training.dataset.excluded import excluded_files, without_leaks
from training.dataset.leaks import find_leaks
from training.errors import BrokenAnnotations

SHARED = Path("../shared/data")


def write_labels(folder: Path, name: str, pictures: dict[str, np.ndarray], box: tuple[int, ...] | None = None) -> None:
    images, annotations = [], []
    for number, (file, image) in enumerate(pictures.items()):
        save_picture(image, folder / "images" / file)
        size = {"height": image.shape[0], "width": image.shape[1]}
        images.append({"id": number, "file_name": file, **size, "source": "drawn"})
        if box is not None:
            annotations.append({"id": number, "image_id": number, "category_id": 3, "bbox": list(box), "iscrowd": 0})
    (folder / name).write_text(json.dumps({"images": images, "annotations": annotations, "categories": []}))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Held out are scenes 1 and 2; training has scene 1 mirrored, scene 2 in a street and as a crop."""
    held_out = {"val1.png": draw_scene(1), "val2.png": draw_scene(2)}
    street = draw_scene(30)
    street[10:110, 20:130] = draw_scene(2)[30:130, 60:170]
    write_labels(tmp_path / "masks", "val.json", held_out, box=(80, 50, 70, 60))
    mirrored = np.ascontiguousarray(draw_scene(1)[:, ::-1])
    pictures = {"own.png": draw_scene(11), "copy.png": mirrored, "street.png": street}
    write_labels(tmp_path / "masks", "train.json", pictures, box=(40, 30, 70, 60))
    write_labels(tmp_path / "crowds", "pseudo.json", {"crowd.png": draw_scene(12)})
    save_picture(draw_scene(2)[40:120, 60:170], tmp_path / "crops" / "images" / "cut.png")
    save_picture(draw_scene(13), tmp_path / "crops" / "images" / "other.png")
    rows = "".join(f"{name}.png,no_mask,drawn,crop,no\n" for name in ("cut", "other"))
    (tmp_path / "crops" / "labels.csv").write_text(f"file,label,source,kind,synthetic\n{rows}")
    return tmp_path


def test_copies_shared_faces_and_crops_are_found_and_nothing_else(data: Path) -> None:
    leaks = {(leak.folder, leak.file, leak.held_out): leak for leak in find_leaks(data)}
    assert set(leaks) == {
        ("masks", "copy.png", "val1.png"),
        ("masks", "street.png", "val2.png"),
        ("crops", "cut.png", "val2.png"),
    }
    assert leaks["masks", "copy.png", "val1.png"].shared == "picture"
    assert leaks["masks", "copy.png", "val1.png"].is_mirrored
    assert leaks["masks", "street.png", "val2.png"].shared == "face"


def check(data: Path, *arguments: str) -> tuple[int, dict]:
    result = CliRunner().invoke(app, ["data", "check", "--data", str(data), "--json", *arguments])
    return result.exit_code, json.loads(result.stdout)


def test_a_leak_is_a_problem_until_it_is_excluded(data: Path) -> None:
    code, told = check(data)
    assert code == 1
    assert told["leaks"]["files"] == {"masks": 2, "crowds": 0, "crops": 1}
    assert "masks/copy.png leaks and is not excluded" in told["problems"]
    assert check(data, "--write-excluded", str(data / "excluded.json"))[0] == 0
    code, told = check(data, "--report", str(data / "report.md"))
    assert (code, told["problems"], told["leaks"]["not_excluded"]) == (0, [], [])
    page = (data / "report.md").read_text()
    assert "| `masks/` | 2 | left out of training |" in page
    assert "| masks/copy.png | val1.png | the same picture |" in page
    assert "NOT" not in page


def test_the_report_says_what_is_not_excluded(data: Path) -> None:
    check(data, "--report", str(data / "report.md"))
    assert (data / "report.md").read_text().count("NOT excluded") == 4


def test_the_slow_part_can_be_left_out(data: Path) -> None:
    code, told = check(data, "--no-leaks")
    assert (code, "leaks" in told) == (0, False)


def test_for_people_the_leaks_are_a_line(data: Path) -> None:
    result = CliRunner().invoke(app, ["data", "check", "--data", str(data)])
    assert "leaks: 2 of masks, 0 of crowds, 1 of crops show what masks/val.json shows" in result.stdout


def test_training_gets_no_excluded_picture(data: Path) -> None:
    (data / "excluded.json").write_text(json.dumps({"masks": ["copy.png"], "crowds": ["own.png"]}))
    kept = without_leaks(load_coco(data / "masks" / "train.json"), data)
    assert [picture.path.name for picture in kept] == ["own.png", "street.png"]


@pytest.mark.parametrize("content", ["{", "[]", '{"masks": 5}'])
def test_a_broken_list_of_excluded_files_is_told(content: str, data: Path) -> None:
    (data / "excluded.json").write_text(content)
    with pytest.raises(BrokenAnnotations, match="not a list of excluded files"):
        without_leaks([], data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the data folder ../shared/data")
def test_the_list_that_ships_is_of_pictures_that_training_would_see() -> None:
    excluded = excluded_files(SHARED)
    pictures = load_coco(SHARED / "masks" / "train.json")
    assert excluded["masks"] <= {picture.path.name for picture in pictures}
    assert len(without_leaks(pictures, SHARED)) == len(pictures) - len(excluded["masks"])
    assert all((SHARED / "crops" / "images" / name).is_file() for name in excluded["crops"])
