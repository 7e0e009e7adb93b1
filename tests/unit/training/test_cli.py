"""The commands, as a user meets them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from training.cli import app
from training.errors import DataMissing

DATA = Path("../shared/data")
WEIGHTS = Path("model_api/weights")


def test_importing_the_commands_loads_nothing_heavy() -> None:
    code = "import sys, training.cli; print([m for m in ('torch', 'cv2', 'onnx', 'numpy') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


@pytest.mark.parametrize("command", [["train"], ["train", "detector"], ["evaluate"], ["export"], ["data", "check"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_a_missing_data_folder_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["data", "check", "--data", str(tmp_path / "none")])
    assert isinstance(result.exception, DataMissing)
    assert "--data" in str(result.exception)


def test_checking_data_finds_what_is_wrong(coco_folder: Path) -> None:
    data = coco_folder.parent
    (data / "crowds").mkdir()
    (data / "crops").mkdir()
    (data / "crops" / "labels.csv").write_text("file,label,source,kind,synthetic\nx.webp,no_mask,drawn,crop,no\n")
    document = json.loads((coco_folder / "train.json").read_text())
    document["annotations"][0]["bbox"] = [50, 6, 40, 30]
    (data / "crowds" / "pseudo.json").write_text(json.dumps(document))
    shutil.copy(coco_folder / "train.json", coco_folder / "val.json")
    result = CliRunner().invoke(app, ["data", "check", "--data", str(data), "--json"])
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert report["files"]["masks/train.json"]["faces"] == {"mask_correct": 1, "face": 1}
    assert "masks: a.png is in train and in val" in report["problems"]
    assert "crowds/pseudo.json: a.png is missing" in report["problems"]
    assert "crowds/pseudo.json: a.png has a box outside the picture" in report["problems"]


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the data folder ../shared/data")
@pytest.mark.parametrize("name", ["yoloface-server", "efficientnet-b0"])
def test_the_weights_that_ship_keep_their_promise(name: str, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[training]')")
    few = tmp_path / "few"
    few.mkdir()
    _write_few_labels(few, pictures=24)
    result = CliRunner().invoke(
        app, ["evaluate", str(WEIGHTS / name / "1"), "--data", str(few), "--labels", "val.json"]
    )
    figures = json.loads(result.stdout)
    assert (figures["ap50"] if "ap50" in figures else figures["accuracy"]["share"]) > 0.75


def _write_few_labels(folder: Path, *, pictures: int) -> None:
    document = json.loads((DATA / "masks" / "val.json").read_text())
    document["images"] = document["images"][:: len(document["images"]) // pictures]
    kept = {image["id"] for image in document["images"]}
    document["annotations"] = [row for row in document["annotations"] if row["image_id"] in kept]
    (folder / "val.json").write_text(json.dumps(document))
    (folder / "images").symlink_to((DATA / "masks" / "images").resolve())
