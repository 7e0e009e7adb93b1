"""Several processes: they meet, part, and are told when there are too many."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from training.errors import InvalidOption
from training.fitting.ranks import check_gpus

FITTING = """
import atexit, json, sys
from pathlib import Path

import torch
from torch import distributed, nn

@atexit.register  # registered first, so called last
def told():
    Path(sys.argv[1], f"left-{number}").write_text(str(distributed.is_initialized()))

from training.fitting.ranks import join_ranks, rank, world_size
from training.fitting.run_folder import RunFolder
from training.fitting.trainer import FitConfig, Phase, Trainer

torch.set_num_threads(1)
torch.manual_seed(0)
join_ranks()
number = rank()

def batches():
    while True:
        yield torch.full((4, 1), 1.0 + number)

def squares(network, batch):
    return {"total": (network(batch) - 3 * batch).square().mean()}

config = FitConfig(minutes=0.002, peak_rate=0.01)
trainer = Trainer(nn.Linear(1, 1), squares, config, RunFolder(Path(sys.argv[1])))
network = trainer.run([Phase(until=1.0, batches=batches)])
Path(sys.argv[1], f"rank-{number}").write_text(json.dumps([world_size(), float(network.weight.detach())]))
"""


def test_two_processes_fit_one_network_on_the_processor_and_part(tmp_path: Path) -> None:
    script = tmp_path / "fitting.py"
    script.write_text(FITTING)
    starter = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run([*starter, str(script), str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, second = ((tmp_path / f"rank-{number}").read_text() for number in range(2))
    assert first == second, "both have the mean of both gradients"
    assert first.startswith("[2, ")
    assert [(tmp_path / f"left-{number}").read_text() for number in range(2)] == ["False", "False"]
    assert (tmp_path / "metrics.json").is_file()


@pytest.mark.parametrize(("processes", "gpus"), [(2, 0), (1, 1), (2, 2), (1, 4)])
def test_a_gpu_for_each_process_or_none_at_all_is_fine(processes: int, gpus: int) -> None:
    check_gpus(processes=processes, gpus=gpus)


def test_more_processes_than_gpus_are_one_sentence() -> None:
    with pytest.raises(InvalidOption, match=r"^2 processes for 1 GPU: start 1 \(torchrun --nproc-per-node 1\)"):
        check_gpus(processes=2, gpus=1)
