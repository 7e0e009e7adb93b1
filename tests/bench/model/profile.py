"""Where the milliseconds of one picture go, and what no implementation could do without."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from bench.engines import Call, Watched, opened, served_by_default
from bench.model.yardstick import Peaks, measure_peaks
from bench.multiply_adds import cost_of
from bench.pictures import crowd, in_turn
from bench.timing import median
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Cell, Report, Table

PICTURES = 24
# In the order of time. `around`: putting the result together.
PARTS = ("decode", "prepare", "find", "suppress", "cut out", "judge", "outline", "around", "all")
FLOOR_COLUMNS = ("network", "input", "G multiply-adds", "at the peak, ms", "MB", "at the bandwidth, ms", "measured, ms")


def measure_profile(options: BenchOptions) -> Report:
    """Of each variant in the engine that serves; nothing unless it is asked for."""
    if not options.is_profiled and "profile" not in options.sections:
        return Report(name="profile", figures=())
    with opened(options, [served_by_default(options)]) as (engines, _):
        peaks = measure_peaks(options)
        tables = [table for engine in engines for table in _tables(engine, peaks, options)]
    return Report(name="profile", figures=(), tables=tuple(tables))


def _tables(engine: Watched, peaks: Peaks, options: BenchOptions) -> Iterator[Table]:
    variants = engine.loaded.pipeline.variants
    count = 3 if options.is_quick else PICTURES
    profiles = {
        variant: [_profile(engine, each, variant) for each in in_turn(crowd().pictures, count)] for variant in variants
    }
    yield Table(
        title=f"One picture ({crowd().name}) in {engine.engine}: milliseconds, median of {count}",
        columns=("variant", *PARTS),
        rows=tuple(
            (variant, *(median([profile[part] for profile in profiles[variant]]) for part in PARTS))
            for variant in variants
        ),
    )
    peak = max(peaks.multiply_adds, peaks.by_engine.get(engine.engine, 0.0))
    yield Table(
        title=f"The floor in {engine.engine}: {peak / 1e9:.0f} G multiply-adds/s, {peaks.bytes / 1e9:.1f} GB/s",
        columns=FLOOR_COLUMNS,
        rows=tuple(row for variant in variants for row in _floor(engine, variant, peak, peaks.bytes)),
    )


def _profile(engine: Watched, picture: bytes, variant: str) -> dict[str, float]:
    """Milliseconds of each part of one picture.

    The pipeline tells how long each stage took, the engines when they were asked; what lies between is the rest.
    """
    start = time.perf_counter()
    calls, (result,) = engine.watched_run([picture], variant=variant)
    total = 1000 * (time.perf_counter() - start)
    stages = result.timings_ms
    kinds = {model.path.parents[1].name: model.description.kind for model in engine.loaded.models}
    networks = {
        kind: [call for call in calls if kinds[call.network] == kind] for kind in ("detector", "classifier", "fit")
    }
    ran = {kind: sum(call.milliseconds for call in found) for kind, found in networks.items()}
    around = total - sum(stages.values())
    detecting = start + (around + stages["decode"]) / 1000
    prepare = _before(networks["detector"], detecting)
    cut_out = _before(networks["classifier"], detecting + stages["detect"] / 1000)
    return {
        "decode": stages["decode"],
        "prepare": prepare,
        "find": ran["detector"],
        "suppress": stages["detect"] - prepare - ran["detector"],
        "cut out": cut_out,
        "judge": stages["classify"] - cut_out,
        "outline": stages["fit"],
        "around": around,
        "all": total,
    }


def _before(calls: Sequence[Call], begun: float) -> float:
    """Milliseconds of a stage until it first asks its network."""
    return max(0.0, 1000 * (calls[0].start - begun)) if calls else 0.0


def _floor(engine: Watched, variant: str, peak: float, bandwidth: float) -> Iterator[tuple[Cell, ...]]:
    paths = {model.path.parents[1].name: model.path for model in engine.loaded.models}
    for call in engine.calls_of(crowd().pictures[:1], variant=variant):
        count, height, width = call.pictures.shape[:3]
        cost = cost_of(paths[call.network], height=height, width=width)
        work, moved = count * cost.multiply_adds, count * cost.read_and_written
        yield (
            call.network,
            f"{count} x {width} x {height}",
            work / 1e9,
            1000 * work / peak,
            moved / 1e6,
            1000 * moved / bandwidth,
            median([1000 * seconds for seconds in engine.seconds_again(call)]),
        )
