"""Face finders by name."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.errors import DataMissing, PackageMissing, TrainingError, UnknownFinder
from training.finders import packages
from training.finders.table import FINDERS, open_finder


def test_an_unknown_name_is_told_all_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownFinder) as caught:
        open_finder("haar", tmp_path)
    assert isinstance(caught.value, TrainingError)
    message = str(caught.value)
    assert "'haar'" in message
    assert all(name in message for name in FINDERS)
    assert set(FINDERS) == {"yunet-n", "yunet-s", "retinaface", "rfb", "centerface", "mtcnn", "mediapipe"}


def test_missing_weights_are_named_with_their_path(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[training]')")
    with pytest.raises(DataMissing, match=r"yunet_n_dynamic\.onnx"):
        open_finder("yunet-n", tmp_path)


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(PackageMissing) as caught:
        packages.model_file("no-such-package-of-finders", "model.onnx")
    assert "no-such-package-of-finders" in str(caught.value)
    assert "pip install '.[peers]'" in str(caught.value)
    assert isinstance(caught.value.__cause__, PackageNotFoundError)


def test_a_package_without_the_file_is_the_wrong_version() -> None:
    with pytest.raises(PackageMissing, match=r"holds no centerface\.onnx"):
        packages.model_file("pytest", "centerface.onnx")


def test_a_module_that_is_not_installed_is_named_too() -> None:
    with pytest.raises(PackageMissing, match=r"no_such_module.*'\.\[peers\]'"), packages.peer_packages():
        __import__("no_such_module")
