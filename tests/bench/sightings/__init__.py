"""`maskwatch bench sightings`: people counted against people there, at one shot per 1 to 30 s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from bench.sightings.clips import CLIPS, STEP_SECONDS, clip_shots, look_at_clip
from bench.sightings.contenders import CONTENDERS, ours
from bench.sightings.counting import Count, count, count_only, together
from bench.sightings.scene import look_at_scene, people_there, scene_shots
from bench.sightings.shots import Shot, shots_of
from bench.sightings.traffic import Traffic
from common.ports.detector import Detector
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report, Table, below
from model_api.local import open_local_detector

EVERY_SECONDS = (1, 2, 5, 10, 30)
GOALS = {2: below(0.1001), 5: below(0.2001)}  # at most 10 %, at most 20 %
BUSY = {"quiet": 60, "usual": 180, "busy": 480}  # people an hour
HOURS, QUICK_HOURS = 1.0, 0.1
SEEDS, QUICK_SEEDS = (11, 12), (11,)  # others than those that the constants were chosen on
TOO_SPARSE = 5  # seconds: longer than most people are to be seen in the clips, so that nobody could count them
PHASES = 5  # of a scene, spread over the time between two shots
COLUMNS = ("people", "shots every", "counted by", "there", "seen", "counted", "error", "split", "merged", "nobody")

Scenes = Sequence[tuple[list[Shot], int]]  # the shots of each, and how many people are there


def bench(options: BenchOptions) -> Report:
    """Drawn traffic, the simulated scene and filmed clips, each counted in four ways."""
    figures: list[Figure] = []
    tables: list[Table] = []
    if options.takes("traffic"):
        for name, per_hour in BUSY.items():
            options.say(f"sightings: {name} traffic …")
            _add(figures, tables, f"traffic.{name}", _traffic(options, per_hour))
    wants_models = options.takes("scene") or options.takes("clips")
    if wants_models:
        with closing(open_local_detector(options.settings)) as detector:
            if options.takes("scene"):
                options.say("sightings: the simulated scene …")
                _add(figures, tables, "scene", _scene(detector))
            if options.takes("clips"):
                options.say("sightings: filmed people …")
                figures_of, table = _clips(detector, options.data / "video")
                figures += figures_of
                tables.append(table)
    return Report(name="sightings", figures=tuple(figures), tables=tuple(tables))


def _traffic(options: BenchOptions, per_hour: float) -> Mapping[int, Scenes]:
    hours, seeds = (QUICK_HOURS, QUICK_SEEDS) if options.is_quick else (HOURS, SEEDS)
    drawn = [Traffic(seed=seed, seconds=3600 * hours, per_hour=per_hour) for seed in seeds]
    return {
        every: [(shots_of(traffic, every_seconds=every), len(traffic.visits)) for traffic in drawn]
        for every in EVERY_SECONDS
    }


def _scene(detector: Detector) -> Mapping[int, Scenes]:
    pictures = look_at_scene(detector)
    return {
        every: [
            (scene_shots(pictures, every_seconds=every, phase=phase), people_there())
            for phase in range(0, every, max(1, every // PHASES))
        ]
        for every in EVERY_SECONDS
    }


def _add(figures: list[Figure], tables: list[Table], name: str, scenes: Mapping[int, Scenes]) -> None:
    rows = []
    for every, shown in scenes.items():
        for way, contender in CONTENDERS.items():
            total = together(count(shots, contender(shots), there=there) for shots, there in shown)
            rows.append((name, f"{every} s", way, *_cells(total)))
            if contender is ours:
                figures.append(_figure(name, every, total))
    tables.append(Table(title=f"People counted: {name}", columns=COLUMNS, rows=tuple(rows)))


def _clips(detector: Detector, folder: Path) -> tuple[list[Figure], Table]:
    if not folder.is_dir():
        how = f"no clips in {folder}; --data names the folder that has video/"
        return [Figure(name="clips", value=None, unit="", how=how)], Table(
            title="People counted: clips", columns=COLUMNS, rows=()
        )
    pictures = {clip: look_at_clip(detector, folder, clip) for clip in CLIPS}
    rows, figures = [], []
    for every in (1, 2, 5):
        shown = [
            (clip_shots(clip, pictures[clip], every_seconds=every, phase=phase), clip.people)
            for clip in CLIPS
            if clip.end - clip.start > every
            for phase in _halves(min(every, clip.end - clip.start - every))
        ]
        for way, contender in CONTENDERS.items():
            total = together(count_only(contender(shots), there=there) for shots, there in shown)
            rows.append(("clips", f"{every} s", way, *_cells(total)))
            if contender is ours:
                figures.append(_figure("clips", every, total, is_judged=every < TOO_SPARSE))
    return figures, Table(title="People counted: clips", columns=COLUMNS, rows=tuple(rows))


def _halves(until: float) -> Iterable[float]:
    """0, 0.5, 1 … below."""
    return [number * STEP_SECONDS for number in range(max(1, round(until / STEP_SECONDS)))]


def _figure(name: str, every: int, total: Count, *, is_judged: bool = True) -> Figure:
    how = f"|counted - there| / there: {total.counted} of {total.there} people, one shot every {every} s"
    return Figure(
        name=f"{name}.{every}s.error", value=total.error, unit="", how=how, goal=GOALS.get(every) if is_judged else None
    )


def _cells(total: Count) -> tuple[str | int, ...]:
    parts = (
        total.there,
        total.seen,
        total.counted,
        f"{100 * total.error:.0f} %",
        total.split,
        total.merged,
        total.nobody,
    )
    return tuple("-" if part is None else part for part in parts)
