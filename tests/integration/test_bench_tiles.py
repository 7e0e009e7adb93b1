"""`maskwatch bench tiles` on drawn pictures: small squares that the tiny detector sees in tiles only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from bench.tiles import bench
from bench.tiles.scenes import SETS, find_scenes
from tiny_models import CELL, INPUT_SIZE, RED, write_repository

from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Report
from model_api.tiling import plan

WIDTH, HEIGHT = 1024, 768
PICTURES = 4


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with masks/val.json: in each picture one square that fills a cell of a tile's input."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "masks" / "images").mkdir(parents=True)
    tile = plan(WIDTH, HEIGHT, input_size=INPUT_SIZE, tiles="auto").tiles[0]
    side = round(CELL * tile.width / INPUT_SIZE)
    document: dict[str, list[dict[str, Any]]] = {"images": [], "annotations": []}
    for number in range(PICTURES):
        x = (number + 1) * side
        pixels = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
        pixels[side : 2 * side, x : x + side] = RED[::-1]
        cv2.imwrite(str(folder / "masks" / "images" / f"{number}.png"), pixels)
        document["images"].append({"id": number, "file_name": f"{number}.png", "width": WIDTH, "height": HEIGHT})
        document["annotations"].append({"image_id": number, "category_id": 1, "bbox": [x, side, side, side]})
    (folder / "masks" / "val.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def report(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    settings = Settings(models=write_repository(tmp_path_factory.mktemp("models")), threads=1)
    return bench(BenchOptions(settings=settings, sections=("server",), data=data))


def test_tiles_find_what_one_look_misses(report: Report) -> None:
    values = {figure.name: figure.value for figure in report.figures}
    assert values["tiles.server.off.val.ap50"] == 0
    assert values["tiles.server.auto.val.ap50"] == pytest.approx(1)
    assert report.models == ("yoloface-server@1",)


def test_a_row_tells_the_looks_the_recall_and_the_wrong_boxes(report: Report) -> None:
    (table,) = report.tables
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    off, auto = (row for row in rows if row["scenes"] == "4 pictures of masks/val")
    assert (off["tiles"], off["looks"], off["recall >48 px"], off["wrong boxes a scene"]) == ("off", 1, 0, 0)
    assert (auto["tiles"], auto["looks"], auto["recall >48 px"], auto["wrong boxes a scene"]) == ("auto", 10, 1, 0)
    assert {row["faces 12-24, 24-48, >48 px"] for row in rows} == {"0, 0, 4"}


def test_four_pictures_make_a_scene_with_the_labels_of_all(data: Path) -> None:
    (scene,) = find_scenes(data, SETS[1], input_size=INPUT_SIZE, limit=PICTURES)
    pixels, labelled = scene.draw(), scene.labelled()
    assert pixels.shape == (2 * HEIGHT, 2 * WIDTH, 3)
    assert len(labelled.boxes) == PICTURES
    for x1, y1, x2, y2 in labelled.boxes.astype(int):
        assert (pixels[y1:y2, x1:x2] == RED).all()


def test_without_labelled_pictures_it_says_so(tmp_path: Path) -> None:
    settings = Settings(models=write_repository(tmp_path / "models"), threads=1)
    (figure,) = bench(BenchOptions(settings=settings, data=tmp_path)).figures
    assert figure.value is None
    assert "no labelled pictures" in figure.how
