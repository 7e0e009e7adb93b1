"""What becomes champion or challenger has shown before that it works; what does not leaves the aliases as they are."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from model_versions import CLASSIFIER, DETECTOR, add_version, damage
from onnx import numpy_helper
from tiny_models import write_repository

from common.errors import Conflict, InvalidInput, NotFound
from common.settings import Settings
from model_api.errors import BrokenModel, ModelNotFound
from model_api.registry import ModelRegistry


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_repository(tmp_path / "models")


@pytest.fixture
def registry(root: Path) -> ModelRegistry:
    return ModelRegistry(Settings(models=root))


def _champion(registry: ModelRegistry, name: str = CLASSIFIER) -> str:
    return registry.champions(registry.file.read())[name]


def test_without_aliases_the_newest_version_is_champion(root: Path, registry: ModelRegistry) -> None:
    add_version(root, CLASSIFIER, "10")
    add_version(root, CLASSIFIER, "9")
    assert _champion(registry) == "10"
    assert registry.challengers(registry.file.read()) is None


def test_a_new_version_challenges_the_one_before_it(root: Path, registry: ModelRegistry) -> None:
    add_version(root, CLASSIFIER, "2")
    aliases = registry.challenge(CLASSIFIER, "2", by="ann")
    assert registry.champions(aliases) == {CLASSIFIER: "1", DETECTOR: "1", "yoloface-lite": "1"}
    assert registry.challengers(aliases) == {CLASSIFIER: "2", DETECTOR: "1", "yoloface-lite": "1"}


def test_the_challenger_is_promoted_and_rolled_back(root: Path, registry: ModelRegistry) -> None:
    add_version(root, CLASSIFIER, "2")
    registry.challenge(CLASSIFIER, "2", by="ann")
    registry.promote(CLASSIFIER, by="ann")
    assert _champion(registry) == "2"
    registry.rollback(CLASSIFIER, by="bob")
    assert _champion(registry) == "1"
    with pytest.raises(NotFound, match="no earlier champion"):
        registry.rollback(CLASSIFIER, by="bob")
    assert [change.by for change in registry.file.read().history] == ["ann", "ann", "bob"]


def test_a_chosen_champion_stays_when_a_newer_version_appears(root: Path, registry: ModelRegistry) -> None:
    registry.promote(CLASSIFIER, "1", by="ann")
    add_version(root, CLASSIFIER, "2")
    assert _champion(registry) == "1"


def test_the_only_version_challenges_nobody(registry: ModelRegistry) -> None:
    with pytest.raises(InvalidInput, match="is the only version"):
        registry.challenge(CLASSIFIER, "1", by="ann")


def test_nothing_is_promoted_twice_or_without_a_version(root: Path, registry: ModelRegistry) -> None:
    with pytest.raises(InvalidInput, match="name the version"):
        registry.promote(CLASSIFIER, by="ann")
    registry.promote(CLASSIFIER, "1", by="ann")
    with pytest.raises(Conflict, match="already"):
        registry.promote(CLASSIFIER, "1", by="ann")
    with pytest.raises(ModelNotFound, match=f"no model {CLASSIFIER}/7"):
        registry.promote(CLASSIFIER, "7", by="ann")


def test_a_damaged_version_is_not_promoted(root: Path, registry: ModelRegistry) -> None:
    damage(add_version(root, CLASSIFIER, "2"))
    for change in (registry.promote, registry.challenge):
        with pytest.raises(BrokenModel, match="is damaged: its sha256"):
            change(CLASSIFIER, "2", by="ann")
    assert registry.file.stamp() is None


def test_a_champion_that_was_damaged_since_is_not_gone_back_to(root: Path, registry: ModelRegistry) -> None:
    add_version(root, CLASSIFIER, "2")
    registry.promote(CLASSIFIER, "2", by="ann")
    damage(root / CLASSIFIER / "1")
    with pytest.raises(BrokenModel, match="is damaged"):
        registry.rollback(CLASSIFIER, by="ann")
    assert _champion(registry) == "2"


def test_a_network_that_answers_no_numbers_is_not_promoted(root: Path, registry: ModelRegistry) -> None:
    folder = add_version(root, CLASSIFIER, "2")
    model = onnx.load(folder / "model.onnx")
    for tensor in model.graph.initializer:
        if tensor.name == "gain":
            tensor.CopyFrom(numpy_helper.from_array(np.asarray(np.nan, np.float32), "gain"))
    _replace_weights(folder, model.SerializeToString())
    with pytest.raises(BrokenModel, match="no finite numbers"):
        registry.promote(CLASSIFIER, "2", by="ann")


def test_a_network_of_another_kind_is_not_promoted(root: Path, registry: ModelRegistry) -> None:
    folder = add_version(root, DETECTOR, "2")
    _replace_weights(folder, (root / CLASSIFIER / "1" / "model.onnx").read_bytes())
    with pytest.raises(BrokenModel, match="has no output"):
        registry.promote(DETECTOR, "2", by="ann")


def test_a_version_that_calls_itself_otherwise_is_refused(root: Path, registry: ModelRegistry) -> None:
    add_version(root, CLASSIFIER, "2", name="another")
    with pytest.raises(BrokenModel, match="describes another/2"):
        registry.promote(CLASSIFIER, "2", by="ann")


def test_a_model_that_nothing_uses_is_not_promoted(root: Path, registry: ModelRegistry) -> None:
    shutil.copytree(root / CLASSIFIER / "1", root / "other" / "1")
    path = root / "other" / "1" / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "name": "other"}))
    with pytest.raises(InvalidInput, match="other is no part of what is served"):
        registry.promote("other", "1", by="ann")


def test_aliases_of_a_read_only_repository_live_where_the_setting_says(root: Path, tmp_path: Path) -> None:
    add_version(root, CLASSIFIER, "2")
    elsewhere = ModelRegistry(Settings(models=root, aliases=tmp_path / "state" / "aliases.json"))
    before = sorted(root.rglob("*"))
    elsewhere.promote(CLASSIFIER, "1", by="ann")
    assert _champion(elsewhere) == "1"
    assert sorted(root.rglob("*")) == before


def test_aliases_live_beside_one_s_own_models_and_in_the_data_folder_for_the_packaged_ones() -> None:
    assert Settings(models=Path("/m")).aliases_path == Path("/m/aliases.json")
    assert Settings(data=Path("/d")).aliases_path == Path("/d/model-aliases.json")
    assert Settings(models=Path("/m"), aliases=Path("/a.json")).aliases_path == Path("/a.json")


def _replace_weights(folder: Path, content: bytes) -> None:
    (folder / "model.onnx").write_bytes(content)
    path = folder / "model.json"
    described = {**json.loads(path.read_text()), "sha256": hashlib.sha256(content).hexdigest()}
    path.write_text(json.dumps(described))
