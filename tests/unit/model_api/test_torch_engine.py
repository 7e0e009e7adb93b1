"""The torch engine answers as the reference does, whatever the batch, and says what is wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
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
from model_api.engines.choose import Choice
from model_api.engines.device.batches import BATCHES, batch_for
from model_api.engines.device.lanes import Lanes
from model_api.engines.device.place import Compute, Cpu
from model_api.engines.engine import RowEngine, infer_rows
from model_api.engines.graph.network import TorchNetwork
from model_api.engines.graph.reading import read_plan
from model_api.engines.torch import TorchEngine
from model_api.errors import BrokenModel, InferenceFailed
from model_api.local import open_local_detector
from model_api.repository import PACKAGED, ModelRepository
from model_api.warm_up import batches_for
from tests.tiny_models import BLUE, RED, picture, write_fit, write_repository

TORCH = Choice(engine="torch", device="cpu")


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    return write_repository(tmp_path / "models") / "yoloface-server" / "1" / "model.onnx"


def noise(*shape: int, seed: int = 3) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3)).astype(np.uint8)


def assert_same(path: Path, pictures: Pixels) -> None:
    """Boxes and landmarks are pixels: a ten-thousandth of the largest is far below anything that is seen."""
    ours = open_engine(path, choice=TORCH, threads=1)
    theirs = open_engine(path, choice=REFERENCE, threads=1).infer(pictures)
    answers = ours.infer(pictures)
    assert tuple(ours.outputs) == tuple(answers) == tuple(theirs)
    for name, answer in answers.items():
        assert (answer.dtype, answer.shape) == (np.float32, theirs[name].shape)
        assert np.abs(answer - theirs[name]).max() <= 1e-4 * max(1.0, np.abs(theirs[name]).max())


def _shipped() -> list[Any]:
    repository = ModelRepository(PACKAGED)
    models = [repository.load(name, version) for name in repository.names() for version in repository.versions(name)]
    paths = sorted({each.path for each in models})
    return [pytest.param(path, id=str(path.parent.relative_to(PACKAGED))) for path in paths]


@pytest.mark.parametrize("path", _shipped())
def test_the_shipped_networks_answer_as_in_onnx_runtime(path: Path) -> None:
    is_detector = path.parts[-3].startswith("yoloface")
    side = json.loads((path.parent / "model.json").read_text())["input_size"]
    assert_same(path, noise(2, 160, 224) if is_detector else noise(3, side, side))


def test_tiny_networks_answer_as_in_onnx_runtime(tmp_path: Path) -> None:
    root = write_fit(write_repository(tmp_path))
    assert_same(root / "yoloface-server" / "1" / "model.onnx", noise(2, 96, 128))
    assert_same(root / "efficientnet-b0" / "1" / "model.onnx", noise(5, 32, 32))
    assert_same(root / "unet" / "1" / "model.onnx", noise(1, 64, 64))


def test_a_batch_of_any_size_and_shape_answers_for_each_of_its_pictures(detector: Path) -> None:
    engine = open_engine(detector, choice=TORCH)
    pictures = noise(3, 64, 96)
    kept = engine.infer(pictures)["scores"]
    before = kept.copy()
    for _ in range(3):
        for row in range(3):
            np.testing.assert_array_equal(engine.infer(pictures[row : row + 1])["scores"][0], before[row])
    assert engine.infer(noise(2, 32, 64))["scores"].shape == (2, 2)
    np.testing.assert_array_equal(kept, before)  # an answer is the caller's own


def test_threads_get_each_their_own_answers(detector: Path) -> None:
    engine = open_engine(detector, choice=TORCH)
    pictures = [noise(1 + seed % 2, 64, 96, seed=seed) for seed in range(8)]
    expected = [engine.infer(each)["scores"] for each in pictures]
    found: list[Any] = [None] * len(pictures)

    def ask(place: int) -> None:
        for _ in range(5):
            found[place] = engine.infer(pictures[place])["scores"]

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_pictures_that_do_not_fit_the_network_fail_alone(tmp_path: Path) -> None:
    engine = open_engine(PACKAGED / "yoloface-server" / "1" / "model.onnx", choice=TORCH, threads=1)
    with pytest.raises(InferenceFailed, match="failed on a batch of 1"):
        engine.infer(noise(1, 40, 40))  # no multiple of 32
    assert engine.infer(noise(1, 32, 64))["scores"].shape == (1, 42)


def test_a_file_that_torch_cannot_read_is_a_broken_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("no network")
    with pytest.raises(BrokenModel, match=r"model\.onnx cannot be loaded"):
        open_engine(tmp_path / "model.onnx", choice=TORCH)


def test_the_setting_chooses_torch_for_the_whole_pipeline(tmp_path: Path) -> None:
    detector = open_local_detector(
        Settings(models=write_fit(write_repository(tmp_path)), engine="torch", device="cpu", data=tmp_path)
    )
    try:
        result = detector.predict([to_jpeg(picture({(2, 3): RED, (5, 1): BLUE}))])[0]
        told = detector.models()
    finally:
        detector.close()
    assert (told["engine"], told["device"]) == ("torch", "cpu")
    assert sorted(face.label for face in result.faces) == ["mask_correct", "no_mask"]


class Recording(Cpu):
    """A GPU as far as its rules go: it fills batches up, and replays by writing over the same answer."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__()
        self.refuses = refuses
        self.recorded: list[torch.Size] = []
        self.replays = 0

    def room_for(self, pictures: int) -> int:
        return batch_for(pictures)

    def record(self, compute: Compute) -> Compute:
        if self.refuses:
            raise RuntimeError("operation not permitted when stream is capturing")
        answer = compute().clone()
        self.recorded.append(answer.shape)

        def replay() -> torch.Tensor:
            self.replays += 1
            return answer.copy_(compute())

        return replay


def _run(lanes: Lanes, pictures: Pixels) -> Sequence[torch.Tensor]:
    return lanes.run(torch.from_numpy(pictures))


def _lanes(path: Path, place: Cpu, *, most: int = 32) -> Lanes:
    return Lanes(TorchNetwork(read_plan(path), device=place.device), place, most=most)


def test_the_second_batch_of_a_shape_is_recorded_and_replayed_from_then_on(detector: Path) -> None:
    place, plain = Recording(), _lanes(detector, Cpu())
    lanes = _lanes(detector, place)
    for turn in range(4):
        pictures = noise(2, 32, 64, seed=turn)
        for ours, theirs in zip(_run(lanes, pictures), _run(plain, pictures), strict=True):
            assert torch.equal(ours, theirs)
        assert (len(place.recorded), place.replays) == (min(turn, 1), turn)


def test_a_batch_is_filled_up_to_the_sizes_that_are_recorded(detector: Path) -> None:
    place, plain = Recording(), _lanes(detector, Cpu())
    lanes = _lanes(detector, place)
    for count in (6, 5, 5, 6, 5):
        pictures = noise(count, 32, 64, seed=count)
        for ours, theirs in zip(_run(lanes, pictures), _run(plain, pictures), strict=True):
            assert len(ours) == count
            assert torch.equal(ours, theirs)
    assert len(place.recorded) == 1


@pytest.mark.parametrize("least", [-1.0, 0.5, 2.0])
def test_of_each_picture_the_likely_rows_come_back_and_no_others(detector: Path, least: float) -> None:
    place = Recording()
    engine, reference = TorchEngine(detector, place=place, half=False, threads=1), open_engine(detector)
    assert isinstance(engine, RowEngine)
    assert not isinstance(reference, RowEngine)
    for seed in range(4):
        pictures = noise(5, 64, 96, seed=seed) // 2
        pictures[seed, :32, :32] = RED
        pictures[(seed + 1) % 5, 32:, 32:] = (RED, BLUE)[seed % 2]
        found = infer_rows(engine, pictures, by="scores", least=least)
        expected = infer_rows(reference, pictures, by="scores", least=least)
        assert len(found) == len(expected) == 5
        for ours, theirs in zip(found, expected, strict=True):
            likely = theirs["scores"] >= least
            assert set(ours) == set(theirs)
            for name, rows in ours.items():
                assert rows.shape == theirs[name][likely].shape
                np.testing.assert_allclose(rows, theirs[name][likely], rtol=1e-4, atol=1e-4)
        assert sum(len(ours["scores"]) for ours in found) == {-1.0: 5 * 6, 0.5: 3, 2.0: 0}[least]
    assert (len(place.recorded), place.replays) == (1, 3)


def test_pictures_that_are_on_the_device_already_are_taken_from_there(detector: Path) -> None:
    engine, pictures = open_engine(detector, choice=TORCH), noise(3, 64, 96)
    planes = torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())  # as an imaging leaves them
    np.testing.assert_array_equal(engine.infer(planes.permute(0, 2, 3, 1))["scores"], engine.infer(pictures)["scores"])


def test_what_cannot_be_recorded_is_run_plainly(detector: Path) -> None:
    lanes, plain = _lanes(detector, Recording(refuses=True)), _lanes(detector, Cpu())
    for turn in range(3):
        pictures = noise(1, 32, 64, seed=turn)
        assert torch.equal(_run(lanes, pictures)[1], _run(plain, pictures)[1])


def test_the_shape_that_was_not_seen_for_longest_is_forgotten(detector: Path) -> None:
    place = Recording()
    lanes = _lanes(detector, place, most=2)
    wide, tall, square = noise(1, 32, 64), noise(1, 64, 32), noise(1, 32, 32)
    for pictures in (wide, tall, wide, square, wide, tall):
        _run(lanes, pictures)
    assert len(place.recorded) == 1  # the wide one; the tall one had to make room and began anew
    assert place.replays == 2


def test_a_device_without_memory_fails_the_batch_and_forgets_what_it_keeps(detector: Path) -> None:
    class Full(Recording):
        is_full = False

        def wait(self) -> None:
            if self.is_full:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.\nMore advice")

    place = Full()
    engine = TorchEngine(detector, place=place, half=False, threads=0)
    for _ in range(2):
        engine.infer(noise(1, 32, 64))
    place.is_full = True
    with pytest.raises(
        InferenceFailed, match="too little free memory for 4 pictures of 64x32: CUDA out of memory"
    ) as told:
        engine.infer(noise(4, 32, 64))
    assert "advice" not in str(told.value)
    place.is_full = False
    engine.infer(noise(1, 32, 64))
    assert len(place.recorded) == 1
    engine.infer(noise(1, 32, 64))
    assert len(place.recorded) == 2  # recorded anew: the first was forgotten


def test_no_more_than_a_third_of_a_batch_is_filling() -> None:
    assert all(batch_for(count) * 2 <= count * 3 for count in range(1, 33))
    assert batch_for(33) == 33


def test_on_a_gpu_every_size_is_recorded_before_the_first_picture_comes() -> None:
    assert batches_for(TORCH) == (1,)
    warm = batches_for(Choice(engine="torch", device="cuda"))
    assert {size for size in warm if warm.count(size) >= 2} == set(BATCHES)
