"""Many cameras on one grabber: cores used, how late shots are, and what is lost; and a few on a fifth of a core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.grabber.clips import USUAL, clip_named, encode
from bench.grabber.goals import CORES, LATE_P95_SECONDS, LIMIT_CORES, NONE_LOST
from bench.grabber.limits import limited_to
from bench.grabber.simulated import serving
from bench.grabber.watched import INTERVAL_SECONDS, Watched, watch
from bench.timing import percentile
from common.errors import Unavailable
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Goal

LIMITED_CAMERAS = 8  # that a grabber should hold on LIMIT_CORES
QUICK_CAMERAS, QUICK_SECONDS = 3, 10.0


def measure_fleet(options: BenchOptions) -> tuple[Figure, ...]:
    """As many cameras as are asked for, on one grabber without a limit."""
    count = QUICK_CAMERAS if options.is_quick else options.cameras
    return _figures("cameras", watched(count, options), count, CORES, options)


def measure_limited(options: BenchOptions) -> tuple[Figure, ...]:
    """A few cameras on a grabber that the kernel lets have no more than a fifth of a core, from its start."""
    count = QUICK_CAMERAS if options.is_quick else LIMITED_CAMERAS
    try:
        with limited_to(LIMIT_CORES) as inside:
            found = watched(count, options, inside=inside)
    except Unavailable as exc:
        return (Figure(name="limited.cores", value=None, unit="cores", how=str(exc)),)
    return _figures("limited", found, count, None, options, beside=f", at most {LIMIT_CORES:g} cores by cgroup")


def watched(count: int, options: BenchOptions, *, inside: Sequence[str] = ()) -> Watched:
    """What a grabber does with so many simulated cameras."""
    clip, seconds = clip_named(USUAL, options), QUICK_SECONDS if options.is_quick else options.seconds
    with TemporaryDirectory(prefix="maskwatch-bench-") as folder:
        path = encode(clip, Path(folder) / f"clip.{clip.codec}")
        with serving(clip, path, copies=count) as urls:
            return watch(urls, Path(folder) / "data", seconds=seconds, inside=inside)


def _figures(
    name: str, found: Watched, count: int, cores: Goal | None, options: BenchOptions, *, beside: str = ""
) -> tuple[Figure, ...]:
    how = f"{count} cameras, one process{beside}, a shot per {INTERVAL_SECONDS:g} s for {found.seconds:.0f} s; "
    how += str(clip_named(USUAL, options))
    became = ", ".join(f"{number} {outcome}" for outcome, number in sorted(found.outcomes.items()))
    goals = (None, None, None) if options.is_quick else (cores, LATE_P95_SECONDS, NONE_LOST)
    values = (
        ("cores", found.cpu_seconds / found.seconds, "cores", how),
        ("late_p95", percentile(found.late, 95), "s", f"slot to stored picture, of {len(found.late)}; {how}"),
        ("not_taken", float(found.not_taken), "shots", f"of {found.slots} due: {became}"),
    )
    return tuple(
        Figure(name=f"{name}.{figure}", value=value, unit=unit, how=how, goal=goal)
        for (figure, value, unit, how), goal in zip(values, goals, strict=True)
    )
