"""Which engine runs the networks, and where."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from common.errors import InvalidInput
from common.settings import Settings
from model_api.engines import open_engine
from model_api.engines.choose import DEVICES, Choice, best_on, choose, told, why_no_gpu
from tests.tiny_models import write_repository


def _sees_gpu() -> str | None:
    return None


def _sees_none() -> str | None:
    return "there is no NVIDIA driver"


def _must_not_look() -> str | None:
    raise AssertionError("nothing here may run on a GPU")


@pytest.mark.parametrize(
    ("engine", "device", "chosen"),
    [
        ("auto", "auto", Choice(engine="torch", device="cuda")),
        ("auto", "cuda", Choice(engine="torch", device="cuda")),
        ("torch", "auto", Choice(engine="torch", device="cuda")),
        ("torch", "cuda", Choice(engine="torch", device="cuda")),
        ("torch", "cpu", Choice(engine="torch", device="cpu")),
        ("onnx", "auto", Choice(engine="onnx", device="cpu")),
        ("openvino", "cpu", Choice(engine="openvino", device="cpu")),
    ],
)
def test_where_a_gpu_is_it_is_taken_by_what_can_use_it(engine: Any, device: Any, chosen: Choice) -> None:
    assert choose(engine, device, gpu=_sees_gpu) == chosen


def test_without_a_gpu_auto_takes_the_cpu_and_what_was_measured_best_there() -> None:
    chosen = choose("auto", "auto", gpu=_sees_none)
    assert chosen.device == "cpu"
    assert chosen == choose("auto", "cpu", gpu=_sees_none)
    assert chosen.device in DEVICES[chosen.engine]
    assert choose("torch", "auto", gpu=_sees_none) == Choice(engine="torch", device="cpu")


@pytest.mark.parametrize(
    ("flags", "engine"), [("fpu amx_bf16", "openvino"), ("fpu avx512_bf16 sse", "openvino"), ("fpu avx512f", "onnx")]
)
def test_openvino_is_the_best_where_the_processor_computes_in_bfloat16(tmp_path: Path, flags: str, engine: str) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nmodel name\t: A\nflags\t\t: {flags}\n")
    assert best_on("cpu", tmp_path / "cpuinfo") == engine


def test_a_system_that_does_not_tell_its_flags_gets_the_one_that_is_best_without() -> None:
    assert best_on("cpu", Path("absent")) == "onnx"


@pytest.mark.parametrize(
    ("engine", "device"), [("auto", "cpu"), ("onnx", "auto"), ("openvino", "auto"), ("torch", "cpu")]
)
def test_nothing_looks_for_a_gpu_that_would_not_be_used(engine: Any, device: Any) -> None:
    assert choose(engine, device, gpu=_must_not_look).device == "cpu"


@pytest.mark.parametrize("engine", ["onnx", "openvino"])
def test_an_engine_for_the_cpu_cannot_be_had_on_the_gpu(engine: Any) -> None:
    with pytest.raises(InvalidInput, match=f"MASKWATCH_ENGINE='{engine}'.*MASKWATCH_DEVICE='cuda'.*torch does"):
        choose(engine, "cuda", gpu=_sees_gpu)


@pytest.mark.parametrize("engine", ["auto", "torch"])
def test_a_gpu_that_is_asked_for_and_not_there_is_an_error_with_what_was_found(engine: Any) -> None:
    with pytest.raises(InvalidInput, match=r"MASKWATCH_DEVICE='cuda': there is no NVIDIA driver; .*=auto"):
        choose(engine, "cuda", gpu=_sees_none)


def test_a_machine_without_torch_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_api.engines.choose.find_spec", lambda name: None if name == "torch" else object())
    assert why_no_gpu() == "torch not installed (in its checkout: pip install '.[gpu]')"


def test_a_machine_without_a_driver_is_told_so_before_torch_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_api.engines.choose.GPU_DRIVER", "libno-such-driver.so.1")
    monkeypatch.setitem(sys.modules, "torch", None)  # importing it fails
    monkeypatch.setattr("model_api.engines.choose.find_spec", lambda _name: object())
    assert "no NVIDIA driver" in str(why_no_gpu())


def test_an_engine_whose_library_is_missing_names_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, "model_api.engines.onnx", raising=False)
    path = write_repository(tmp_path / "m") / "yoloface-server" / "1" / "model.onnx"
    with pytest.raises(InvalidInput, match=r"MASKWATCH_ENGINE='onnx' cannot start: .*onnxruntime.*'\.\[model-api\]'"):
        open_engine(path)


def test_people_are_told_the_choice_or_why_there_is_none() -> None:
    assert told("onnx", "auto") == "onnx on cpu"
    assert told("onnx", "cuda").startswith("nothing: MASKWATCH_ENGINE='onnx' does not run on")


def test_the_settings_know_the_same_engines() -> None:
    for name in DEVICES:
        assert Settings(engine=name).engine == name
