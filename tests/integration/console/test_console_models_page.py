"""The models' page in a real browser: cards as text, promoting and going back, runs and data."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from model_versions import CLASSIFIER, NEVER_SURE, add_version
from playwright.sync_api import Page, expect
from tiny_models import write_repository
from world import World

from common.settings import Settings
from console.modelling import Models
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.wiring import open_detector

pytestmark = pytest.mark.browser

CARD = """# efficientnet-b0 2

Trained on `masks/train`. <img src=x onerror="alert(1)"> is text.

| pictures | accuracy |
|---|---|
| all (247) | **0.96** |

- Backs of heads may be
  taken for faces.
"""
FIGURES = {"accuracy": {"share": 0.9646, "interval": [0.9466, 0.9768], "of": 594}}


def snap(page: Page, name: str) -> None:
    """Keep a picture of the page where MASKWATCH_TEST_SCREENSHOTS says, for people to look at."""
    folder = os.environ.get("MASKWATCH_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def models(world: World, tmp_path: Path) -> Iterator[None]:
    """Two versions of the classifier, a run with its curves, a file of labels."""
    root = write_repository(tmp_path / "models")
    second = add_version(root, CLASSIFIER, "2", **NEVER_SURE, created="2026-11-22T08:09:07+00:00", metrics=FIGURES)
    (second / "card.md").write_text(CARD)
    run = tmp_path / "runs" / "warm-start"
    run.mkdir(parents=True)
    (run / "config.json").write_text(json.dumps({"peak_rate": 0.1}))
    rows = "\n".join(f"{step},{step * 2},{1 / step},{1 - 1 / step}" for step in range(1, 120))
    (run / "curves.csv").write_text(f"step,seconds,total,accuracy\n{rows}\n")
    labels = {"images": [{"id": 1, "source": "street"}], "annotations": [{"image_id": 1, "category_id": 1}]}
    (tmp_path / "val.json").write_text(json.dumps(labels))
    settings = Settings(models=root, runs=tmp_path / "runs", datasets=tmp_path)
    looks = Looks(settings, open_detector)
    made = Models(looking=looks, shelf=Shelf(settings), records=TrainingFolder(settings))
    world.console = replace(world.console, models=made)
    yield
    looks.close()


def test_an_administrator_reads_a_card_and_lets_another_version_answer(models: None, page_of) -> None:
    page = page_of("admin", "/models")
    versions = page.get_by_role("table", name=CLASSIFIER)
    newest = versions.get_by_role("row", name="2 answers")
    expect(newest).to_contain_text("96.5% [94.7%, 97.7%]")
    snap(page, "models")
    newest.get_by_role("button", name="Card").click()
    card = page.get_by_role("dialog", name="efficientnet-b0, version 2")
    expect(card).to_contain_text('<img src=x onerror="alert(1)"> is text.')
    expect(card.get_by_role("cell", name="0.96")).to_be_visible()
    expect(card.get_by_role("listitem")).to_have_text("Backs of heads may be taken for faces.")
    card.get_by_role("button", name="Close").click()

    versions.get_by_role("row", name="1 –").get_by_role("button", name="Let it answer").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Let it answer").click()
    expect(versions.get_by_role("row", name="1 answers")).to_be_visible()
    expect(page.get_by_role("table", name="Who changed what")).to_contain_text("2 → 1")
    page.get_by_role("button", name="Back to the one before").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Back to the one before").click()
    expect(newest).to_be_visible()

    page.get_by_role("row", name="warm-start").get_by_role("button", name="Curves").click()
    expect(page.get_by_role("dialog", name="warm-start").get_by_text("total").first).to_be_visible()
    snap(page, "models-run")


def test_a_viewer_changes_no_version(models: None, page_of) -> None:
    page = page_of("viewer", "/models")
    expect(page.get_by_role("table", name=CLASSIFIER).get_by_role("row", name="2 answers")).to_be_visible()
    expect(page.get_by_role("button", name="Let it answer")).to_have_count(0)
    expect(page.get_by_role("table", name="Training data")).to_contain_text("street 1")
