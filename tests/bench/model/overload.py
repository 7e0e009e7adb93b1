"""Four times more than it can do: who is answered, how late, who is refused, how fast, and how long it is felt."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bench.calling import Answer, Callers, calling, in_closed_loop, in_open_loop
from bench.engines import served_by_default
from bench.model.goals import CLIENTS, NO_ERRORS, OVERLOAD, OVERLOAD_P95, RECOVERY_SECONDS
from bench.pictures import crowd
from bench.serving import PATIENT, ModelServer, model_server
from bench.timing import median, percentile
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report

ANSWERED, REFUSED = 200, 503
UNLOADED_REQUESTS = 60
CAPACITY_REQUESTS = 8 * CLIENTS
QUICK_SECONDS = 2.0
LONGEST_RECOVERY = 30.0  # seconds; who has not recovered by then does not


@dataclass(frozen=True, kw_only=True)
class _Calm:
    """The server while nothing is too much."""

    capacity: float  # pictures per second
    median: float  # seconds of a lone caller's request
    p95: float


def measure_overload(options: BenchOptions) -> Report:
    """With the settings as they are."""
    with calling() as callers:
        serve = partial(model_server, options.settings, engine=served_by_default(options))
        with serve(queue_seconds=PATIENT) as server:
            calm = _calm(server, callers, options)
        figures = [
            Figure(name="capacity", value=calm.capacity, unit="pictures/s", how=f"{CLIENTS} clients, {_what(options)}")
        ]
        figures.append(
            Figure(name="unloaded_p95", value=1000 * calm.p95, unit="ms", how=f"one client, {_what(options)}")
        )
        with serve(queue_seconds=options.settings.queue_seconds) as server:
            figures += _overloaded(server, callers, calm, options)
    return Report(name="overload", figures=tuple(figure.under("overload") for figure in figures))


def _what(options: BenchOptions) -> str:
    return f"JPEG {crowd().name}, {options.settings.variant}"


def _calm(server: ModelServer, callers: Callers, options: BenchOptions) -> _Calm:
    target = server.target("/v1/predict", crowd().pictures)
    alone = UNLOADED_REQUESTS // (10 if options.is_quick else 1)
    crowded = CAPACITY_REQUESTS // (8 if options.is_quick else 1)
    callers.call(in_closed_loop, target, clients=CLIENTS, requests=CLIENTS).result()
    spent = [answer.seconds for answer in callers.call(in_closed_loop, target, clients=1, requests=alone).result()]
    answers = callers.call(in_closed_loop, target, clients=CLIENTS, requests=crowded).result()
    took = max(answer.done for answer in answers) - min(answer.sent for answer in answers)
    return _Calm(capacity=len(answers) / took, median=median(spent), p95=percentile(spent, 95))


def _overloaded(server: ModelServer, callers: Callers, calm: _Calm, options: BenchOptions) -> Iterator[Figure]:
    seconds = min(options.overload_seconds, QUICK_SECONDS) if options.is_quick else options.overload_seconds
    rate = OVERLOAD * calm.capacity
    target = server.target("/v1/predict", crowd().pictures)
    callers.call(in_closed_loop, target, clients=1, requests=CLIENTS).result()  # it learns how fast it is
    answers = callers.call(in_open_loop, target, per_second=rate, seconds=seconds).result()
    recovered = _recovery(server, callers, calm, since=max(answer.due for answer in answers))
    how = f"{rate:.3g} requests/s for {seconds:g} s"
    yield from _answered([answer for answer in answers if answer.status == ANSWERED], seconds, calm, how)
    refused = [1000 * answer.seconds for answer in answers if answer.status == REFUSED]
    yield Figure(name="refused", value=len(refused) / len(answers), unit="", how=f"HTTP 503, share of all; {how}")
    yield Figure(name="refused_p95", value=percentile(refused, 95), unit="ms", how="until the 503 was there")
    other = sum(answer.status not in (ANSWERED, REFUSED) for answer in answers)
    yield Figure(name="errors", value=other, unit="requests", how="neither answered nor refused", goal=NO_ERRORS)
    yield Figure(
        name="recovery",
        value=recovered,
        unit="s",
        how="until a lone request takes as long as before",
        goal=RECOVERY_SECONDS,
    )
    late = percentile([1000 * (answer.sent - answer.due) for answer in answers], 99)
    yield Figure(name="callers_late_p99", value=late, unit="ms", how="how late the callers sent: the schedule was kept")


def _answered(answers: Sequence[Answer], seconds: float, calm: _Calm, how: str) -> Iterator[Figure]:
    p95 = percentile([answer.seconds for answer in answers], 95)
    end = max((answer.due for answer in answers), default=0.0)  # what is worked off afterwards is no throughput
    rate = sum(answer.done <= end for answer in answers) / seconds
    yield Figure(name="answered", value=rate, unit="pictures/s", how=how)
    yield Figure(name="answered_p95", value=1000 * p95, unit="ms", how=how)
    yield Figure(name="p95_ratio", value=p95 / calm.p95, unit="", how="answered over unloaded p95", goal=OVERLOAD_P95)


def _recovery(server: ModelServer, callers: Callers, calm: _Calm, *, since: float) -> float | None:
    """Seconds until a request sent then is answered as fast as an unloaded one; None when that does not come."""
    target = server.target("/v1/predict", crowd().pictures)
    while time.monotonic() - since < LONGEST_RECOVERY:
        (answer,) = callers.call(in_closed_loop, target, clients=1, requests=1).result()
        if answer.status == ANSWERED and answer.seconds <= max(calm.p95, 1.2 * calm.median):
            return answer.sent - since
        time.sleep(0.02)
    return None
