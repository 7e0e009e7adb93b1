"""A model is what its description says, or it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tiny_models import write_repository

from common.settings import Settings
from model_api.errors import BrokenModel, ModelNotFound
from model_api.local import open_local_detector
from model_api.repository import ModelRepository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_repository(tmp_path / "models")


def _change(root: Path, name: str, **fields: Any) -> None:
    path = root / name / "1" / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_model_is_found_with_its_file(root: Path) -> None:
    model = ModelRepository(root).load("yoloface-server")
    assert model.id == "yoloface-server@1"
    assert model.path == root / "yoloface-server" / "1" / "model.onnx"


def test_two_models_may_share_a_file(root: Path) -> None:
    repository = ModelRepository(root)
    assert repository.load("yoloface-lite").path == repository.load("yoloface-server").path


def test_the_newest_version_is_taken_by_number(root: Path) -> None:
    for version in ("2", "10"):
        folder = root / "yoloface-server" / version
        folder.mkdir()
        described = json.loads((root / "yoloface-server" / "1" / "model.json").read_text())
        described |= {"version": version, "file": "../1/model.onnx"}
        (folder / "model.json").write_text(json.dumps(described))
    repository = ModelRepository(root)
    assert repository.load("yoloface-server").id == "yoloface-server@10"
    assert repository.load("yoloface-server", "2").id == "yoloface-server@2"


def test_a_missing_model_is_not_found(root: Path) -> None:
    repository = ModelRepository(root)
    with pytest.raises(ModelNotFound, match="no model nobody"):
        repository.load("nobody")
    with pytest.raises(ModelNotFound, match="no model yoloface-server/7"):
        repository.load("yoloface-server", "7")


def test_a_damaged_file_is_refused(root: Path) -> None:
    path = root / "efficientnet-b0" / "1" / "model.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BrokenModel, match="is damaged: its sha256"):
        ModelRepository(root).load("efficientnet-b0")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"temperature": 0}, "temperature: Input should be greater than 0"),
        ({"sha256": "none"}, "sha256: String should match"),
        ({"crop_padding": "mirror"}, "crop_padding"),
        ({"file": "../../../secret"}, "lies outside the repository"),
        ({"file": "other.onnx"}, "cannot be read"),
    ],
)
def test_a_wrong_description_is_refused(root: Path, fields: dict[str, Any], sentence: str) -> None:
    _change(root, "efficientnet-b0", **fields)
    with pytest.raises(BrokenModel, match=sentence):
        ModelRepository(root).load("efficientnet-b0")


def test_a_classifier_with_its_classes_in_another_order_is_refused(root: Path) -> None:
    _change(root, "efficientnet-b0", classes=["mask_correct", "mask_incorrect", "no_mask"])
    with pytest.raises(BrokenModel, match="in another order"):
        open_local_detector(Settings(models=root))


def test_a_network_without_the_outputs_is_refused(root: Path) -> None:
    described = json.loads((root / "efficientnet-b0" / "1" / "model.json").read_text())
    _change(root, "yoloface-server", file="../../efficientnet-b0/1/model.onnx", sha256=described["sha256"])
    with pytest.raises(BrokenModel, match="has no output boxes, landmarks, scores"):
        open_local_detector(Settings(models=root))


def test_a_file_that_is_no_network_is_refused(root: Path) -> None:
    import hashlib

    content = b"no network"
    (root / "efficientnet-b0" / "1" / "model.onnx").write_bytes(content)
    _change(root, "efficientnet-b0", sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(BrokenModel, match="cannot be loaded"):
        open_local_detector(Settings(models=root))
