"""`maskwatch bench model` with tiny networks: that it runs and what it reports, never how fast."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bench.calling import BROKEN, Target, in_closed_loop, in_open_loop
from bench.engines import opened
from bench.model import bench
from bench.model.gpu import stages
from bench.multiply_adds import cost_of
from bench.peer import MULTIPLY_ADDS, SIDE, write_peer
from bench.pictures import crowd, turnstile
from scripted_models import crowd as answer
from scripted_models import serving_overloaded, serving_scripted
from tiny_models import write_repository

from common.errors import InvalidInput
from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Report
from model_api.decode import Limits, decode

TINY_PICTURES = (b"not looked at",)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_repository(tmp_path_factory.mktemp("models"))


def _bench(models: Path, *sections: str) -> Report:
    settings = Settings(models=models, threads=1)
    return bench(
        BenchOptions(
            settings=settings,
            is_quick=True,
            is_profiled=True,
            engines=("onnx",),
            sections=sections,
            overload_seconds=1,
        )
    )


def _values(report: Report) -> dict[str, float | None]:
    values = {figure.name: figure.value for figure in report.figures}
    assert len(values) == len(report.figures), "two figures of one name"
    return values


def test_one_by_one_measures_both_variants_and_their_stages(models: Path) -> None:
    report = _bench(models, "one_by_one")
    values = _values(report)
    assert set(values) == {"one_by_one.server.onnx", "one_by_one.lite.onnx"}
    assert all(value is not None and value > 0 for value in values.values())
    assert report.models == ("efficientnet-b0@1", "yoloface-lite@1", "yoloface-server@1")
    (table,) = report.tables
    assert [row[0] for row in table.rows] == ["server.onnx", "lite.onnx"]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_profile_has_a_row_for_each_variant_and_the_floor_of_its_networks(models: Path) -> None:
    parts, floor = _bench(models, "profile").tables
    assert [row[0] for row in parts.rows] == ["server", "lite"]
    named = [dict(zip(parts.columns, row, strict=True)) for row in parts.rows]
    assert all(isinstance(row["all"], float) and row["all"] >= row["find"] > 0 for row in named)
    assert floor.rows
    assert all(len(row) == len(floor.columns) for row in floor.rows)


def test_engines_stand_side_by_side_on_the_same_inputs(models: Path) -> None:
    (table,) = _bench(models, "engines").tables
    assert table.columns == ("network", "input", "onnx")
    assert [row[1] for row in table.rows if row[0] == "yoloface-server"] == ["1 x 256 x 256", "8 x 256 x 256"]


def test_batched_compares_http_with_the_networks_and_the_pipeline(models: Path) -> None:
    values = _values(_bench(models, "batched"))
    for variant in ("server", "lite"):
        found = {name.rpartition(".")[2]: value for name, value in values.items() if f".{variant}." in name}
        of_networks = {"networks", "networks_together", "networks_in_lanes", "http_over_networks"}
        of_requests = {"http", "p50", "p95", "p99", "mean_batch"}
        assert found.keys() == of_networks | of_requests | {"pipeline", "http_over_pipeline"}
        assert found["networks"] == max(found["networks_together"] or 0, found["networks_in_lanes"] or 0)
        assert found["http_over_pipeline"] == pytest.approx((found["http"] or 0) / (found["pipeline"] or 1))
        assert 1 <= (found["mean_batch"] or 0) <= 16


def test_a_lone_caller_and_the_gate(models: Path) -> None:
    values = _values(_bench(models, "alone"))
    assert values["alone.lite.added"] == pytest.approx(
        (values["alone.lite.http"] or 0) - (values["alone.lite.direct"] or 0)
    )
    assert (values["gate.p99"] or 0) >= (values["gate.p50"] or 0) > 0


def test_the_long_run_counts_errors_and_looks_at_the_memory(models: Path) -> None:
    values = _values(_bench(models, "long_run"))
    assert values["long_run.errors"] == 0
    assert "long_run.growth" in values


def test_overload_is_measured(models: Path) -> None:
    values = _values(_bench(models, "overload"))
    assert values["overload.errors"] == 0
    assert (values["overload.capacity"] or 0) > 0
    for name in ("answered_p95", "p95_ratio", "refused", "recovery", "callers_late_p99"):
        assert f"overload.{name}" in values


def test_the_stages_of_a_batch_are_told_in_milliseconds_and_as_shares(models: Path) -> None:
    pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[gpu]')")
    options = BenchOptions(settings=Settings(models=models, threads=1, device="cpu"))
    with opened(options, ["torch"]) as (engines, _):
        table = stages(engines[0], turnstile().pictures[:2], repeats=1)
    assert table.columns == ("variant", "of a picture", "decode", "detect", "classify", "fit", "around", "all")
    assert [row[:2] for row in table.rows] == [(v, unit) for v in ("server", "lite") for unit in ("ms", "%")]
    milliseconds, shares = (np.asarray(row[2:], float) for row in table.rows[:2])
    assert (milliseconds[[0, 1, -1]] > 0).all()
    np.testing.assert_allclose(shares, 100 * milliseconds / milliseconds[-1])


def test_an_unknown_part_is_an_error_that_lists_the_known_ones(models: Path) -> None:
    with pytest.raises(InvalidInput, match="yardstick, one_by_one"):
        _bench(models, "nothing")


def test_an_engine_that_does_not_start_is_reported_and_the_others_are_measured(models: Path) -> None:
    options = BenchOptions(settings=Settings(models=models, device="cuda"))
    with opened(options, ["onnx"]) as (engines, refused):
        assert engines == []
        assert "MASKWATCH_DEVICE" in refused["onnx"]


def test_the_command_writes_its_report_as_json(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    command = ["bench", "model", "--quick", "--engine", "onnx", "--only", "one_by_one", "--only", "gpu"]
    environment = os.environ | {"MASKWATCH_MODELS": str(models)}
    done = subprocess.run(
        [sys.executable, "-m", "maskwatch", *command, "--json", str(file)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "| one_by_one.lite.onnx |" in done.stdout
    (benchmark,) = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]
    names = [figure["name"] for figure in benchmark["figures"]]
    assert "one_by_one.server.onnx" in names
    assert any(name.startswith("gpu.") for name in names)


def test_a_closed_loop_asks_as_often_as_it_should() -> None:
    with serving_scripted(answer()) as (pipeline, url):
        answers = in_closed_loop(_target(url, crowd_of_one()), clients=3, requests=10)
    assert [one.status for one in answers] == [200] * 10
    assert len(pipeline.requests) == 10
    assert all(one.due <= one.sent < one.done for one in answers)


def test_an_open_loop_asks_on_whether_it_is_answered_or_not() -> None:
    with serving_overloaded() as url:
        answers = in_open_loop(_target(url, crowd_of_one()), per_second=200, seconds=0.2)
    assert [one.status for one in answers] == [503] * 40
    assert [one.due for one in answers] == sorted(one.due for one in answers)
    assert all(one.sent >= one.due for one in answers)


def test_a_server_that_is_not_there_is_a_broken_request() -> None:
    with serving_scripted(answer()) as (_, url):
        target = _target(url, TINY_PICTURES)
    (one,) = in_closed_loop(target, clients=1, requests=1)
    assert one.status == BROKEN


def test_the_pictures_are_what_the_goals_are_about() -> None:
    sizes = {decode(data, Limits()).shape for data in crowd().pictures}
    assert sizes == {(1024, 1024, 3)}
    assert {decode(data, Limits()).shape for data in turnstile().pictures} == {(720, 1280, 3)}
    assert len(set(crowd().pictures)) == len(crowd().pictures)


def test_multiply_adds_are_counted_as_the_peer_network_says_by_itself(tmp_path: Path) -> None:
    cost = cost_of(write_peer(tmp_path / "peer.onnx"), height=SIDE, width=SIDE)
    assert cost.multiply_adds == MULTIPLY_ADDS
    assert cost.read_and_written > 4 * 3 * SIDE * SIDE


def crowd_of_one() -> tuple[bytes, ...]:
    """A picture within the scripted server's limits."""
    import cv2
    import numpy as np

    return (cv2.imencode(".jpg", np.zeros((32, 32, 3), np.uint8))[1].tobytes(),)


def _target(url: str, pictures: tuple[bytes, ...]) -> Target:
    return Target(port=int(url.rpartition(":")[2]), path="/v1/predict", pictures=pictures)
