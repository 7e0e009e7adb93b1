"""What only an NVIDIA GPU can show: nvJPEG, and pictures that never come back to the host."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[gpu]')")

import torch
from tiny_models import BLUE, RED, picture, write_fit, write_repository

from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.arrays import Pixels
from model_api.decode import Limits, decode
from model_api.draw import to_jpeg
from model_api.engines.choose import why_no_gpu
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Encoded
from model_api.imaging.torch import TorchImaging, open_on_cuda
from model_api.letterbox import letterbox
from model_api.load import load_models
from model_api.pipeline import Request

NO_GPU = why_no_gpu()
pytestmark = pytest.mark.skipif(NO_GPU is not None, reason=f"needs an NVIDIA GPU: {NO_GPU}")

HOST = HostImaging()
MEAN_LEVELS = 2.0  # of 255
SIZES = ((640, 480), (1024, 1024), (333, 257), (17, 9))


def smooth(width: int, height: int) -> Pixels:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([255 * x // width, 255 * y // height, 128 + 0 * x], axis=2).astype(np.uint8)


@pytest.fixture(name="imaging", scope="module")
def _imaging() -> TorchImaging:
    return open_on_cuda()


def _off(ours: torch.Tensor, theirs: Pixels) -> float:
    assert ours.is_cuda
    assert tuple(ours.shape) == theirs.shape
    return float(np.abs(ours.cpu().numpy().astype(int) - theirs).mean())


def test_nvjpeg_shows_what_the_host_s_decoder_shows(imaging: TorchImaging) -> None:
    pytest.importorskip("torchvision", reason="needs torchvision (pip install 'maskwatch[gpu]')")
    data = [to_jpeg(smooth(*size)) for size in SIZES]
    opened = [imaging.open(each, Limits(), useful_side=10_000)[0] for each in data]
    assert all(isinstance(each, Encoded) for each in opened), "nvJPEG was refused; the log says why"
    for _ in range(20):  # what was freed is written over by the next
        for shown, each in zip(imaging.load(opened), data, strict=True):
            assert _off(shown, decode(each, Limits())) < MEAN_LEVELS


def test_a_damaged_picture_fails_alone(imaging: TorchImaging) -> None:
    pytest.importorskip("torchvision", reason="needs torchvision (pip install 'maskwatch[gpu]')")
    good = to_jpeg(smooth(640, 480))
    opened, _, _ = imaging.open(good, Limits(), useful_side=10_000)
    broken = Encoded(data=good[:20] + bytes(400) + good[420:], width=640, height=480, orientation=1)
    loaded = imaging.load([opened, broken, opened])
    assert loaded[1] is None
    for shown in (loaded[0], loaded[2]):
        assert _off(shown, decode(good, Limits())) < MEAN_LEVELS


def test_inputs_are_made_as_on_the_host(imaging: TorchImaging) -> None:
    for size in SIZES:
        pixels, box = smooth(*size), letterbox(*size, longer_side=320, stride=32)
        (on_device,) = imaging.load([pixels])
        assert _off(imaging.place([on_device], [box]), HOST.place([pixels], [box])) < MEAN_LEVELS
        faces = [(0.0, 0.0, size[0] / part, size[1] / part) for part in (1, 2, 5)]
        ours = imaging.cut([(on_device, face) for face in faces], scale=1.2, size=112, replicate=True)
        theirs = HOST.cut([(pixels, face) for face in faces], scale=1.2, size=112, replicate=True)
        assert _off(ours, theirs) < MEAN_LEVELS


def test_the_whole_pipeline_answers_batches_of_any_size(tmp_path: Path) -> None:
    models = write_fit(write_repository(tmp_path))
    pipeline = load_models(Settings(models=models, engine="torch", device="cuda")).pipeline
    data = to_jpeg(picture({(2, 3): RED, (5, 1): BLUE}))
    try:
        for count in (1, 3, 3, 3, 40, 64, 64, 5):
            for result in pipeline.run([Request(data=data, options=DetectOptions()) for _ in range(count)]):
                assert result.error is None
                assert sorted(face.label for face in result.faces) == ["mask_correct", "no_mask"]
    finally:
        pipeline.close()
