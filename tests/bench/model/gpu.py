"""The whole pipeline on one GPU, where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from bench.engines import Watched, opened
from bench.model.goals import GPU
from bench.pictures import crowd, in_turn
from bench.timing import in_turns, median, seconds_of
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Cell, Figure, Report, Table
from model_api.engines.choose import why_no_gpu
from model_api.local import MOST_PICTURES_ON_GPU
from model_api.pipeline import STAGES

COMMAND = "MASKWATCH_DEVICE=cuda maskwatch bench model --only gpu --json FILE"
BATCHES = 8  # of one run
# `around`: what no stage counts. Where the host decodes, its threads' times add up to more than the clock shows.
COLUMNS = ("variant", "of a picture", *STAGES, "around", "all")


def measure_gpu(options: BenchOptions) -> Report:
    """Pictures per second of each variant and where their time goes, or why there are none."""
    reason = why_no_gpu()
    if reason:
        how = f"no CUDA device: {reason}. Where there is one: {COMMAND}"
        figure = Figure(name="gpu.pipeline", value=None, unit="pictures/s", how=how, goal=GPU)
        return Report(name="gpu", figures=(figure,))
    pictures = in_turn(crowd().pictures, MOST_PICTURES_ON_GPU)
    with opened(options, ["torch"]) as (engines, refused):
        works = {
            variant: partial(_run, engine, pictures, variant)
            for engine in engines
            for variant in engine.loaded.pipeline.variants
        }
        spent = in_turns(works, repeats=options.repeats)
        tables = tuple(stages(engine, pictures, repeats=options.repeats) for engine in engines)
    how = f"JPEG {crowd().name}, batches of {MOST_PICTURES_ON_GPU} in process, median of {options.repeats}"
    figures = [
        Figure(
            name=f"gpu.{variant}",
            value=BATCHES * MOST_PICTURES_ON_GPU / median(seconds),
            unit="pictures/s",
            how=how,
            goal=GPU,
        )
        for variant, seconds in spent.items()
    ]
    figures += [Figure(name="gpu.pipeline", value=None, unit="pictures/s", how=why) for why in refused.values()]
    return Report(name="gpu", figures=tuple(figures), tables=tables)


def stages(engine: Watched, pictures: Sequence[bytes], *, repeats: int) -> Table:
    """Of a batch, per picture: each stage's milliseconds, and its share of all of them."""
    return Table(
        title=f"Where the time of a batch of {len(pictures)} goes in {engine.loaded.choice}: median of {repeats}",
        columns=COLUMNS,
        rows=tuple(
            row
            for variant in engine.loaded.pipeline.variants
            for row in _rows(variant, [_times(engine, pictures, variant) for _ in range(repeats)])
        ),
    )


def _run(engine: Watched, pictures: Sequence[bytes], variant: str) -> None:
    for _ in range(BATCHES):
        engine.run(pictures, variant=variant)


def _times(engine: Watched, pictures: Sequence[bytes], variant: str) -> dict[str, float]:
    """Milliseconds of one batch per picture, by stage, and of all of it."""
    counted = dict.fromkeys(STAGES, 0.0)

    def work() -> None:
        for result in engine.run(pictures, variant=variant):
            for stage in STAGES:
                counted[stage] += result.timings_ms[stage] / len(pictures)

    whole = 1000 * seconds_of(work) / len(pictures)
    return {**counted, "around": max(0.0, whole - sum(counted.values())), "all": whole}


def _rows(variant: str, runs: Sequence[dict[str, float]]) -> Iterator[tuple[Cell, ...]]:
    times = {part: median([run[part] for run in runs]) for part in runs[0]}
    yield (variant, "ms", *times.values())
    yield (variant, "%", *(100 * each / times["all"] for each in times.values()))
