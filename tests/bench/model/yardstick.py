"""What this machine can do at all, by work that never changes: every other figure is read beside these."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.timing import in_turns, median, percentile
from maskwatch.benchmarks.environment import usable_cores
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report

SIDE = 2048  # of the matrices: large enough that the multiplication is all that counts
COPIED = 128 * 2**20  # bytes: far more than any cache holds
BEST = 90.0  # a peak is what the machine can do when nothing disturbs it


def measure_yardstick(options: BenchOptions) -> Report:
    """Multiply-adds per second and bytes per second."""
    random = np.random.default_rng(1)
    side = SIDE // 4 if options.is_quick else SIDE
    left, right = random.standard_normal((2, side, side), np.float32)
    product = np.empty_like(left)
    source = np.ones(COPIED // (8 if options.is_quick else 1), np.uint8)
    target = np.empty_like(source)
    spent = in_turns(
        {"matmul": partial(np.matmul, left, right, out=product), "copy": partial(np.copyto, target, source)},
        repeats=2 * options.repeats,
    )
    rate = side**3 / median(spent["matmul"]) / 1e9
    peak = side**3 / percentile(spent["matmul"], 100 - BEST) / 1e9
    moved = 2 * source.nbytes / median(spent["copy"]) / 1e9
    how = f"median of {2 * options.repeats}, {usable_cores()} cores"
    return Report(
        name="yardstick",
        figures=(
            Figure(
                name="yardstick.multiply_adds", value=rate, unit="G/s", how=f"float32 {side} x {side} matrices, {how}"
            ),
            Figure(name="yardstick.multiply_adds_peak", value=peak, unit="G/s", how="the same, its fastest tenth"),
            Figure(
                name="yardstick.memory",
                value=moved,
                unit="GB/s",
                how=f"copy of {source.nbytes >> 20} MiB, read and written, {how}",
            ),
        ),
    )
