"""`maskwatch bench console`: a hundred cameras on the wall, ten browsers that look, and what that costs the console."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.console.desks import Desks, Kind
from bench.console.plant import INTERVAL_SECONDS, Plant
from bench.console.served import Served
from bench.timing import percentile
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report, below

CAMERAS, QUICK_CAMERAS = 100, 6
BROWSERS, QUICK_BROWSERS = 10, 1
SECONDS, QUICK_SECONDS = 60.0, 4.0
INTERACTION_GOAL = 200.0  # ms, 95 of 100
CPU_GOAL = 1.0  # cores
NO_BROWSER = "needs chromium on the PATH"


def bench(options: BenchOptions) -> Report:
    """Time until a frame shows what was asked for, measured in the browser; the console process's own CPU clock."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        return Report(name="console", figures=(Figure(name="browser", value=None, unit="", how=NO_BROWSER),))
    cameras = QUICK_CAMERAS if options.is_quick else CAMERAS
    browsers = QUICK_BROWSERS if options.is_quick else BROWSERS
    seconds = QUICK_SECONDS if options.is_quick else SECONDS
    with TemporaryDirectory() as folder:
        plant = Plant(Path(folder), cameras=cameras)
        options.say(f"console: {cameras} cameras, {browsers} browsers, {seconds:g} s …")
        with plant.running(), Served(plant) as served, Desks(path, served.address, browsers=browsers) as desks:
            desks.settle()
            before = served.cpu_seconds()
            spent = desks.work(seconds)
            cores = (served.cpu_seconds() - before) / spent
            figures = _figures(desks, cameras=cameras, browsers=browsers, seconds=spent)
    how = f"CPU of the console's process over {spent:.0f} s; {_setting(cameras, browsers)}"
    return Report(name="console", figures=(*figures, Figure(
        name="cpu", value=cores, unit="cores", how=how, goal=below(CPU_GOAL)
    )))  # fmt: skip


def _figures(desks: Desks, *, cameras: int, browsers: int, seconds: float) -> tuple[Figure, ...]:
    setting = _setting(cameras, browsers)
    all_of_them = [each for kind in Kind for each in desks.times[kind]]
    interactions = [
        Figure(
            name=f"interaction.{kind}{name}", value=percentile(desks.times[kind], share), unit="ms",
            how=f"{share} of 100 of {len(desks.times[kind])}; {setting}",
        )
        for kind in Kind
        for name, share in (("", 95), (".half", 50))
    ]  # fmt: skip
    return (
        Figure(
            name="interaction", value=percentile(all_of_them, 95), unit="ms",
            how=f"95 of 100 of {len(all_of_them)}; {setting}", goal=below(INTERACTION_GOAL),
        ),
        *interactions,
        Figure(
            name="pictures", value=desks.pictures() / seconds, unit="1/s", how=f"shown by all browsers; {setting}"
        ),
        Figure(
            name="age", value=percentile(desks.ages, 95), unit="s",
            how=f"of the pictures that stand on the walls, 95 of 100 of {len(desks.ages)}; {setting}",
        ),
    )  # fmt: skip


def _setting(cameras: int, browsers: int) -> str:
    return (
        f"{cameras} cameras, a 1080p picture each every {INTERVAL_SECONDS:g} s, {browsers} pages of headless Chromium "
        "on the same machine"
    )
