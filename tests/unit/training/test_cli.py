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
from training.commands.train import TORCHRUN
from training.errors import BrokenAnnotations, DataMissing, InvalidOption

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


def drawn_data(coco_folder: Path, crops: str) -> Path:
    """A data folder that holds the drawn set three times, and a table of crops."""
    data = coco_folder.parent
    shutil.copy(coco_folder / "train.json", coco_folder / "val.json")
    (data / "crowds").symlink_to(coco_folder)
    (data / "crops" / "images").mkdir(parents=True)
    (data / "crops" / "labels.csv").write_text(crops)
    shutil.copy(coco_folder / "train.json", coco_folder / "pseudo.json")
    return data


def test_checking_data_looks_at_crops_and_at_boxes_that_are_no_numbers(coco_folder: Path) -> None:
    document = json.loads((coco_folder / "train.json").read_text())
    document["annotations"][0]["bbox"][0] = float("nan")
    (coco_folder / "train.json").write_text(json.dumps(document))
    rows = "x.webp,no_mask,drawn,crop,no\nx.webp,masked,drawn,crop,no\n"
    data = drawn_data(coco_folder, f"file,label,source,kind,synthetic\n{rows}")
    result = CliRunner().invoke(app, ["data", "check", "--data", str(data), "--no-leaks", "--json"])
    problems = json.loads(result.stdout)["problems"]
    assert result.exit_code == 1
    assert "masks/train.json: a.png has an empty box" in problems
    assert "crops/labels.csv: x.webp stands there 2 times" in problems
    assert "crops/labels.csv: x.webp is missing" in problems
    assert any("x.webp has a label that is none of" in problem for problem in problems)


def test_a_table_of_crops_with_other_columns_is_one_sentence(coco_folder: Path) -> None:
    data = drawn_data(coco_folder, "name,class\nx.webp,no_mask\n")
    result = CliRunner().invoke(app, ["data", "check", "--data", str(data), "--no-leaks"])
    assert isinstance(result.exception, BrokenAnnotations)
    assert "file,label,source,kind,synthetic" in str(result.exception)


@pytest.mark.parametrize("option", ["--report", "--write-excluded"])
def test_what_tells_of_leaks_is_refused_without_looking_for_them(tmp_path: Path, option: str) -> None:
    result = CliRunner().invoke(app, ["data", "check", "--no-leaks", option, str(tmp_path / "x")])
    assert isinstance(result.exception, InvalidOption)


@pytest.mark.parametrize("command", ["train detector", "train classifier", "train adapt", "data split x --output y"])
def test_a_negative_seed_is_refused_at_once(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--seed", "-1"])
    assert result.exit_code == 2
    assert "--seed" in result.output


def test_torchrun_hands_all_our_options_on() -> None:
    run = pytest.importorskip("torch.distributed.run", reason="needs torch (pip install 'maskwatch[training]')")
    words = [*TORCHRUN.split()[1:-1], "detector", "--run", "a", "--start", "b"]
    parsed = run.get_args_parser().parse_args(words)
    assert parsed.module
    assert [parsed.training_script, *parsed.training_script_args] == ["training", "train", *words[-5:]]


@pytest.mark.parametrize(("share", "code"), [("2", 2), ("0.5", 1)], ids=["a wrong option", "missing labels"])
def test_exit_codes_tell_usage_from_failure(tmp_path: Path, share: str, code: int) -> None:
    order = ["data", "split", str(tmp_path / "none.json"), "--output", str(tmp_path), "--val-share", share]
    done = subprocess.run([sys.executable, "-m", "training", *order], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith("training: ")
    assert len(done.stderr.splitlines()) == 1


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
