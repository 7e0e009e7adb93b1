"""Models are exchanged while they serve: every request is answered, and by whole models only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from model_server import serving
from model_versions import BLIND, CLASSIFIER, DETECTOR, NEVER_SURE, add_version, damage, repair
from prometheus_client import REGISTRY
from tiny_models import BLUE, RED, picture, write_repository

from common.domain.prediction import PictureResult
from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.errors import BrokenAliases, BrokenModel, ModelNotFound
from model_api.life import RETRY_SECONDS, ModelLife
from model_api.local import LocalDetector, open_local_detector
from model_api.registry import ModelRegistry

CALLERS = 8
JPEG = to_jpeg(picture({(1, 1): RED, (4, 3): BLUE}), quality=95)


class Clock:
    """Monotonic seconds, as the test says."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = write_repository(tmp_path / "models")
    add_version(root, CLASSIFIER, "2", **NEVER_SURE)
    ModelRegistry(Settings(models=root)).promote(CLASSIFIER, "1", by="test")
    return root


@pytest.fixture
def settings(root: Path) -> Settings:
    return Settings(models=root)


@pytest.fixture
def registry(settings: Settings) -> ModelRegistry:
    return ModelRegistry(settings)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_life(settings: Settings, clock: Clock) -> Iterator[Callable[..., tuple[ModelLife, LocalDetector]]]:
    opened: list[LocalDetector] = []

    def build(share: float = 0.0) -> tuple[ModelLife, LocalDetector]:
        life = ModelLife(settings, share=share, rng=np.random.default_rng(1), seconds=clock, quiet_seconds=0.0)
        opened.append(LocalDetector(pipeline=life.pipeline, life=life))
        return life, opened[-1]

    yield build
    for detector in opened:
        detector.close()


Open = Callable[..., tuple[ModelLife, LocalDetector]]


def _classifier_of(result: PictureResult) -> str | None:
    return result.model["classifier"]


def _ask(detector: LocalDetector) -> str | None:
    return _classifier_of(detector.predict([JPEG])[0])


def _swaps(result: str) -> float:
    return REGISTRY.get_sample_value("maskwatch_model_swaps_total", {"result": result}) or 0


def _point_at(root: Path, name: str, version: str) -> None:
    """Write the alias without the checks of `promote`, as another tool may."""
    (root / "aliases.json").write_text(f'{{"models": {{"{name}": {{"champion": "{version}"}}}}}}')


def test_a_swap_under_load_fails_no_request_and_both_versions_are_seen(
    open_life: Open, registry: ModelRegistry
) -> None:
    life, detector = open_life()
    stop, seen, lock = threading.Event(), [], threading.Lock()

    def call() -> None:
        while not stop.is_set():
            (result,) = detector.predict([JPEG])
            with lock:
                seen.append((_classifier_of(result), tuple(sorted(face.label.value for face in result.faces))))

    def wait_for(version: str) -> None:
        while not any(who == f"{CLASSIFIER}@{version}" for who, _ in seen[-CALLERS:]):
            threading.Event().wait(0.005)

    with ThreadPoolExecutor(max_workers=CALLERS) as pool:
        callers = [pool.submit(call) for _ in range(CALLERS)]
        try:
            wait_for("1")
            registry.promote(CLASSIFIER, "2", by="t")
            life.look()
            wait_for("2")
            registry.rollback(CLASSIFIER, by="t")
            life.look()
            wait_for("1")
        finally:
            stop.set()
        for caller in callers:
            caller.result()  # raises what any of its requests did
    assert set(seen) == {
        (f"{CLASSIFIER}@1", ("mask_correct", "no_mask")),
        (f"{CLASSIFIER}@2", ("uncertain", "uncertain")),
    }


def test_a_running_server_takes_a_promotion_and_a_rollback_by_itself(
    settings: Settings, registry: ModelRegistry
) -> None:
    detector = open_local_detector(settings, is_live=True)
    try:
        with serving(detector, settings) as url:

            def answered_by(version: str) -> bool:
                assert httpx.get(f"{url}/readyz").status_code == 200
                response = httpx.post(f"{url}/v1/predict", content=JPEG)
                assert response.status_code == 200, response.text
                return bool(response.json()["results"][0]["model"]["classifier"] == f"{CLASSIFIER}@{version}")

            assert answered_by("1")
            registry.promote(CLASSIFIER, "2", by="test")
            _until(lambda: answered_by("2"))
            models = {model["name"]: model for model in httpx.get(f"{url}/v1/models").json()["models"]}
            assert models[CLASSIFIER]["serving"] == "2"
            assert models[CLASSIFIER]["versions"] == ["1", "2"]
            registry.rollback(CLASSIFIER, by="test")
            _until(lambda: answered_by("1"))
    finally:
        detector.close()


def test_nothing_is_loaded_while_the_aliases_stay(open_life: Open) -> None:
    life, detector = open_life()
    before = _swaps("swapped")
    life.look()
    life.look()
    assert _swaps("swapped") == before
    assert _ask(detector) == f"{CLASSIFIER}@1"


def test_a_broken_version_leaves_the_old_one_serving_and_says_so(open_life: Open, root: Path, clock: Clock) -> None:
    life, detector = open_life()
    folder = add_version(root, CLASSIFIER, "3")
    damage(folder)
    before = _swaps("refused")
    _point_at(root, CLASSIFIER, "3")
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@1"
    detector.check()
    assert "is damaged: its sha256" in (life.report()["refused"] or "")
    assert _swaps("refused") == before + 1

    repair(folder)
    life.look()  # not yet
    assert _ask(detector) == f"{CLASSIFIER}@1"
    clock.now += RETRY_SECONDS
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@3"
    assert life.report()["refused"] is None


def test_aliases_that_are_damaged_while_it_runs_change_nothing(open_life: Open, root: Path) -> None:
    life, detector = open_life()
    (root / "aliases.json").write_text('{"models": {')
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@1"
    assert "aliases.json is damaged" in (life.report()["refused"] or "")
    _point_at(root, CLASSIFIER, "2")
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@2"
    assert life.report()["refused"] is None


def test_a_version_that_is_not_there_changes_nothing(open_life: Open, root: Path) -> None:
    life, detector = open_life()
    _point_at(root, CLASSIFIER, "9")
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@1"
    assert f"no model {CLASSIFIER}/9" in (life.report()["refused"] or "")


def test_a_variant_that_is_served_is_not_lost_by_a_swap(open_life: Open, root: Path) -> None:
    life, detector = open_life()
    (root / "yoloface-lite" / "1" / "model.json").unlink()
    _point_at(root, CLASSIFIER, "2")
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@1"
    assert "lack the variant lite" in (life.report()["refused"] or "")


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        pytest.param("{", BrokenAliases, "aliases.json is damaged", id="damaged aliases"),
        pytest.param(f'{{"models": {{"{CLASSIFIER}": {{"champion": "9"}}}}}}', ModelNotFound, "/9 in", id="no version"),
        pytest.param(
            f'{{"models": {{"{CLASSIFIER}": {{"champion": "1"}}, "yoloface-lite": {{"champion": "9"}}}}}}',
            ModelNotFound,
            "no model yoloface-lite/9",
            id="no version of the other variant",
        ),
        pytest.param(f'{{"models": {{"{CLASSIFIER}": {{"champion": "3"}}}}}}', BrokenModel, "sha256", id="damaged"),
    ],
)
def test_at_the_start_what_cannot_be_served_is_one_clear_error(
    root: Path, settings: Settings, content: str, error: type[Exception], sentence: str
) -> None:
    damage(add_version(root, CLASSIFIER, "3"))
    (root / "aliases.json").write_text(content)
    with pytest.raises(error, match=sentence):
        open_local_detector(settings)


def test_the_challenger_sees_live_pictures_and_never_answers(open_life: Open, registry: ModelRegistry) -> None:
    registry.challenge(CLASSIFIER, "2", by="test")
    life, detector = open_life(share=1.0)
    assert {_ask(detector) for _ in range(5)} == {f"{CLASSIFIER}@1"}
    _until(lambda: _pictures(life, "compared") == 5)
    shadow = life.report()["shadow"]
    assert shadow is not None
    assert shadow["challenger"] == [f"{CLASSIFIER}@2"]
    assert shadow["faces"] == {"both": 10, "champion": 0, "challenger": 0}
    assert shadow["labels"] == {"mask_correct": {"uncertain": 5}, "no_mask": {"uncertain": 5}}
    assert (shadow["label_agreement"], shadow["score_difference"]) == (0.0, 0.0)


def test_faces_that_the_challenger_misses_are_counted(root: Path, open_life: Open, registry: ModelRegistry) -> None:
    add_version(root, DETECTOR, "2", **BLIND)
    registry.challenge(DETECTOR, "2", by="test")
    life, detector = open_life(share=1.0)
    detector.predict([JPEG, b"no picture"])
    _until(lambda: _pictures(life, "compared") == 1)
    shadow = life.report()["shadow"]
    assert shadow is not None
    assert shadow["faces"] == {"both": 0, "champion": 2, "challenger": 0}
    assert shadow["label_agreement"] is None


def test_the_shadow_s_work_is_not_in_the_times_of_what_answers(open_life: Open, registry: ModelRegistry) -> None:
    registry.challenge(CLASSIFIER, "2", by="test")
    life, detector = open_life(share=1.0)
    before = _runs_of("classify")
    detector.predict([JPEG])
    _until(lambda: _pictures(life, "compared") == 1)
    assert _runs_of("classify") == before + 1


def test_a_challenger_that_begins_while_it_runs_is_taken_and_its_promotion_ends_the_comparison(
    open_life: Open, registry: ModelRegistry
) -> None:
    life, detector = open_life(share=1.0)
    assert life.report()["shadow"] is None
    registry.challenge(CLASSIFIER, "2", by="test")
    life.look()
    _ask(detector)
    _until(lambda: _pictures(life, "compared") == 1)
    registry.promote(CLASSIFIER, by="test")
    life.look()
    assert _ask(detector) == f"{CLASSIFIER}@2"
    assert life.report()["shadow"] is None


def test_a_broken_challenger_hinders_nobody(root: Path, open_life: Open, registry: ModelRegistry) -> None:
    registry.challenge(CLASSIFIER, "2", by="test")
    damage(root / CLASSIFIER / "2")
    life, detector = open_life(share=1.0)
    assert _ask(detector) == f"{CLASSIFIER}@1"
    assert life.report()["shadow"] is None
    assert "is damaged" in (life.report()["refused"] or "")


def test_without_a_share_no_challenger_is_loaded(open_life: Open, registry: ModelRegistry) -> None:
    registry.challenge(CLASSIFIER, "2", by="test")
    life, _detector = open_life(share=0.0)
    assert life.report()["shadow"] is None
    challenged = {model["name"]: model["challenger"] for model in life.report()["models"]}
    assert challenged == {CLASSIFIER: "2", DETECTOR: None, "yoloface-lite": None}


def _pictures(life: ModelLife, result: str) -> int:
    shadow = life.report()["shadow"]
    return shadow["pictures"][result] if shadow else 0


def _runs_of(stage: str) -> float:
    return REGISTRY.get_sample_value("maskwatch_inference_seconds_count", {"stage": stage}) or 0


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        threading.Event().wait(0.02)
