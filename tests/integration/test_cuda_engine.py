"""What only an NVIDIA GPU can show: half precision, graphs and memory of the torch engine."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[gpu]')")

import torch

from common.settings import Settings
from model_api.arrays import Pixels
from model_api.draw import to_jpeg
from model_api.engines import REFERENCE, open_engine
from model_api.engines.choose import Choice, choose, why_no_gpu
from model_api.engines.device.lanes import Lanes
from model_api.engines.device.place import Cuda
from model_api.engines.engine import Engine, infer_rows
from model_api.engines.graph.network import TorchNetwork
from model_api.engines.graph.reading import read_plan
from model_api.local import open_local_detector
from model_api.repository import PACKAGED, ModelRepository
from tests.tiny_models import picture, write_repository

NO_GPU = why_no_gpu()
pytestmark = pytest.mark.skipif(NO_GPU is not None, reason=f"needs an NVIDIA GPU: {NO_GPU}")

CUDA = Choice(engine="torch", device="cuda")
MOST_PIXELS = 1.0  # off in a box or a landmark of a likely face; float16 has ten bits and a cell is 32 pixels at most
MOST_SCORE = 0.02


def smooth(*shape: int, seed: int = 3) -> Pixels:
    """Coloured patches, more like pictures than noise is."""
    count, height, width = shape
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (count, height // 16, width // 16, 3)).astype(np.uint8)
    return np.ascontiguousarray(small.repeat(16, axis=1).repeat(16, axis=2))


def _shipped(prefix: str) -> list[Any]:
    repository = ModelRepository(PACKAGED)
    names = [name for name in repository.names() if name.startswith(prefix)]
    paths = {repository.load(name, version).path for name in names for version in repository.versions(name)}
    return [pytest.param(path, id=str(path.parent.relative_to(PACKAGED))) for path in sorted(paths)]


@pytest.mark.parametrize("path", _shipped("yoloface"))
def test_a_detector_finds_what_it_finds_in_onnx_runtime(path: Path) -> None:
    gpu, reference = open_engine(path, choice=CUDA), open_engine(path, choice=REFERENCE)
    for seed in range(4):  # a plain run, one that is recorded, and replays
        pictures = smooth(3, 192, 320, seed=seed)
        ours, theirs = gpu.infer(pictures), reference.infer(pictures)
        assert np.abs(ours["scores"] - theirs["scores"]).max() < MOST_SCORE
        likely = theirs["scores"] >= np.sort(theirs["scores"].ravel())[-50]
        for name in ("boxes", "landmarks"):
            assert ours[name].dtype == np.float32
            assert np.isfinite(ours[name]).all()
            assert np.abs(ours[name][likely] - theirs[name][likely]).max(initial=0.0) < MOST_PIXELS


@pytest.mark.parametrize("path", _shipped("efficientnet"))
def test_a_classifier_judges_as_in_onnx_runtime(path: Path) -> None:
    gpu, reference = open_engine(path, choice=CUDA), open_engine(path, choice=REFERENCE)
    for count in (1, 5, 5, 5, 32):
        crops = smooth(count, 112, 112, seed=count)
        np.testing.assert_allclose(gpu.infer(crops)["logits"], reference.infer(crops)["logits"], atol=0.1)


def _answers(engine: Engine, batches: list[Pixels]) -> list[Any]:
    return [engine.infer(pictures)["scores"] for pictures in batches]


def test_replays_of_many_shapes_do_not_mix_their_memory(tmp_path: Path) -> None:
    path = write_repository(tmp_path) / "yoloface-server" / "1" / "model.onnx"
    gpu, reference = open_engine(path, choice=CUDA), open_engine(path, choice=REFERENCE)
    batches = [smooth(1 + seed % 4, 32 + 32 * (seed % 3), 64, seed=seed) for seed in range(24)]
    expected = _answers(reference, batches)
    for _ in range(3):
        for ours, theirs in zip(_answers(gpu, batches), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=0.01)


@pytest.mark.parametrize("path", _shipped("yoloface"))
def test_the_likely_rows_are_those_of_the_whole_answer(path: Path) -> None:
    gpu = open_engine(path, choice=CUDA)
    for seed in range(4):
        pictures = smooth(3, 192, 320, seed=seed)
        whole = gpu.infer(pictures)
        least = float(np.sort(whole["scores"].ravel())[-50])
        for row, ours in enumerate(infer_rows(gpu, pictures, by="scores", least=least)):
            likely = whole["scores"][row] >= least
            for name, rows in ours.items():
                np.testing.assert_allclose(rows, whole[name][row][likely], atol=1e-3)


def test_a_graph_that_goes_leaves_the_others_whole() -> None:
    """They share a stream and memory, and once shared cuBLAS's workspace, which the first that went took along."""
    path = ModelRepository(PACKAGED).load("efficientnet-b0").path
    place = Cuda()
    lanes = Lanes(TorchNetwork(read_plan(path), device=place.device, half=True), place, most=2)
    batches = [torch.from_numpy(smooth(count, 112, 112)) for count in (1, 4, 8)]

    def logits(pictures: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return lanes.run(pictures)[0]

    first = [logits(pictures) for pictures in batches for _ in range(2)]  # the third takes the place of the first
    with torch.cuda.device(place.device):
        torch.cuda.empty_cache()
        others = [torch.full((2**24,), float("nan"), device="cuda") for _ in range(8)]  # takes what was freed
    torch.testing.assert_close(logits(batches[1]), first[3])
    torch.testing.assert_close(logits(batches[2]), first[5])
    assert len(others) == 8


def test_two_networks_record_and_replay_in_two_threads(tmp_path: Path) -> None:
    path = write_repository(tmp_path) / "yoloface-server" / "1" / "model.onnx"
    batches = [smooth(1 + seed % 4, 32 + 32 * (seed % 3), 64, seed=seed) for seed in range(12)]
    expected = _answers(open_engine(path, choice=REFERENCE), batches)
    found: dict[int, list[Any]] = {}

    def work(number: int) -> None:
        engine = open_engine(path, choice=CUDA)
        for _ in range(4):
            found[number] = _answers(engine, batches)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1]
    for answers in found.values():
        for ours, theirs in zip(answers, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=0.01)


def test_auto_takes_the_gpu_and_the_pipeline_answers_from_it(tmp_path: Path) -> None:
    assert choose("auto", "auto") == CUDA
    detector = open_local_detector(Settings(models=write_repository(tmp_path)))
    try:
        result = detector.predict([to_jpeg(picture({(2, 3): (250, 5, 5)}))])[0]
        assert detector.models()["device"] == "cuda"
    finally:
        detector.close()
    assert [face.label for face in result.faces] == ["no_mask"]
