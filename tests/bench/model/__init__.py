"""`maskwatch bench model`: the model API, one file per question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.model.alone import measure_alone
from bench.model.batched import measure_batched
from bench.model.gpu import measure_gpu
from bench.model.long_run import measure_long_run
from bench.model.one_by_one import measure_one_by_one
from bench.model.overload import measure_overload
from bench.model.profile import measure_profile
from bench.model.side_by_side import measure_side_by_side
from bench.model.yardstick import measure_yardstick
from common.errors import InvalidInput
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Report

SECTIONS: Mapping[str, Callable[[BenchOptions], Report]] = {
    "yardstick": measure_yardstick,
    "one_by_one": measure_one_by_one,
    "engines": measure_side_by_side,
    "batched": measure_batched,
    "alone": measure_alone,
    "long_run": measure_long_run,
    "overload": measure_overload,
    "gpu": measure_gpu,
    "profile": measure_profile,
}


def bench(options: BenchOptions) -> Report:
    """All sections that are wanted, one after the other. Raises InvalidInput for one that is not there."""
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        raise InvalidInput(f"no part {', '.join(sorted(unknown))}; known: {', '.join(SECTIONS)}")
    parts = []
    for name, measure in SECTIONS.items():
        if options.takes(name):
            options.say(f"model: {name} …")
            parts.append(measure(options))
    return Report(
        name="model",
        figures=tuple(figure for part in parts for figure in part.figures),
        tables=tuple(table for part in parts for table in part.tables),
        models=tuple(sorted({model for part in parts for model in part.models})),
    )
