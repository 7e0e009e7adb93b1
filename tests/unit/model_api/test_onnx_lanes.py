"""ONNX Runtime on one thread: as many callers at once as there are lanes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tiny_models import RED, picture, write_repository

from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.load import load_models
from model_api.pipeline import Request
from model_api.sharing import SharingPipeline


def test_lanes_answer_as_a_lone_run_does(tmp_path: Path) -> None:
    root = write_repository(tmp_path / "models")
    loaded = load_models(Settings(models=root, engine="onnx", device="cpu", threads=3))
    assert loaded.lanes == 3
    pipeline = loaded.pipeline
    assert isinstance(pipeline, SharingPipeline)
    data = [to_jpeg(picture({(column, row): RED}), quality=95) for column in range(8) for row in range(6)]
    requests = [Request(data=each, options=DetectOptions()) for each in data]
    with ThreadPoolExecutor(max_workers=3) as pool:
        beside = list(pool.map(lambda request: pipeline.beside.run([request])[0].faces, requests))
    alone = [result.faces for result in pipeline.alone.run(requests)]
    pipeline.close()
    for ours, expected in zip(beside, alone, strict=True):
        assert [face.label for face in ours] == [face.label for face in expected] == ["no_mask"]
        assert ours[0].box == pytest.approx(expected[0].box, abs=0.01)
