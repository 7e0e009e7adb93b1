"""Small faces in large pictures: missed by one look, found in tiles, wherever tiles can be asked for.

The tiny detector sees what fills a cell of 32 x 32 pixels of its input; the squares here fill one only in a tile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from model_server import serving
from tiny_models import BLUE, CELL, INPUT_SIZE, RED, write_repository

from common.errors import InvalidInput
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.client import Client
from model_api.local import LocalDetector, open_local_detector
from model_api.tiling import plan

WIDTH, HEIGHT = 1024, 768  # four times the server variant's input
LOOKS = plan(WIDTH, HEIGHT, input_size=INPUT_SIZE, tiles="auto")
TILED = DetectOptions(tiles="auto")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_repository(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def detector(models: Path) -> Iterator[LocalDetector]:
    opened = open_local_detector(Settings(models=models))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def url(detector: LocalDetector) -> Iterator[str]:
    with serving(detector, Settings()) as address:
        yield address


def test_a_small_face_is_missed_by_one_look_and_found_in_tiles(detector: LocalDetector) -> None:
    picture, boxes = _picture({(0, 1, 1): RED, (8, 5, 4): BLUE})
    assert detector.predict([picture])[0].faces == ()
    (result,) = detector.predict([picture], options=TILED)
    assert sorted(face.label for face in result.faces) == ["mask_correct", "no_mask"]
    assert np.allclose(sorted(face.box for face in result.faces), sorted(boxes), atol=4)
    assert (result.width, result.height) == (WIDTH, HEIGHT)


def test_pictures_with_and_without_tiles_share_a_batch(detector: LocalDetector) -> None:
    picture, _ = _picture({(0, 1, 1): RED})
    answers = [detector.submit([picture], options=options)[0] for options in (DetectOptions(), TILED, DetectOptions())]
    assert [len(answer.result().faces) for answer in answers] == [0, 1, 0]


def test_unknown_tiles_are_refused(detector: LocalDetector) -> None:
    with pytest.raises(InvalidInput, match=r"'many'; known: off, auto"):
        detector.predict([b""], options=DetectOptions(tiles="many"))  # type: ignore[arg-type]


def test_the_query_asks_for_tiles(url: str) -> None:
    picture, _ = _picture({(0, 1, 1): RED})
    found = [
        len(httpx.post(f"{url}/v1/predict{query}", content=picture).json()["results"][0]["faces"])
        for query in ("", "?tiles=off", "?tiles=auto")
    ]
    assert found == [0, 0, 1]
    assert httpx.post(f"{url}/v1/predict?tiles=many", content=picture).status_code == 422


def test_a_server_may_be_set_to_tiles(detector: LocalDetector) -> None:
    picture, _ = _picture({(0, 1, 1): RED})
    with serving(detector, Settings(tiles="auto")) as address:
        found = [
            len(httpx.post(f"{address}/v1/predict{query}", content=picture).json()["results"][0]["faces"])
            for query in ("", "?tiles=off")
        ]
    assert found == [1, 0]


def test_the_client_passes_tiles_on(url: str) -> None:
    picture, _ = _picture({(0, 1, 1): RED})
    with Client(url) as client:
        assert len(client.predict(picture, options=TILED).faces) == 1
        assert len(client.predict(picture).faces) == 0


def test_the_open_inference_protocol_has_a_parameter_for_tiles(url: str) -> None:
    pixels = cv2.imdecode(np.frombuffer(_picture({(0, 1, 1): RED})[0], np.uint8), cv2.IMREAD_COLOR_RGB)
    tensor: dict[str, Any] = {"name": "pixels", "datatype": "UINT8", "shape": [1, HEIGHT, WIDTH, 3]}
    counts = {}
    for tiles in ("off", "auto", "many"):
        parameters = {"binary_data_size": pixels.size}
        head = json.dumps({"parameters": {"tiles": tiles}, "inputs": [{**tensor, "parameters": parameters}]}).encode()
        answer = httpx.post(
            f"{url}/v2/models/maskwatch/infer",
            content=head + pixels.tobytes(),
            headers={"Inference-Header-Content-Length": str(len(head))},
        )
        counts[tiles] = _counts(answer.json()) if answer.status_code == 200 else answer.status_code
    assert counts == {"off": [0], "auto": [1], "many": 400}


def test_the_command_line_asks_for_tiles(models: Path, tmp_path: Path) -> None:
    (tmp_path / "crowd.png").write_bytes(_picture({(0, 1, 1): RED})[0])
    run = subprocess.run(
        [sys.executable, "-m", "maskwatch", "predict", "crowd.png", "--json", "--tiles", "auto"],
        cwd=tmp_path,
        env={**os.environ, "MASKWATCH_MODELS": str(models)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [face["label"] for face in json.loads(run.stdout)["faces"]] == ["no_mask"]


def _picture(squares: dict[tuple[int, int, int], tuple[int, int, int]]) -> tuple[bytes, list[tuple[float, ...]]]:
    """A coloured square in a cell (tile, column, row) of a tile's input, as PNG; and the squares' boxes."""
    pixels = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    boxes = []
    for (index, column, row), colour in squares.items():
        tile = LOOKS.tiles[index]
        cell = CELL * tile.width / INPUT_SIZE
        x1, y1, x2, y2 = (
            round(each)
            for each in (
                tile.x + column * cell,
                tile.y + row * cell,
                tile.x + (column + 1) * cell,
                tile.y + (row + 1) * cell,
            )
        )
        pixels[y1:y2, x1:x2] = colour
        boxes.append((x1, y1, x2, y2))
    return _encode(pixels), boxes


def _encode(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    return bytes(cv2.imencode(".png", pixels[..., ::-1])[1])


def _counts(answer: dict[str, Any]) -> list[int]:
    return next(output["data"] for output in answer["outputs"] if output["name"] == "counts")
