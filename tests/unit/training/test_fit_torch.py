"""The loop: schedule, moving average, checkpoints."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

import training.fitting.trainer as trainer_module
from training.errors import BrokenCheckpoint
from training.fitting.device import pick_device
from training.fitting.ema import MovingAverage
from training.fitting.run_folder import RunFolder, read_checkpoint
from training.fitting.schedule import learning_rate
from training.fitting.trainer import FitConfig, Phase, Trainer, parameter_groups


def test_the_rate_warms_up_peaks_and_falls() -> None:
    assert learning_rate(0.0, 1.0) == pytest.approx(0.01)
    assert learning_rate(0.03, 1.0) == pytest.approx(1.0)
    assert learning_rate(1.0, 1.0) == pytest.approx(0.01)
    later = [learning_rate(step / 100, 1.0) for step in range(3, 101)]
    assert later == sorted(later, reverse=True)


def test_a_young_average_follows_fast_and_an_old_one_slowly() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    average = MovingAverage(network, decay=0.9)
    nn.init.ones_(network.weight)
    average.update(network)
    assert float(average.network.weight) == pytest.approx(1 - 2 / 11)
    average.steps = 10_000
    nn.init.zeros_(network.weight)
    before = float(average.network.weight)
    average.update(network)
    assert float(average.network.weight) == pytest.approx(before * 0.9)


def test_biases_and_norms_do_not_decay() -> None:
    groups = parameter_groups(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)), 0.1)
    assert [len(group["params"]) for group in groups] == [1, 3]
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]


def squares(network: nn.Module, batch: Tensor) -> dict[str, Tensor]:
    return {"total": (network(batch) - 3 * batch).square().mean()}


def batches() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(0)
    while True:
        yield torch.rand(8, 1, generator=generator)


def trainer(folder: Path, minutes: float) -> Trainer[Tensor]:
    torch.manual_seed(0)
    config = FitConfig(minutes=minutes, peak_rate=0.1, average_decay=0.9, weight_decay=0.0)
    return Trainer(nn.Linear(1, 1), squares, config, RunFolder(folder))


@pytest.fixture
def steady_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock takes a millisecond, whatever else the machine does."""
    looks = count()
    clock = SimpleNamespace(monotonic=lambda: next(looks) * 0.001)
    monkeypatch.setattr(trainer_module, "time", clock)


@pytest.mark.usefixtures("steady_clock")
def test_a_run_learns_keeps_to_its_time_and_resumes(tmp_path: Path) -> None:
    network = trainer(tmp_path, 0.01).run([Phase(until=1.0, batches=batches)])
    assert float(network(torch.tensor([[1.0]]))) == pytest.approx(3, abs=0.2)
    resumed = trainer(tmp_path, 0.02)
    assert resumed.progress == pytest.approx(0.5, abs=0.01), "the time already trained counts"
    state = read_checkpoint(tmp_path / "last.pt")
    assert float(state["average"]["weight"]) == pytest.approx(float(network.weight))


def test_a_phase_that_is_over_is_not_run_again(tmp_path: Path) -> None:
    trainer(tmp_path, 0.002).run([Phase(until=1.0, batches=batches)])

    def never() -> Iterator[Tensor]:
        raise AssertionError("this phase was over")

    trainer(tmp_path, 0.002).run([Phase(until=1.0, batches=never)])


def test_one_batch_that_is_not_a_number_does_not_end_the_run(tmp_path: Path) -> None:
    def poisoned() -> Iterator[Tensor]:
        yield torch.full((8, 1), float("nan"))
        yield from batches()

    network = trainer(tmp_path, 0.005).run([Phase(until=1.0, batches=poisoned)])
    assert bool(torch.isfinite(network(torch.ones(1, 1))).all())


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_broken_checkpoint_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(content)
    with pytest.raises(BrokenCheckpoint, match=r"last\.pt is not a readable checkpoint"):
        read_checkpoint(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    torch.save({"weights": 1}, tmp_path / "last.pt")
    with pytest.raises(BrokenCheckpoint, match="not a checkpoint of this project"):
        read_checkpoint(tmp_path / "last.pt")


def test_between_steps_every_process_has_the_time_they_agreed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = [10.0, 25.0, 60.0]
    seen: list[float] = []
    monkeypatch.setattr(trainer_module, "average_gradients", lambda _parameters, _seconds: agreed[len(seen) - 1])
    mine = trainer(tmp_path, 1.0)

    def watched() -> Iterator[Tensor]:
        for batch in batches():
            seen.append(mine.progress)
            yield batch

    mine.run([Phase(until=1.0, batches=watched)])
    assert seen == [0.0, 10 / 60, 25 / 60], "a process with a time of its own leaves a phase while others wait for it"


def test_a_run_of_another_network_is_not_resumed(tmp_path: Path) -> None:
    trainer(tmp_path, 0.001).run([Phase(until=1.0, batches=batches)])
    with pytest.raises(BrokenCheckpoint, match="a run of another network"):
        Trainer(nn.Linear(2, 1), squares, FitConfig(minutes=1), RunFolder(tmp_path))


def test_a_folder_with_exported_weights_only_is_not_resumed(tmp_path: Path) -> None:
    RunFolder(tmp_path).save({"average": nn.Linear(1, 1).state_dict()})
    with pytest.raises(BrokenCheckpoint, match="a folder of its own"):
        trainer(tmp_path, 1.0)


def test_a_resumed_run_has_the_moments_of_its_optimizer(tmp_path: Path) -> None:
    first = trainer(tmp_path, 0.005)
    first.run([Phase(until=1.0, batches=batches)])
    resumed = trainer(tmp_path, 0.01)
    before, after = first._optimizer.state_dict()["state"], resumed._optimizer.state_dict()["state"]
    assert before.keys() == after.keys() == {0, 1}
    assert all(torch.equal(before[row]["exp_avg"], after[row]["exp_avg"]) for row in before)
    assert resumed.steps == first.steps > 0


def test_a_gpu_that_only_emulates_bfloat16_computes_in_half_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "set_device", lambda _number: None)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation)
    device = pick_device()
    assert (device.place, device.precision) == (torch.device("cuda", 0), torch.float16)
    assert device.needs_scaling


@pytest.mark.usefixtures("steady_clock")
def test_a_run_of_a_few_steps_has_a_curve_that_ends_where_it_ended(tmp_path: Path) -> None:
    short = trainer(tmp_path, 0.001)
    short.run([Phase(until=0.5, batches=batches), Phase(until=1.0, batches=batches)])
    run = read_run_of(tmp_path)
    assert [row["step"] for row in run] == sorted({row["step"] for row in run})
    assert run[-1]["step"] == short.steps > run[0]["step"] > 0
    told = json.loads((tmp_path / "metrics.json").read_text())
    assert told["steps"] == short.steps
    assert set(told["last"]) == {"total", "gradient"}
    assert told["best"]["total"]["value"] <= told["last"]["total"]


def read_run_of(folder: Path) -> list[dict[str, float]]:
    with (folder / "curves.csv").open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
