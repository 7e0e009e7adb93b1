"""A lone caller: what the server adds to a direct call, and how long a turnstile waits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.calling import Callers, calling, in_closed_loop
from bench.engines import Watched, opened, served_by_default
from bench.model.goals import ADDED_MS, GATE_P99_MS
from bench.pictures import crowd, in_turn, turnstile
from bench.serving import ModelServer, model_server
from bench.timing import median, percentile, seconds_of
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report

PAIRS = 40  # each a direct call and a request
GATE_REQUESTS = 300


def measure_alone(options: BenchOptions) -> Report:
    """Milliseconds that HTTP adds in each variant, and the gate's p99."""
    name = served_by_default(options)
    with (
        calling() as callers,
        model_server(options.settings, engine=name) as server,
        opened(options, [name]) as (engines, _),
    ):
        figures = [*_gate(server, callers, options)]
        for engine in engines:
            for variant in engine.loaded.pipeline.variants:
                figures += _added(engine, variant, server, callers, options)
    return Report(name="alone", figures=tuple(figures))


def _added(
    engine: Watched, variant: str, server: ModelServer, callers: Callers, options: BenchOptions
) -> Iterator[Figure]:
    direct, served = [], []
    pairs = 3 if options.is_quick else PAIRS
    for picture in in_turn(crowd().pictures, pairs + 1):
        direct.append(1000 * seconds_of(partial(engine.run, [picture], variant=variant)))
        target = server.target(f"/v1/predict?variant={variant}", (picture,))
        answers = callers.call(in_closed_loop, target, clients=1, requests=2).result()
        served.append(1000 * answers[1].seconds)  # the first one also opened the connection
    del direct[0], served[0]  # nothing is warm yet
    name, how = f"alone.{variant}", f"JPEG {crowd().name}, median of {pairs}, in turns"
    yield Figure(name=f"{name}.direct", value=median(direct), unit="ms", how=how)
    yield Figure(name=f"{name}.http", value=median(served), unit="ms", how=f"{how}; one client, kept connection")
    added = median(served) - median(direct)
    yield Figure(name=f"{name}.added", value=added, unit="ms", how="http - direct", goal=ADDED_MS)


def _gate(server: ModelServer, callers: Callers, options: BenchOptions) -> Iterator[Figure]:
    requests = 10 if options.is_quick else GATE_REQUESTS
    target = server.target("/v1/gate", turnstile().pictures)
    answers = callers.call(in_closed_loop, target, clients=1, requests=requests + 1).result()[1:]
    spent = [1000 * answer.seconds for answer in answers if answer.status == 200]
    how = f"JPEG {turnstile().name}, {len(spent)} answers to one client, {options.settings.variant}"
    yield Figure(name="gate.p50", value=percentile(spent, 50), unit="ms", how=how)
    yield Figure(name="gate.p99", value=percentile(spent, 99), unit="ms", how=how, goal=GATE_P99_MS)
