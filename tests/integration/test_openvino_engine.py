"""OpenVINO gives the answers that ONNX Runtime gives, however many ask and whatever the picture's shape."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from model_api.arrays import Floats, Pixels
from model_api.engines.onnx import OnnxEngine
from model_api.engines.openvino import HALF, OpenVinoEngine, Read
from model_api.errors import BrokenModel, InferenceFailed
from model_api.letterbox import letterbox
from model_api.repository import PACKAGED, ModelRepository
from tests.tiny_models import BLUE, RED, classifier, detector, picture

SHAPES = sorted(
    {letterbox(w, h, longer_side=640, stride=32).padded for w, h in [(99, k) for k in range(1, 100, 7)]}
    | {letterbox(w, h, longer_side=640, stride=32).padded for w, h in [(k, 99) for k in range(1, 100, 7)]}
)


@pytest.fixture(name="network", scope="module")
def _network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("networks") / "model.onnx"
    onnx.save(detector(), path)
    return path


def _same(first: Mapping[str, Floats], second: Mapping[str, Floats], *, within: float) -> None:
    assert list(first) == list(second)
    for name, values in first.items():
        assert values.dtype == second[name].dtype == np.float32
        np.testing.assert_allclose(values, second[name], atol=within, rtol=0.01, err_msg=name)


def test_a_small_network_answers_the_same(network: Path) -> None:
    pictures = np.stack([picture({(1, 1): RED}), picture({(3, 2): BLUE})])
    engine = OpenVinoEngine(network, threads=2)
    _same(engine.infer(pictures), OnnxEngine(network, threads=2).infer(pictures), within=0.01)


def test_answers_stay_when_the_next_are_computed(network: Path) -> None:
    engine = OpenVinoEngine(network, threads=1)
    first = engine.infer(picture({(1, 1): RED})[None])["scores"]
    before = first.copy()
    engine.infer(picture({(4, 4): BLUE})[None])
    np.testing.assert_array_equal(first, before)


@pytest.mark.parametrize("lanes", [1, 3])
def test_threads_that_ask_at_once_get_their_own_answers(network: Path, lanes: int) -> None:
    engine = OpenVinoEngine(network, threads=1, lanes=lanes)
    cells = [(column, row) for column in range(8) for row in range(6)] * 4

    def best(cell: tuple[int, int]) -> int:
        return int(engine.infer(picture({cell: RED})[None])["scores"].argmax())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(best, cells)) == [row * 8 + column for column, row in cells]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]}x{shape[1]}")
def test_the_packaged_detector_sees_the_same_in_every_shape_of_input(shape: tuple[int, int], packaged: Pair) -> None:
    ours, reference = packaged
    found, expected = ours.infer(_scene(*shape)[None]), reference.infer(_scene(*shape)[None])
    assert np.abs(found["scores"] - expected["scores"]).max() < 0.05
    likely = expected["scores"] > 0.2
    sizes = (expected["boxes"][..., 2:] - expected["boxes"][..., :2])[likely].max(axis=1, initial=1.0)[:, None]
    # The last convolution's answers have eight bits: a side is right to a hundredth of itself.
    assert (np.abs(found["boxes"] - expected["boxes"])[likely] < 0.03 * sizes + 0.5).all()


def test_every_packaged_network_judges_as_its_reference() -> None:
    model = ModelRepository(PACKAGED).load("efficientnet-b0")
    side = model.description.input_size
    crops = np.stack([_scene(side, side, seed=seed) for seed in range(5)])
    ours, reference = OpenVinoEngine(model.path, threads=2), OnnxEngine(model.path, threads=2)
    assert np.abs(ours.infer(crops)["logits"] - reference.infer(crops)["logits"]).max() < 0.3


def test_an_answer_that_is_no_number_is_computed_again_in_full(network: Path) -> None:
    class Nonsense:
        def run(self, pictures: Pixels, read: Read) -> list[list[Floats]]:
            return read([np.full((len(pictures), 48), np.nan, np.float32) for _ in engine.outputs])

    engine = OpenVinoEngine(network, threads=1)
    engine.precision = HALF
    engine._network = Nonsense()  # type: ignore[assignment]
    pictures = picture({(1, 1): RED})[None]
    expected = OnnxEngine(network, threads=1).infer(pictures)
    _same(engine.infer(pictures), expected, within=0.001)
    (row,) = engine.infer_rows(pictures, by="scores", least=0.5)
    np.testing.assert_allclose(row["scores"], expected["scores"][expected["scores"] >= 0.5], atol=0.001)


@pytest.mark.parametrize("lanes", [1, 3])
def test_only_the_rows_that_are_asked_for_are_brought(network: Path, lanes: int) -> None:
    engine = OpenVinoEngine(network, threads=1, lanes=lanes)
    pictures = np.stack([picture({(1, 1): RED, (4, 4): BLUE}), picture({}), picture({(3, 2): BLUE})])
    every = engine.infer(pictures)
    for number, rows in enumerate(engine.infer_rows(pictures, by="scores", least=0.5)):
        likely = every["scores"][number] >= 0.5
        for name in engine.outputs:
            np.testing.assert_array_equal(rows[name], every[name][number][likely])


def test_a_process_that_ends_while_a_network_runs_keeps_its_exit_code(network: Path) -> None:
    script = """
import sys, threading, time
from pathlib import Path
import numpy as np
from model_api.engines.openvino import OpenVinoEngine

def work():
    while True:
        OpenVinoEngine(Path(sys.argv[1]), threads=1).infer(np.zeros((8, 640, 640, 3), np.uint8))

for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.5)
sys.exit(7)
"""
    for _ in range(3):
        ended = subprocess.run([sys.executable, "-c", script, str(network)], capture_output=True, check=False)
        assert ended.returncode == 7, ended.stderr.decode()


def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"this is no network")
    with pytest.raises(BrokenModel, match=r"model\.onnx cannot be loaded: .+") as failure:
        OpenVinoEngine(path, threads=1)
    assert "\n" not in str(failure.value)


def test_a_batch_of_the_wrong_shape_is_an_error_of_inference(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(classifier(), path)
    engine = OpenVinoEngine(path, threads=1)
    with pytest.raises(InferenceFailed, match="the engine failed on a batch of 2") as failure:
        engine.infer(np.zeros((2, 32, 32, 4), np.uint8))
    assert "\n" not in str(failure.value)


Pair = tuple[OpenVinoEngine, OnnxEngine]


@pytest.fixture(name="packaged", scope="module")
def _packaged() -> Pair:
    path = ModelRepository(PACKAGED).load("yoloface-server").path
    return OpenVinoEngine(path, threads=2), OnnxEngine(path, threads=2)


def _scene(width: int, height: int, *, seed: int = 0) -> Pixels:
    """Soft noise with ovals the colour of skin: what a detector answers neither yes nor no to."""
    rng = np.random.default_rng(seed)
    pixels = cv2.resize(rng.integers(0, 255, (9, 9, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        size = int(rng.integers(6, 40))
        cv2.ellipse(pixels, centre, (size, round(1.3 * size)), 0, 0, 360, (225, 180, 150), -1)
        for side in (-1, 1):
            cv2.circle(
                pixels, (centre[0] + side * size // 2, centre[1] - size // 4), max(1, size // 8), (40, 30, 30), -1
            )
    return np.asarray(pixels, np.uint8)
