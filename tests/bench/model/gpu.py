"""The whole pipeline on one GPU, where there is one."""

from __future__ import annotations

from bench.engines import opened
from bench.model.goals import GPU
from bench.pictures import crowd, in_turn
from bench.timing import in_turns, median
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report
from model_api.engines.choose import why_no_gpu
from model_api.local import MOST_PICTURES_ON_GPU

COMMAND = "MASKWATCH_DEVICE=cuda maskwatch bench model --only gpu --json FILE"
BATCHES = 8  # of one run


def measure_gpu(options: BenchOptions) -> Report:
    """Pictures per second of the server variant, or why there are none."""
    reason = why_no_gpu()
    if reason:
        how = f"no CUDA device: {reason}. Where there is one: {COMMAND}"
        figure = Figure(name="gpu.pipeline", value=None, unit="pictures/s", how=how, goal=GPU)
        return Report(name="gpu", figures=(figure,))
    pictures = in_turn(crowd().pictures, MOST_PICTURES_ON_GPU)
    with opened(options, ["torch"]) as (engines, refused):
        works = {
            variant: lambda engine=engine, variant=variant: [
                engine.run(pictures, variant=variant) for _ in range(BATCHES)
            ]
            for engine in engines
            for variant in engine.loaded.pipeline.variants
        }
        spent = in_turns(works, repeats=options.repeats)
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
    return Report(name="gpu", figures=tuple(figures))
