"""Models by REST: which versions there are, which one answers, who changed that; runs and training data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Client
from model_versions import CLASSIFIER, DETECTOR, NEVER_SURE, add_version, damage
from tiny_models import write_repository
from world import World

from common.errors import Unavailable
from common.settings import Settings
from console.modelling import Models
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.wiring import open_detector

CARD = "# A card\n\n<script>alert(1)</script> is text."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A repository with a second classifier and a damaged detector, a run, and a file of labels."""
    root = write_repository(tmp_path / "models")
    (add_version(root, CLASSIFIER, "2", **NEVER_SURE, licence="Apache-2.0") / "card.md").write_text(CARD)
    damage(add_version(root, DETECTOR, "0"))
    run = tmp_path / "runs" / "first"
    run.mkdir(parents=True)
    (run / "config.json").write_text(json.dumps({"peak_rate": 0.1}))
    (run / "metrics.json").write_text(json.dumps({"ap50": 0.8, "spread": float("nan")}))
    rows = "\n".join(f"{step},{step * 2},0.1,{1 / step},nan" for step in range(1, 501))
    (run / "curves.csv").write_text(f"step,seconds,rate,total,accuracy\n{rows}\n")
    (tmp_path / "data" / "masks").mkdir(parents=True)
    labels = {
        "images": [{"id": 1, "source": "street"}, {"id": 2, "source": "street"}],
        "annotations": [{"image_id": 1, "category_id": 1}, {"image_id": 2, "category_id": 3}],
    }
    (tmp_path / "data" / "masks" / "val.json").write_text(json.dumps(labels))
    (tmp_path / "data" / "notes.json").write_text("{}")
    return Settings(models=root, runs=tmp_path / "runs", datasets=tmp_path / "data", detector="local://")


@pytest.fixture
def world(world: World, settings: Settings) -> Iterator[World]:
    looks = Looks(settings, open_detector)
    models = Models(looking=looks, shelf=Shelf(settings), records=TrainingFolder(settings))
    world.console = replace(world.console, models=models)
    yield world
    looks.close()


def parts(client: Client) -> dict[str, str | None]:
    items = client.get("/api/v1/models").json()["items"]
    return {f"{one['name']}@{one['version']}": one["alias"] for one in items}


def test_every_version_is_listed_with_its_part_and_what_is_wrong_with_it(viewer: Client) -> None:
    items = viewer.get("/api/v1/models").json()["items"]
    assert [(one["name"], one["version"]) for one in items] == [
        (CLASSIFIER, "1"),
        (CLASSIFIER, "2"),
        ("yoloface-lite", "1"),
        (DETECTOR, "0"),
        (DETECTOR, "1"),
    ]
    newest = items[1]
    assert (newest["alias"], newest["licence"], newest["error"]) == ("champion", "Apache-2.0", None)
    assert (len(newest["sha256"]), newest["weight_bytes"] > 0) == (64, True)
    assert "is damaged: its sha256 is" in items[-2]["error"]
    one = viewer.get(f"/api/v1/models/{CLASSIFIER}/2").json()
    assert (one["card"], one["description"]["uncertain_below"]) == (CARD, 1.0)
    assert viewer.get(f"/api/v1/models/{CLASSIFIER}/3").status_code == 404
    assert viewer.get("/api/v1/models/..%2F..%2Fsecrets/1").status_code == 404


def test_a_version_is_promoted_and_rolled_back_by_an_administrator(admin: Client, operator: Client) -> None:
    promotion = f"/api/v1/models/{CLASSIFIER}/promote"
    assert operator.post(promotion, json={"version": "1"}).status_code == 403
    done = admin.post(promotion, json={"version": "1"})
    assert done.status_code == 200, done.text
    assert (done.json()["by"], done.json()["from"], done.json()["to"]) == ("admin", "2", "1")
    assert parts(admin)[f"{CLASSIFIER}@1"] == "champion"
    assert admin.post(promotion, json={"version": "1"}).json()["code"] == "conflict"
    challenge = admin.post(f"/api/v1/models/{CLASSIFIER}/challenge", json={"version": "2"})
    assert challenge.json()["action"] == "challenge"
    assert parts(admin)[f"{CLASSIFIER}@2"] == "challenger"
    assert admin.post(promotion).json()["to"] == "2"  # the challenger, where none is named
    assert admin.post(f"/api/v1/models/{CLASSIFIER}/rollback").json()["to"] == "1"
    actions = [change["action"] for change in admin.get("/api/v1/models/history").json()["items"]]
    assert actions == ["rollback", "promote", "challenge", "promote"]


def test_what_does_not_work_is_not_promoted(admin: Client) -> None:
    refused = admin.post(f"/api/v1/models/{DETECTOR}/promote", json={"version": "0"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    missing = admin.post(f"/api/v1/models/{DETECTOR}/promote", json={"version": "7"})
    assert (missing.status_code, missing.json()["code"]) == (404, "model_not_found")
    assert admin.post(f"/api/v1/models/{DETECTOR}/promote", json={"version": "../1"}).status_code == 422
    assert admin.post(f"/api/v1/models/{DETECTOR}/rollback").status_code == 404


def test_what_answers_now_is_told(viewer: Client) -> None:
    told = viewer.get("/api/v1/models/serving").json()
    assert told["error"] is None
    assert {one["name"]: one["serving"] for one in told["models"]}[DETECTOR] == "1"


def test_why_nobody_can_tell_what_answers_is_told(settings: Settings, tmp_path: Path) -> None:
    damage(settings.models / CLASSIFIER / "2")
    for cause, kept in (("damaged", settings), ("does not answer", Settings(detector="http://127.0.0.1:1"))):
        with pytest.raises(Unavailable, match=cause):
            Looks(kept, open_detector).serving()


def test_runs_come_with_their_curves_and_nothing_that_is_no_number(viewer: Client) -> None:
    (run,) = viewer.get("/api/v1/runs").json()["items"]
    assert (run["name"], run["steps"], run["metrics"]) == ("first", 500, {"ap50": 0.8})
    told = viewer.get("/api/v1/runs/first").json()
    assert (len(told["curves"]), told["curves"][0]["step"], told["curves"][-1]["step"]) == (200, 1, 500)
    assert told["curves"][0]["accuracy"] is None
    assert told["config"] == {"peak_rate": 0.1}
    assert viewer.get("/api/v1/runs/..%2Ffirst").status_code == 404


def test_training_data_is_counted(viewer: Client) -> None:
    (dataset,) = viewer.get("/api/v1/datasets").json()["items"]
    assert dataset["name"] == "masks/val.json"
    assert dataset["pictures"] == {"street": 2}
    assert dataset["faces"] == {"no_mask": 1, "mask_correct": 1}


def test_without_folders_the_reason_is_told(settings: Settings, tmp_path: Path) -> None:
    nowhere = settings.model_copy(update={"runs": tmp_path / "none", "datasets": None})
    records = TrainingFolder(nowhere)
    assert "MASKWATCH_RUNS" in str(records.runs().reason)
    assert "MASKWATCH_DATASETS" in str(records.datasets().reason)
