"""One picture at a time through the pipeline, in process: what a direct call costs, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bench.engines import Watched, names, opened
from bench.model.goals import ONE_BY_ONE
from bench.pictures import Sample, crowd, own
from bench.timing import in_turns, median
from common.domain.prediction import PictureResult
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Cell, Figure, Report, Table
from model_api.pipeline import STAGES

PICTURES = 8  # of one run


def measure_one_by_one(options: BenchOptions) -> Report:
    """Pictures per second of each engine and variant, and the milliseconds of each stage."""
    samples = [crowd(), *([own(options.pictures)] if options.pictures else [])]
    with opened(options, names(options)) as (engines, refused):
        parts = [_measured(engines, sample, options, has_goal=sample is samples[0]) for sample in samples]
        models = {model for engine in engines for model in engine.loaded.ids}
    missing = [
        Figure(name=f"one_by_one.{engine}", value=None, unit="pictures/s", how=reason)
        for engine, reason in refused.items()
    ]
    return Report(
        name="one by one",
        figures=(*(figure for part in parts for figure in part.figures), *missing),
        tables=tuple(table for part in parts for table in part.tables),
        models=tuple(models),
    )


def _measured(engines: Sequence[Watched], sample: Sample, options: BenchOptions, *, has_goal: bool) -> Report:
    count = 2 if options.is_quick else max(PICTURES, len(sample.pictures))
    runs: dict[str, _Run] = {
        f"{variant}.{engine.engine}": _Run(engine, variant, sample, count)
        for variant in ONE_BY_ONE
        for engine in engines
        if variant in engine.loaded.pipeline.variants
    }
    spent = in_turns({name: run.go for name, run in runs.items()}, repeats=options.repeats)
    figures: list[Figure] = []
    rows: list[tuple[Cell, ...]] = []
    for name, run in runs.items():
        variant = name.partition(".")[0]
        figures.append(
            Figure(
                name=f"one_by_one.{name}" if has_goal else f"one_by_one.own.{name}",
                value=count / median(spent[name]),
                unit="pictures/s",
                how=f"JPEG {sample.name}, direct calls, median of {options.repeats} runs of {count}, in turns",
                goal=ONE_BY_ONE[variant] if has_goal else None,
            )
        )
        rows.append((name, *run.stages(), 1000 * median(spent[name]) / count))
    title = f"One by one, {sample.name}: milliseconds of a picture (median)"
    return Report(
        name="", figures=tuple(figures), tables=(Table(title=title, columns=("", *STAGES, "all"), rows=tuple(rows)),)
    )


class _Run:
    """Some pictures, one after the other; remembers what the pipeline says of its stages."""

    def __init__(self, engine: Watched, variant: str, sample: Sample, count: int) -> None:
        self._ask = partial(engine.run, variant=variant)
        self._pictures = [sample.pictures[index % len(sample.pictures)] for index in range(count)]
        self._results: list[PictureResult] = []

    def go(self) -> None:
        for picture in self._pictures:
            self._results += self._ask([picture])

    def stages(self) -> tuple[float, ...]:
        """Milliseconds of each stage."""
        return tuple(median([result.timings_ms[stage] for result in self._results]) for stage in STAGES)
