"""Many callers over HTTP, beside the same engine without a server: how much does serving cost?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from bench.calling import Answer, Callers, calling, in_closed_loop
from bench.engines import Watched, names, opened
from bench.model.goals import BATCHED, CLIENTS, HTTP_SHARE
from bench.pictures import crowd, in_turn
from bench.serving import PATIENT, ModelServer, model_server
from bench.timing import in_turns, median, percentile
from common.errors import Unavailable
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report
from model_api.local import MOST_PICTURES

REQUESTS = 16 * CLIENTS  # of one run; its beginning and its end, when a lane rests, hardly count
IN_PROCESS = 32  # pictures of one run without HTTP
TOGETHER = 8  # in a batch that has all cores


def measure_batched(options: BenchOptions) -> Report:
    """Pictures per second of each engine and variant: over HTTP, of the networks alone, of the pipeline in process."""
    figures: list[Figure] = []
    models: set[str] = set()
    with calling() as callers, opened(options, names(options)) as (engines, _):
        for engine in engines:
            models |= engine.loaded.ids
            with model_server(options.settings, engine=engine.engine, queue_seconds=PATIENT) as server:
                for variant in BATCHED:
                    if variant in engine.loaded.pipeline.variants:
                        options.say(f"  {variant}, {engine.engine}")
                        figures += _Comparison(engine, variant, callers, server, options).figures()
    return Report(name="batched", figures=tuple(figures), models=tuple(models))


@dataclass
class _Comparison:
    """One variant in one engine, with a server around it and without."""

    engine: Watched
    variant: str
    callers: Callers
    server: ModelServer
    options: BenchOptions
    answers: list[Answer] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """Of one run over HTTP."""
        return CLIENTS if self.options.is_quick else REQUESTS

    def figures(self) -> list[Figure]:
        """All of it."""
        before = self.server.metrics()
        spent = in_turns({"http": self._over_http, **self._without_http()}, repeats=self.options.repeats)
        after = self.server.metrics()
        rates = {name: IN_PROCESS / median(seconds) for name, seconds in spent.items()}
        rates["http"] = self.requests / median(spent["http"])
        rates["networks"] = max(rates["networks_together"], rates["networks_in_lanes"])
        found = [*self._rates(rates), *self._latencies(), _mean_batch(before, after)]
        return [figure.under(f"batched.{self.variant}.{self.engine.engine}") for figure in found]

    def _without_http(self) -> dict[str, Callable[[], None]]:
        """The networks in both ways that the engine can run them, and the pipeline."""
        engine, lanes = self.engine, self.engine.lanes
        batch = in_turn(crowd().pictures, MOST_PICTURES)
        calls = engine.calls_of_lane(batch, variant=self.variant)
        large = engine.calls_of(in_turn(crowd().pictures, TOGETHER), variant=self.variant)

        def together() -> None:
            for _ in range(IN_PROCESS // TOGETHER):
                engine.infer_again(large)

        batches = IN_PROCESS // MOST_PICTURES
        return {
            "networks_together": together,
            "networks_in_lanes": lambda: engine.in_lanes(
                partial(engine.infer_again, calls, lanes=lanes), times=batches
            ),
            "pipeline": lambda: engine.in_lanes(partial(engine.run, batch, variant=self.variant), times=batches),
        }

    def _over_http(self) -> None:
        target = self.server.target(f"/v1/predict?variant={self.variant}", crowd().pictures)
        answers = self.callers.call(in_closed_loop, target, clients=CLIENTS, requests=self.requests).result()
        wrong = {answer.status for answer in answers} - {200}
        if wrong:
            raise Unavailable(f"the server did not answer all requests of {CLIENTS} clients: HTTP {sorted(wrong)}")
        self.answers += answers

    def _rates(self, rates: dict[str, float]) -> Iterator[Figure]:
        turns = f"median of {self.options.repeats}, in turns"
        http = f"JPEG {crowd().name}, {CLIENTS} clients, {self.requests} requests, {turns}"
        yield Figure(name="http", value=rates["http"], unit="pictures/s", how=http, goal=BATCHED[self.variant])
        lanes = f"batches of {MOST_PICTURES} in {self.engine.lanes} lanes"
        raw = {
            "networks_together": f"ready tensors, batches of {TOGETHER} on all cores",
            "networks_in_lanes": f"ready tensors, {lanes}",
            "networks": "the better of both",
            "pipeline": f"JPEG to result, in process, {lanes}",
        }
        for name, how in raw.items():
            yield Figure(name=name, value=rates[name], unit="pictures/s", how=f"{how}, {turns}")
        for name in ("networks", "pipeline"):
            share = rates["http"] / rates[name]
            yield Figure(name=f"http_over_{name}", value=share, unit="", how="of the above", goal=HTTP_SHARE)

    def _latencies(self) -> Iterator[Figure]:
        spent = [1000 * answer.seconds for answer in self.answers]
        for share in (50, 95, 99):
            how = f"of {len(spent)} of these requests"
            yield Figure(name=f"p{share}", value=percentile(spent, share), unit="ms", how=how)


def _mean_batch(before: dict[str, float], after: dict[str, float]) -> Figure:
    pictures, batches = (
        after[f"maskwatch_batch_size_{of}"] - before[f"maskwatch_batch_size_{of}"] for of in ("sum", "count")
    )
    return Figure(name="mean_batch", value=pictures / batches, unit="pictures", how="by the server's metrics")
