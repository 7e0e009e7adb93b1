"""The whole evaluation on drawn pictures: scripted models, and the command with the weights that ship."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[training]')")

import cv2

from training.cli import app
from training.errors import BrokenAnnotations, DataMissing, InvalidOption, UnknownFinder, WrongModel
from training.evaluation.case_rows import Judgement, case_rows
from training.evaluation.measure import Trial
from training.evaluation.models import Judges
from training.evaluation.report import write_report
from training.finders.found import FoundFaces

WEIGHTS = Path("model_api/weights")
TRICKY = '<b>a&b".png'
ONES = {"name": "drawn", "version": "1", "input_size": 64, "min_score": 0.5, "sha256": "0" * 64, "megabytes": 1.0}


class ScriptedFinder:
    """Finds a face of 40 px in the upper left corner of bright pictures, and something elsewhere."""

    def find(self, image: np.ndarray) -> FoundFaces:
        boxes = [[100, 60, 130, 90], [4, 4, 44, 44]] if image.mean() > 90 else [[100, 60, 130, 90]]
        scores = [0.7, 0.9][: len(boxes)]
        points = np.full((len(boxes), 5, 2), np.nan, np.float32)
        return FoundFaces(boxes=np.asarray(boxes, np.float32), scores=np.asarray(scores, np.float32), landmarks=points)


class ScriptedNamer:
    """Calls faces in the upper left corner properly masked, all others bare."""

    def probabilities(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        return np.asarray([(0.05, 0.05, 0.9) if box[0] < 50 else (0.9, 0.05, 0.05) for box in boxes]).reshape(-1, 3)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Three pictures: a bright one with a mask, a dark one with an unfound mask, a bright one with a bare face."""
    folder = tmp_path / "drawn" / "images"
    folder.mkdir(parents=True)
    images, rows = [], []
    for number, (name, grey, category) in enumerate([(TRICKY, 200, 3), ("dark.png", 30, 3), ("bare.png", 200, 1)]):
        cv2.imwrite(str(folder / name), np.full((120, 160, 3), grey, np.uint8))
        images.append({"id": number, "file_name": name, "width": 160, "height": 120, "source": "drawn & <i>"})
        rows.append({"id": number, "image_id": number, "category_id": category, "bbox": [4, 4, 40, 40], "iscrowd": 0})
    path = folder.parent / "val.json"
    path.write_text(json.dumps({"images": images, "annotations": rows, "categories": []}))
    return path


def judges(**changes: Any) -> Judges:
    given = {
        "finder": ScriptedFinder(),
        "namer": ScriptedNamer(),
        "min_score": 0.5,
        "uncertain_below": 0.6,
        "detector": ONES,
        "classifier": ONES,
        "peers": {"a <peer>": ScriptedFinder()},
        **changes,
    }
    return Judges(**given)


def darker(image: np.ndarray) -> np.ndarray:
    return (image * 0.3).astype(np.uint8)


def evaluate(labels: Path, folder: Path) -> dict[str, Any]:
    trial = Trial(labels=labels, conditions={"original": None, "degraded": darker})
    return write_report(trial, judges(), folder)


def test_the_figures_are_those_of_the_script(labels: Path, tmp_path: Path) -> None:
    report = evaluate(labels, tmp_path / "out")
    original, degraded = (report["conditions"][name]["all"] for name in ("original", "degraded"))
    assert original["finding"]["ap50"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert degraded["finding"]["ap50"]["value"] == 0
    assert original["naming"]["confusion"] == [[0, 0, 1], [0, 0, 0], [0, 0, 2]]
    assert original["pipeline"][">=24"]["mask_or_none_of_found"]["value"] == 0.5
    assert original["pipeline"][">=24"]["mask_or_none_with_unfound"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert report["peers"]["a <peer>"]["original"]["all"]["finding"]["ap50"] == original["finding"]["ap50"]
    assert report["data"]["faces"]["all"]["judged"] == 3


def test_both_files_hold_the_same_report_and_the_same_run_gives_it_again(labels: Path, tmp_path: Path) -> None:
    first, second = evaluate(labels, tmp_path / "one"), evaluate(labels, tmp_path / "two")
    assert json.loads((tmp_path / "one" / "report.json").read_text()) == json.loads(json.dumps(first))
    assert without_times(first) == without_times(second)


def without_times(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: without_times(item) for key, item in value.items() if key not in ("created", "milliseconds")}
    return value


class Links(HTMLParser):
    """Collects what a browser would fetch, and the elements it would draw."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for key, value in attrs if key in ("src", "href", "srcset", "action", "data")]


def test_the_page_needs_no_other_file_and_escapes_what_comes_from_outside(labels: Path, tmp_path: Path) -> None:
    evaluate(labels, tmp_path)
    page = (tmp_path / "report.html").read_text()
    links = Links()
    links.feed(page)
    assert links.fetched
    assert all(link.startswith("data:image/jpeg;base64,") for link in links.fetched)
    assert not re.search(r"url\(|@import|<script|<link", page)
    assert "&lt;b&gt;a&amp;b&quot;.png" in page
    assert "a &lt;peer&gt;" in page
    assert not {"peer", "i"} & set(links.tags)
    assert {"svg", "img", "table"} <= set(links.tags)


def test_rows_of_held_out_crops_come_into_both_files(labels: Path, tmp_path: Path) -> None:
    face = Judgement(tags=frozenset({"hand"}), given=0, seen=2, probabilities=np.asarray([0.1, 0.1, 0.8]))
    rows = case_rows([face], "held-out crops", uncertain_below=0.6, note="these <figures> flatter it")
    write_report(Trial(labels=labels, conditions={"original": None}), judges(), tmp_path, hard_cases=rows)
    kept = json.loads((tmp_path / "report.json").read_text())["hard_cases"]
    assert [(row["truth"], row["accuracy"]["value"]) for row in kept if row["case"] == "hand"] == [
        ("given", 0),
        ("seen", 1),
    ]
    page = (tmp_path / "report.html").read_text()
    assert "these &lt;figures&gt; flatter it" in page
    assert page.count("<td>held-out crops</td>") == len(rows)


def test_labels_without_a_picture_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "val.json").write_text('{"images": [], "annotations": []}')
    with pytest.raises(BrokenAnnotations, match="names no picture"):
        evaluate(tmp_path / "val.json", tmp_path / "out")


def test_labels_of_faces_alone_give_the_figures_of_the_detector(labels: Path, tmp_path: Path) -> None:
    document = json.loads(labels.read_text())
    document["annotations"] = [{**row, "category_id": 4} for row in document["annotations"]]
    labels.write_text(json.dumps(document))
    part = evaluate(labels, tmp_path)["conditions"]["original"]["all"]
    assert part["finding"]["ap50"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert part["naming"]["accuracy"] == {"value": None, "interval": None, "of": 0}
    assert part["pipeline"][">=12"]["map50_two_classes"]["value"] is None


def test_a_broken_model_json_is_one_sentence(labels: Path, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{")
    result = run("--detector", str(tmp_path), "--data", str(labels.parent))
    assert isinstance(result.exception, WrongModel)
    assert "is not JSON" in str(result.exception)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["evaluate", *arguments])


def test_missing_data_is_one_sentence(tmp_path: Path) -> None:
    result = run("--data", str(tmp_path / "none"), "--output", str(tmp_path))
    assert isinstance(result.exception, DataMissing)
    assert "--data" in str(result.exception)


def test_a_missing_model_is_one_sentence(labels: Path, tmp_path: Path) -> None:
    result = run("--detector", str(tmp_path / "none"), "--data", str(labels.parent))
    assert isinstance(result.exception, DataMissing)
    assert "model.json" in str(result.exception)


def test_a_model_of_the_other_kind_is_one_sentence(labels: Path) -> None:
    result = run("--detector", str(WEIGHTS / "efficientnet-b0" / "1"), "--data", str(labels.parent))
    assert isinstance(result.exception, WrongModel)
    assert "holds a classifier, not a detector" in str(result.exception)


def test_an_unknown_peer_is_one_sentence(labels: Path) -> None:
    result = run("--peer", "nobody", "--data", str(labels.parent))
    assert isinstance(result.exception, UnknownFinder)
    assert "'nobody'" in str(result.exception)


def test_an_unknown_engine_is_one_sentence(labels: Path) -> None:
    result = run("--engine", "steam", "--data", str(labels.parent))
    assert isinstance(result.exception, InvalidOption)
    assert str(result.exception) == "--engine steam: known are onnx, openvino, torch"


def test_the_engine_that_serves_can_be_judged(labels: Path, tmp_path: Path) -> None:
    data = ["--data", str(labels.parent), "--labels", "val.json", "--no-degraded", "--output", str(tmp_path / "out")]
    lite = str(WEIGHTS / "yoloface-lite" / "1")
    report = json.loads(run("--detector", lite, "--engine", "openvino", *data, "--json").stdout)
    assert report["detector"]["engine"] == "openvino"
    assert report["conditions"]["original"]["all"]["finding"]["ap50"]["value"] is not None


def test_the_command_writes_both_files_and_prints_the_table(labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    lite = str(WEIGHTS / "yoloface-lite" / "1")
    result = run("--detector", lite, "--data", str(labels.parent), "--labels", "val.json", "--output", str(out))
    assert result.exit_code == 0, result.exception
    assert "AP50" in result.stdout
    assert "degraded" in result.stdout
    report = json.loads((out / "report.json").read_text())
    assert report["detector"]["name"] == "yoloface-lite"
    assert report["detector"]["sha256"] == json.loads((Path(lite) / "model.json").read_text())["sha256"]
    assert (out / "report.html").read_text().startswith("<!doctype html>")


def test_as_json_it_prints_the_report_alone(labels: Path, tmp_path: Path) -> None:
    data = ["--data", str(labels.parent), "--labels", "val.json", "--no-degraded", "--output", str(tmp_path / "out")]
    report = json.loads(run(*data, "--json").stdout)
    assert list(report["conditions"]) == ["original"]
    assert report == json.loads((tmp_path / "out" / "report.json").read_text())
