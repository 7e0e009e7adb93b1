"""Thousands of requests: does the server's memory grow, does any request fail?"""

from __future__ import annotations

import time
from itertools import pairwise

from bench.calling import Answer, calling, in_closed_loop
from bench.engines import served_by_default
from bench.model.goals import MEMORY_GROWTH, NO_ERRORS
from bench.pictures import small
from bench.serving import PATIENT, ModelServer, model_server
from bench.timing import median
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report

CLIENTS = 8
WARM_UP = 64  # requests before the first quarter: engines prepare themselves for batches as they come
QUICK_REQUESTS = 80
SAMPLED_SECONDS = 0.1
MIB = 2**20
Sample = tuple[float, int]  # when, by the monotonic clock, and the bytes resident then


def measure_long_run(options: BenchOptions) -> Report:
    """Resident memory in each quarter of the requests, and how many were not answered."""
    requests = min(options.requests, QUICK_REQUESTS) if options.is_quick else options.requests
    engine = served_by_default(options)
    with calling() as callers, model_server(options.settings, engine=engine, queue_seconds=PATIENT) as server:
        target = server.target("/v1/predict?variant=lite", small().pictures)
        callers.call(in_closed_loop, target, clients=CLIENTS, requests=WARM_UP).result()
        running = callers.call(in_closed_loop, target, clients=CLIENTS, requests=requests)
        samples = []
        while not running.done():
            samples += _sampled(server)
            time.sleep(SAMPLED_SECONDS)
        answers = running.result()
    how = f"{requests:,} requests by {CLIENTS} clients, JPEG {small().name}, lite"
    errors = sum(answer.status != 200 for answer in answers)
    failed = Figure(name="long_run.errors", value=errors, unit="requests", how=how, goal=NO_ERRORS)
    return Report(name="long run", figures=(failed, *_memory(_quarters(samples, answers), how)))


def _sampled(server: ModelServer) -> list[Sample]:
    held = server.resident_bytes()
    return [] if held is None else [(time.monotonic(), held)]


def _quarters(samples: list[Sample], answers: list[Answer]) -> list[list[int]]:
    """The samples while each quarter of the requests was answered."""
    done = sorted(answer.done for answer in answers)
    edges = [samples[0][0] if samples else 0.0, *(done[(len(done) - 1) * part // 4] for part in (1, 2, 3, 4))]
    return [[held for moment, held in samples if start <= moment <= end] for start, end in pairwise(edges)]


def _memory(quarters: list[list[int]], how: str) -> list[Figure]:
    if not all(quarters):
        why = "the system does not tell, or a quarter was too short to look"
        return [Figure(name="long_run.growth", value=None, unit="", how=why, goal=MEMORY_GROWTH)]
    levels = [median(held) / MIB for held in quarters]
    figures = [
        Figure(name=f"long_run.quarter_{number}", value=level, unit="MiB", how=f"resident, median; {how}")
        for number, level in enumerate(levels, start=1)
    ]
    growth = levels[3] / levels[1] - 1
    return [
        *figures,
        Figure(name="long_run.growth", value=growth, unit="", how="quarter 4 over 2, less 1", goal=MEMORY_GROWTH),
    ]
