"""What one shot costs: every contender watches the same camera at the same time, so that all share its luck."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.grabber.clips import USUAL, clip_named, encode
from bench.grabber.contenders import CONTENDERS, OURS, Start
from bench.grabber.goals import SNAPSHOT_MS
from bench.grabber.processes import cpu_seconds, ended
from bench.grabber.simulated import serving
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure

INTERVAL_SECONDS = 2.1  # about 2, but out of step with keyframes: a shot just after one costs a fraction of others
SHOTS, QUICK_SHOTS = 40, 3  # of which 20 meet every place between two keyframes 2 s apart
WARM = 3  # shots before the measured ones: imports, opening, the first keyframe
PATIENCE_SECONDS = 60.0  # beyond the time that the shots should take
POLL_SECONDS = 0.02


@dataclass(kw_only=True)
class Contender:
    """A running process and what its shots have cost so far."""

    name: str
    process: subprocess.Popen[bytes]
    folder: Path
    readings: list[tuple[int, float]] = field(default_factory=list)  # shots, and CPU seconds when the last of them came
    others: str = ""  # what became of slots without a picture

    def look(self) -> None:
        """Note a new shot and what the process had used by then."""
        if self.process.poll() is not None:
            return
        shots = sum(1 for _ in self.folder.glob("*.jpg"))
        if shots > (self.readings[-1][0] if self.readings else WARM - 1):
            self.readings.append((shots, cpu_seconds(self.process.pid)))

    def note_others(self) -> None:
        """Why slots have no picture, as far as the contender tells, while its folder is still there."""
        others = Counter(path.suffix[1:] for path in self.folder.iterdir() if path.suffix != ".jpg")
        self.others = ", ".join(f"{number} {name}" for name, number in sorted(others.items()))

    @property
    def shots(self) -> int:
        """How many were measured."""
        return self.readings[-1][0] - self.readings[0][0] if self.readings else 0

    @property
    def milliseconds(self) -> float | None:
        """CPU time of one shot, the stream between two shots included; None without shots."""
        return 1000 * (self.readings[-1][1] - self.readings[0][1]) / self.shots if self.shots else None


def measure_snapshots(name: str, options: BenchOptions) -> tuple[Figure, ...]:
    """One figure per contender for the clip of that name."""
    clip, shots = clip_named(name, options), QUICK_SHOTS if options.is_quick else SHOTS
    with TemporaryDirectory(prefix="maskwatch-bench-") as folder:
        path = encode(clip, Path(folder) / f"clip.{clip.codec}")
        bits = 8 * path.stat().st_size / clip.seconds / 1e6
        with serving(clip, path) as (url,), watching(url, Path(folder), CONTENDERS) as contenders:
            wait_for_shots(contenders, shots)
    how = f"{clip} ({bits:.1f} sent); one shot per {INTERVAL_SECONDS:g} s; all contenders at once"
    return tuple(_figure(f"snapshot.{name}", contender, shots, how, options) for contender in contenders)


def _figure(name: str, contender: Contender, shots: int, how: str, options: BenchOptions) -> Figure:
    """Without a value when shots are missing: what it cost is then the cost of something else."""
    is_whole = contender.shots >= shots
    without = f" ({contender.others})" if contender.others else ""
    has_goal = contender.name == OURS and name == f"snapshot.{USUAL}" and not options.is_quick
    return Figure(
        name=f"{name}.{contender.name}",
        value=contender.milliseconds if is_whole else None,
        unit="CPU-ms",
        how=f"mean of {shots} shots{without}; {how}"
        if is_whole
        else f"only {contender.shots} of {shots} shots{without}: too busy here?",
        goal=SNAPSHOT_MS if has_goal else None,
    )


@contextmanager
def watching(url: str, folder: Path, contenders: dict[str, Start]) -> Iterator[list[Contender]]:
    """All of them, running; each has a folder of its own."""
    with ExitStack() as stack:
        running = []
        for name, start in contenders.items():
            own = folder / name
            own.mkdir()
            process = stack.enter_context(start(url, own, INTERVAL_SECONDS))
            stack.callback(ended, process)
            running.append(Contender(name=name, process=process, folder=own))
        yield running


def wait_for_shots(contenders: Sequence[Contender], shots: int, now: Callable[[], float] = time.monotonic) -> None:
    """Until each has taken so many, or takes far too long for it."""
    deadline = now() + PATIENCE_SECONDS + (WARM + shots) * INTERVAL_SECONDS
    while any(contender.shots < shots for contender in contenders) and now() < deadline:
        for contender in contenders:
            if contender.shots < shots:
                contender.look()
        time.sleep(POLL_SECONDS)
    for contender in contenders:
        contender.note_others()
