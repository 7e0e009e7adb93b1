"""`maskwatch bench`: how fast it is here; the measurements themselves are in the checkout's tests/bench."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from common.errors import InvalidInput, NotFound
from common.runtime.logs import configure_logging
from common.settings import load_settings
from maskwatch.benchmarks.environment import look_around
from maskwatch.benchmarks.options import LABELLED, BenchOptions
from maskwatch.benchmarks.report import Report
from maskwatch.benchmarks.showing import environment_line, to_json, to_markdown

CHECKOUT = Path(__file__).parents[2]
# Each module has `def bench(options: BenchOptions) -> Report`.
BENCHMARKS = {
    "analyzer": "bench.analyzer",
    "backtest": "bench.backtest",
    "console": "bench.console",
    "grabber": "bench.grabber",
    "leases": "bench.leases",
    "model": "bench.model",
    "sightings": "bench.sightings",
    "statistics": "bench.statistics",
    "tiles": "bench.tiles",
    "units": "bench.units",
}
ALL = "all"


def bench(
    name: Annotated[str, typer.Argument(help=f"{', '.join(BENCHMARKS)} or {ALL}.")],
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write all of it to this file.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Little work: shows that it runs, not how fast.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Also say where the time goes.")] = False,
    engine: Annotated[list[str] | None, typer.Option(help="Only this engine; may be repeated.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this part; may be repeated.")] = None,
    pictures: Annotated[Path | None, typer.Option(help="A folder of JPEG pictures, measured, too.")] = None,
    requests: Annotated[int, typer.Option(min=4, help="Of the long run.")] = 10_000,
    overload_seconds: Annotated[float, typer.Option(min=1, help="How long too much is asked.")] = 60.0,
    cameras: Annotated[int, typer.Option(min=1, help="Simulated, of the grabber.")] = 40,
    seconds: Annotated[float, typer.Option(min=5, help="How long they are watched.")] = 600.0,
    data: Annotated[Path, typer.Option(help="Labelled pictures: the folder with masks/ and crowds/.")] = LABELLED,
    limit: Annotated[int, typer.Option(min=4, help="Labelled pictures of one kind.")] = 60,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a goal is missed.")] = False,
) -> None:
    """Measure how fast it is on this machine, beside the goals."""
    settings = load_settings()
    configure_logging(form=settings.log_format, level="WARNING", service="bench")
    options = BenchOptions(
        settings=settings,
        is_quick=quick,
        is_profiled=profile,
        engines=tuple(engine or ()),
        sections=tuple(only or ()),
        pictures=pictures,
        requests=requests,
        overload_seconds=overload_seconds,
        cameras=cameras,
        seconds=seconds,
        data=data,
        limit=limit,
        say=lambda sentence: print(sentence, file=sys.stderr, flush=True),
    )
    before = look_around(CHECKOUT)
    reports = [load_benchmark(each)(options) for each in named(name)]
    after = look_around(CHECKOUT)
    print("\n\n".join([environment_line(before, after), *map(to_markdown, reports)]))
    if as_json:
        text = json.dumps(to_json(reports, before=before, after=after), indent=1, ensure_ascii=False)
        _write(as_json, text + "\n")
    if strict and any(report.missed for report in reports):
        raise typer.Exit(1)


def named(name: str) -> list[str]:
    """One benchmark, or all of them. Raises InvalidInput for a name that none has."""
    if name != ALL and name not in BENCHMARKS:
        raise InvalidInput(f"unknown benchmark {name!r}; known: {', '.join([*BENCHMARKS, ALL])}")
    return list(BENCHMARKS) if name == ALL else [name]


def load_benchmark(name: str) -> Callable[[BenchOptions], Report]:
    """What measures it. Raises NotFound where there is no checkout, or a package is missing."""
    folder = CHECKOUT / "tests"
    if not (folder / "bench" / "__init__.py").exists():
        raise NotFound("the benchmarks are in the source checkout, and this is an installed package without one")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        measure: Callable[[BenchOptions], Report] = import_module(BENCHMARKS[name]).bench
    except ImportError as exc:
        raise NotFound(f"the benchmarks need what developers install (pip install -e '.[dev]'): {exc}") from exc
    return measure


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise InvalidInput(f"cannot write {path}: {exc.strerror}") from exc
