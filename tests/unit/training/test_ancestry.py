"""A card tells where weights come from without being told."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import typer

pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[training]')")

from model_api.networks.yoloface import LITE
from training.classifier.train import AVERAGE_DECAY as CLASSIFIER_DECAY
from training.classifier.train import PEAK_RATE as CLASSIFIER_RATE
from training.commands.train import train_app
from training.detector.train import DetectorRun
from training.errors import NotARun
from training.exporting.ancestry import PORTRAITS, more_data, told_command
from training.fit.train import AVERAGE_DECAY as FIT_DECAY
from training.fit.train import PEAK_RATE as FIT_RATE
from training.fitting.run_folder import RunFolder
from training.fitting.trainer import FitConfig
from training.runs.ancestors import checkpoint_digits, model_id


def run(folder: Path, /, *, arguments: list[str], processes: int = 1, **config: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "environment.json").write_text(json.dumps({"arguments": arguments, "processes": processes}))
    (folder / "config.json").write_text(json.dumps(config))
    return folder / "last.pt"


def test_the_run_tells_its_command_without_naming_folders_of_its_machine(tmp_path: Path) -> None:
    arguments = ["train", "detector", "--minutes", "9", "--data", "/somewhere/private/data", "--run", "runs/a b"]
    arguments.append("--cache=/somewhere/private/cache")
    assert told_command(run(tmp_path, arguments=arguments), "detector") == (
        "maskwatch train detector --minutes 9 --data data --run 'runs/a b' --cache=cache"
    )
    two = told_command(run(tmp_path, arguments=["train", "classifier"], processes=2), "classifier")
    assert two == "torchrun --nproc-per-node 2 -m -- training train classifier"


def test_no_settings_tell_no_command(tmp_path: Path) -> None:
    assert told_command(run(tmp_path, arguments=["85"]), "detector") == ""
    assert told_command(tmp_path / "elsewhere" / "last.pt", "detector") == ""


def a_detectors_settings(tmp_path: Path, **fit: float) -> dict[str, object]:
    """As `RunFolder.describe` writes them."""
    order = DetectorRun(
        data=Path("/somewhere/private/data"),
        cache=Path("cache"),
        folder=Path("runs/a"),
        fit=FitConfig(minutes=70, peak_rate=1.5e-3, seed=5, **fit),
        network=LITE,
        teacher=tmp_path / "last.pt",
        threads=1,
    )
    settings: dict[str, object] = json.loads(json.dumps(asdict(order), default=str))
    return settings


def test_a_run_that_a_script_started_is_told_by_its_settings(tmp_path: Path) -> None:
    checkpoint = run(tmp_path, arguments=["70"], processes=2, **a_detectors_settings(tmp_path))
    told = told_command(checkpoint, "detector")
    assert told.startswith("torchrun --nproc-per-node 2 -m -- training train detector --minutes 70 --seed 5")
    assert "--variant lite --peak-rate 0.0015 --data data --cache cache --run runs/a --threads 1" in told
    words = shlex.split(told.partition("training train ")[2])
    assert train_app_accepts(words)


def train_app_accepts(words: list[str]) -> bool:
    """Whether the command line has all these options."""
    group: Any = typer.main.get_command(train_app)
    command = group.commands[words[0]]
    command.make_context(words[0], words[1:])
    return True


def test_settings_that_no_option_gives_have_no_command(tmp_path: Path) -> None:
    checkpoint = run(tmp_path, arguments=["70"], **a_detectors_settings(tmp_path, weight_decay=0.5))
    assert told_command(checkpoint, "detector") == ""


@pytest.mark.parametrize("kind", ["classifier", "fit"])
def test_the_other_kinds_are_told_by_their_settings_too(kind: str, tmp_path: Path) -> None:
    rate, decay = (CLASSIFIER_RATE, CLASSIFIER_DECAY) if kind == "classifier" else (FIT_RATE, FIT_DECAY)
    fit = asdict(FitConfig(minutes=11, peak_rate=rate, average_decay=decay))
    told = told_command(run(tmp_path, arguments=[], fit=fit, folder="runs/b"), kind)
    assert told == f"maskwatch train {kind} --minutes 11 --seed 1 --run runs/b"
    assert train_app_accepts(shlex.split(told)[2:])


def test_the_classifier_of_an_adapted_run_lies_one_folder_deeper(tmp_path: Path) -> None:
    run(tmp_path, arguments=["40"], steps=40, strength=0.0, is_synthetic=False, size=96)
    told = told_command(tmp_path / "classifier" / "last.pt", "classifier")
    assert told == "maskwatch train adapt --source all --no-adapt --steps 40 --size 96"
    assert train_app_accepts(shlex.split(told)[2:])


def test_labels_start_and_teacher_are_named_and_never_by_a_folder(tmp_path: Path) -> None:
    start = tmp_path / "secret" / "last.pt"
    start.parent.mkdir()
    start.write_bytes(b"weights")
    told = more_data(run(tmp_path, arguments=[], labels="runs/labels", start=str(start), teacher=None))
    assert told == [PORTRAITS, f"start values: checkpoint sha256 {hashlib.sha256(b'weights').hexdigest()[:12]}"]
    assert more_data(tmp_path / "elsewhere" / "last.pt") == []


def test_a_run_remembers_which_model_it_started_from(tmp_path: Path) -> None:
    start = tmp_path / "yoloface-server" / "2" / "last.pt"
    start.parent.mkdir(parents=True)
    start.write_bytes(b"weights")
    (start.parent / "model.json").write_text(json.dumps({"name": "yoloface-server", "version": "2"}))
    folder = RunFolder(tmp_path / "run")
    folder.describe({"start": start})
    (start.parent / "model.json").unlink()
    start.unlink()
    assert more_data(folder.path / "last.pt") == ["start values: yoloface-server@2"]
    folder.describe({"start": start})
    assert more_data(folder.path / "last.pt") == ["start values: yoloface-server@2"], "a resumed run started there, too"


def test_a_served_folder_is_the_model_in_it(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({"name": "yoloface-server", "version": "2"}))
    assert model_id(tmp_path) == model_id(tmp_path / "model.onnx") == "yoloface-server@2"
    assert model_id(tmp_path / "none" / "last.pt") == "a checkpoint that is gone"


def test_a_checkpoint_that_was_exported_has_its_models_name(tmp_path: Path) -> None:
    checkpoint = tmp_path / "last.pt"
    checkpoint.write_bytes(b"weights")
    (tmp_path / "metrics.json").write_text(json.dumps({"exported": {checkpoint_digits(checkpoint): "yoloface-lite@3"}}))
    assert model_id(checkpoint) == "yoloface-lite@3"
    checkpoint.write_bytes(b"trained on")
    assert model_id(checkpoint) == f"checkpoint sha256 {checkpoint_digits(checkpoint)}"


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    checkpoint = run(tmp_path, arguments=[])
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(NotARun, match=r"config\.json is not JSON"):
        more_data(checkpoint)
