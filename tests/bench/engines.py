"""The engines to measure, and a view into what they are asked while a pipeline runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.timing import in_turns
from common.domain.prediction import PictureResult
from common.errors import InvalidInput, MaskwatchError
from common.ports.detector import DetectOptions
from common.settings import Settings
from maskwatch.benchmarks.options import REPEATS, BenchOptions
from model_api.arrays import Batch, Floats
from model_api.engines import open_engine
from model_api.engines.choose import DEVICES, EngineName, choose
from model_api.engines.engine import Engine, infer_rows
from model_api.load import Loaded, load_models
from model_api.pipeline import Request
from model_api.sharing import SharingPipeline

SLOW = ("torch",)  # on a CPU: measured beside the others by the part `engines`, and where it is named


@dataclass(frozen=True, kw_only=True)
class Call:
    """A network was run."""

    network: str  # the folder of its model, such as yoloface-server
    pictures: Batch  # what it was given
    again: Callable[[Engine], object]  # the same question to an engine
    start: float  # seconds of the performance counter
    end: float

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return 1000 * (self.end - self.start)


@dataclass(kw_only=True)
class WatchedEngine:
    """Runs another engine, and remembers every call while somebody wants to know."""

    engine: Engine
    network: str
    lanes: int = 1  # that run it at once
    calls: list[Call] = field(default_factory=list)
    is_watched: bool = False

    @property
    def outputs(self) -> Sequence[str]:
        """Of the engine."""
        return self.engine.outputs

    def __getattr__(self, name: str) -> Any:
        """Whatever else the engine has."""
        return getattr(self.engine, name)

    def infer(self, pictures: Batch) -> Mapping[str, Floats]:
        """As the engine does."""
        with self._watching(pictures, lambda engine: engine.infer(pictures)):
            return self.engine.infer(pictures)

    def infer_rows(self, pictures: Batch, *, by: str, least: float) -> Sequence[Mapping[str, Floats]]:
        """As the engine does, or as is done for it."""
        with self._watching(pictures, lambda engine: infer_rows(engine, pictures, by=by, least=least)):
            return infer_rows(self.engine, pictures, by=by, least=least)

    @contextmanager
    def _watching(self, pictures: Batch, again: Callable[[Engine], object]) -> Iterator[None]:
        start = time.perf_counter()
        yield
        if self.is_watched:
            end = time.perf_counter()
            self.calls.append(Call(network=self.network, pictures=pictures, again=again, start=start, end=end))


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Loaded models whose engines can be watched."""

    engine: str
    settings: Settings
    loaded: Loaded
    engines: tuple[WatchedEngine, ...]

    @property
    def lanes(self) -> int:
        """How many batches are in work at once when many ask."""
        return self.loaded.lanes

    def run(self, pictures: Sequence[bytes], *, variant: str) -> list[PictureResult]:
        """The whole pipeline, on one batch."""
        options = DetectOptions(variant=variant)
        return self.loaded.pipeline.run([Request(data=data, options=options) for data in pictures])

    def watched_run(self, pictures: Sequence[bytes], *, variant: str) -> tuple[list[Call], list[PictureResult]]:
        """The same, and what the networks were asked meanwhile, in the order of time."""
        for engine in self.engines:
            engine.calls.clear()
            engine.is_watched = True
        results = self.run(pictures, variant=variant)
        for engine in self.engines:
            engine.is_watched = False
        calls = [call for engine in self.engines for call in engine.calls]
        return sorted(calls, key=lambda call: call.start), results

    def calls_of(self, pictures: Sequence[bytes], *, variant: str) -> list[Call]:
        """What the networks are asked for one batch."""
        return self.watched_run(pictures, variant=variant)[0]

    def calls_of_lane(self, pictures: Sequence[bytes], *, variant: str) -> list[Call]:
        """The same when other batches are in work, too."""
        pipeline = self.loaded.pipeline
        beside = pipeline.beside if isinstance(pipeline, SharingPipeline) else pipeline
        return replace(self, loaded=replace(self.loaded, pipeline=beside)).calls_of(pictures, variant=variant)

    def infer_again(self, calls: Sequence[Call], *, lanes: int = 1) -> None:
        """The same work for the networks, without anything around it, in the engines for so many lanes."""
        by_network = {engine.network: engine.engine for engine in self.engines if engine.lanes == lanes}
        for call in calls:
            call.again(by_network[call.network])

    def in_lanes(self, work: Callable[[], object], *, times: int) -> None:
        """The same work so often, by all lanes at once."""
        with ThreadPoolExecutor(max_workers=self.lanes) as pool:
            for done in [pool.submit(work) for _ in range(times)]:
                done.result()

    def seconds_again(self, call: Call) -> list[float]:
        """How long that call takes, some times."""
        return in_turns({"call": lambda: self.infer_again([call])}, repeats=REPEATS)["call"]


def names(options: BenchOptions) -> tuple[EngineName, ...]:
    """The engines that are measured: those that were named, else those of this device that are fast enough to serve.

    Raises InvalidInput for a name that no engine has.
    """
    unknown = set(options.engines) - set(DEVICES)
    if unknown:
        raise InvalidInput(f"no engine {', '.join(sorted(unknown))}; known: {', '.join(DEVICES)}")
    if options.engines:
        return tuple(name for name in DEVICES if name in options.engines)
    device = choose("auto", options.settings.device).device
    fit = [name for name, devices in DEVICES.items() if device in devices]
    return tuple(name for name in fit if device != "cpu" or name not in SLOW)


def served_by_default(options: BenchOptions) -> EngineName:
    """The engine of the settings; the only one of the long parts, unless one is named."""
    return names(options)[0] if options.engines else choose(options.settings.engine, options.settings.device).engine


@contextmanager
def opened(
    options: BenchOptions, engines: Sequence[EngineName]
) -> Iterator[tuple[list[Watched], dict[EngineName, str]]]:
    """The models in each of these engines, and why the others do not start here."""
    watched: list[Watched] = []
    refused: dict[EngineName, str] = {}
    with ExitStack() as stack:
        for name in engines:
            try:
                watched.append(_open(options.settings.model_copy(update={"engine": name}), name))
            except MaskwatchError as exc:
                refused[name] = str(exc)
            else:
                stack.callback(watched[-1].loaded.pipeline.close)
        yield watched, refused


def _open(settings: Settings, name: str) -> Watched:
    engines: list[WatchedEngine] = []

    def open_watched(path: Path, **options: Any) -> WatchedEngine:
        engine, lanes = open_engine(path, **options), options.get("lanes", 1)
        engines.append(WatchedEngine(engine=engine, network=path.parents[1].name, lanes=lanes))
        return engines[-1]

    # Loading has no other need of a seam here, and what is measured is then the very pipeline that serves.
    with patch("model_api.load.open_engine", open_watched):
        loaded = load_models(settings)
    return Watched(engine=name, settings=settings, loaded=loaded, engines=tuple(engines))
