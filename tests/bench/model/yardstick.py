"""What this machine can do at all, by work that never changes: every other figure is read beside these."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from bench.engines import names
from bench.peer import MULTIPLY_ADDS, SIDE, write_peer
from bench.timing import in_turns, median, percentile
from common.errors import MaskwatchError
from maskwatch.benchmarks.environment import usable_cores
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report
from model_api.engines import open_engine
from model_api.engines.choose import choose

MATRIX_SIDE = 2048  # large enough that the multiplication is all that counts
COPIED = 128 * 2**20  # bytes: far more than any cache holds
FASTEST_TENTH = 10.0  # a peak is what the machine does when nothing disturbs it


@dataclass(frozen=True, kw_only=True)
class Peaks:
    """What the machine does at best, per second."""

    multiply_adds: float  # float32 by numpy's BLAS
    bytes: float
    by_engine: dict[str, float]  # multiply-adds of the peer network, in whatever precision the engine takes


def measure_yardstick(options: BenchOptions) -> Report:
    """Multiply-adds per second by matrices and by a network, and bytes per second."""
    spent = _spent(options)
    how = f"median of {2 * options.repeats}, {usable_cores()} cores"
    side, copied = _sizes(options)
    figures = [
        _rate("multiply_adds", side**3, spent["matrices"], f"float32 matrices {side} x {side}, {how}"),
        _rate("memory", 2 * copied, spent["copy"], f"copy of {copied >> 20} MiB, read and written, {how}", unit="GB/s"),
    ]
    for name in spent.keys() - {"matrices", "copy"}:
        what = f"peer network, {MULTIPLY_ADDS / 1e9:.1f} G multiply-adds for one picture {SIDE} x {SIDE}, {how}"
        figures.append(_rate(f"peer.{name}", MULTIPLY_ADDS, spent[name], what))
    return Report(name="yardstick", figures=tuple(figure.under("yardstick") for figure in figures))


def measure_peaks(options: BenchOptions) -> Peaks:
    """The same, at its fastest."""
    spent = {name: percentile(seconds, FASTEST_TENTH) for name, seconds in _spent(options).items()}
    side, copied = _sizes(options)
    return Peaks(
        multiply_adds=side**3 / spent.pop("matrices"),
        bytes=2 * copied / spent.pop("copy"),
        by_engine={name: MULTIPLY_ADDS / seconds for name, seconds in spent.items()},
    )


def _sizes(options: BenchOptions) -> tuple[int, int]:
    return (MATRIX_SIDE // 4, COPIED // 8) if options.is_quick else (MATRIX_SIDE, COPIED)


def _spent(options: BenchOptions) -> dict[str, list[float]]:
    """Seconds of each work."""
    side, copied = _sizes(options)
    left, right = np.random.default_rng(1).standard_normal((2, side, side), np.float32)
    source = np.ones(copied, np.uint8)
    works: dict[str, Callable[[], object]] = {
        "matrices": partial(np.matmul, left, right, out=np.empty_like(left)),
        "copy": partial(np.copyto, np.empty_like(source), source),
    }
    with tempfile.TemporaryDirectory(prefix="maskwatch-bench-") as folder:
        works |= _peers(write_peer(Path(folder) / "model.onnx"), options)
        return in_turns(works, repeats=2 * options.repeats)


def _peers(path: Path, options: BenchOptions) -> dict[str, Callable[[], object]]:
    """The peer network in each engine that starts here."""
    picture = np.random.default_rng(2).integers(0, 256, (1, SIDE, SIDE, 3), np.uint8)
    works: dict[str, Callable[[], object]] = {}
    for name in names(options):
        try:
            choice = choose(name, options.settings.device)
            engine = open_engine(path, choice=choice, threads=options.settings.threads)
        except MaskwatchError as exc:
            options.say(f"  {name} does not start here: {exc}")
        else:
            works[name] = partial(engine.infer, picture)
    return works


def _rate(name: str, work: float, seconds: list[float], how: str, *, unit: str = "G/s") -> Figure:
    return Figure(name=name, value=work / median(seconds) / 1e9, unit=unit, how=how)
