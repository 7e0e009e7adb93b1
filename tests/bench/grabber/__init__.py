"""`maskwatch bench grabber`: what a shot costs, beside the usual ways to take it, and how many cameras a core holds."""

from __future__ import annotations

from bench.grabber.clips import CLIPS
from bench.grabber.fleet import measure_fleet, measure_limited
from bench.grabber.snapshots import measure_snapshots
from bench.grabber.takeover import measure_takeover
from common.errors import InvalidInput
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report

FLEETS = {"cameras": measure_fleet, "limited": measure_limited, "takeover": measure_takeover}
SECTIONS = (*CLIPS, *FLEETS)


def bench(options: BenchOptions) -> Report:
    """All sections that are wanted, one after the other. Raises InvalidInput for one that is not there."""
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        raise InvalidInput(f"no part {', '.join(sorted(unknown))}; known: {', '.join(SECTIONS)}")
    figures: list[Figure] = []
    for name in SECTIONS:
        if options.takes(name):
            options.say(f"grabber: {name} …")
            figures += FLEETS[name](options) if name in FLEETS else measure_snapshots(name, options)
    return Report(name="grabber", figures=tuple(figures))
