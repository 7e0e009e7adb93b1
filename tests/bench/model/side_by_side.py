"""Every engine that starts here on the same inputs: which one should serve?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product

from bench.engines import Call, Watched, names, opened
from bench.pictures import crowd, in_turn
from bench.timing import in_turns, median
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Cell, Figure, Report, Table
from model_api.engines.choose import DEVICES

BATCHES = (1, 8)


def measure_side_by_side(options: BenchOptions) -> Report:
    """Milliseconds per picture or crop of each network alone, on the inputs that the pipeline gives it."""
    with opened(options, names(options) if options.engines else tuple(DEVICES)) as (engines, refused):
        rows = [row for inputs in _inputs(engines) for row in _rows(engines, inputs, options)]
        models = {model for engine in engines for model in engine.loaded.ids}
    title = f"Engines side by side: milliseconds per picture or crop, median of {options.repeats}, in turns"
    missing = (
        Figure(name=f"engines.{name}", value=None, unit="ms", how=f"does not start here: {reason}")
        for name, reason in refused.items()
    )
    columns = ("network", "input", *(engine.engine for engine in engines))
    return Report(
        name="engines",
        figures=tuple(missing),
        tables=(Table(title=title, columns=columns, rows=tuple(rows)),),
        models=tuple(models),
    )


def _inputs(engines: Sequence[Watched]) -> Iterator[list[Call]]:
    """What the networks are given for batches of each size, once per size and network."""
    seen = set()
    for engine in engines[:1]:
        for variant, batch in product(engine.loaded.pipeline.variants, BATCHES):
            calls = engine.calls_of(in_turn(crowd().pictures, batch), variant=variant)
            for network in dict.fromkeys(call.network for call in calls):
                if (network, batch) not in seen:
                    yield [call for call in calls if call.network == network]
                seen.add((network, batch))


def _rows(engines: Sequence[Watched], calls: list[Call], options: BenchOptions) -> Iterator[tuple[Cell, ...]]:
    works = {engine.engine: partial(engine.infer_again, calls) for engine in engines}
    spent = in_turns(works, repeats=options.repeats)
    count = sum(len(call.pictures) for call in calls)
    height, width = calls[0].pictures.shape[1:3]
    yield calls[0].network, f"{count} x {width} x {height}", *(1000 * median(spent[name]) / count for name in works)
