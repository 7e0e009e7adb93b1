"""Two replicas, one of them killed every few seconds: what differs from a run that nobody disturbed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer_process import AnalyzerProcess
from passers_by import pictures
from told_history import Told, furnish, read, undisturbed, untold

from bench.analyzer.plant import BEGINNING, INTERVAL, Publisher, busy_places, camera_ids, plant, soon
from common.adapters.open import open_repository
from common.domain.prediction import Prediction
from maskwatch.benchmarks.report import Figure, below

HALF = 2  # of the pace that one analyzer must keep: its start and the other's work have to fit in


def measure_kills(status: Mapping[str, str], *, seconds: float, every: float) -> list[Figure]:
    """SIGKILL in turns while predictions come; then history and messages beside those of an undisturbed run."""
    with plant(status) as made, made.replicas("first", "second") as both:
        for each in both:
            each.start()
        places = busy_places(seconds)[::HALF]
        coming = pictures(places, start=soon(), seconds=seconds, interval=INTERVAL)
        publisher = Publisher(made.broker, coming)
        publisher.start()
        kills = _kill(both, seconds=seconds, every=every)
        publisher.join()
        made.wait_until(predicted=len(coming))
        shares = [each.cpu_seconds for each in both]
        found, lost = read(made.repository), untold(made.repository)
    expected = _expected(coming)
    how = f"{len(coming)} predictions in {seconds:g} s, {kills} kills; RabbitMQ, PostgreSQL, Redis on this machine"
    differ = _differences(found, expected)
    return [
        *(
            Figure(name=f"kills.{name}", value=count, unit="rows that differ", how=f"{how}; of {total}", goal=below(1))
            for name, (count, total) in differ.items()
        ),
        Figure(name="kills.untold", value=len(lost), unit="alerts", how=f"{how}; in no message", goal=below(1)),
        Figure(
            name="replicas.share",
            value=100 * min(shares) / sum(shares),
            unit="%",
            how=f"{how}; of both replicas' processor time the smaller part",
        ),
    ]


def _kill(both: Sequence[AnalyzerProcess], *, seconds: float, every: float) -> int:
    kills, end = 0, time.monotonic() + seconds
    for replica in cycle(both):
        time.sleep(every)
        if time.monotonic() >= end:
            break
        replica.kill()
        replica.start()
        kills += 1
    return kills


def _expected(predictions: Sequence[Prediction]) -> Told:
    with TemporaryDirectory() as folder:
        alone = open_repository(f"sqlite:///{Path(folder)}/alone.db")
        try:
            furnish(alone, camera_ids(), at=BEGINNING)
            return undisturbed(alone, predictions)
        finally:
            alone.close()


def _differences(found: Told, expected: Told) -> dict[str, tuple[int, int]]:
    """Of each part, how many rows are in one of the two only, and how many there should be."""
    return {name: (len(_only_in_one(getattr(found, name), rows)), len(rows)) for name, rows in vars(expected).items()}


def _only_in_one(some: Sequence[object], others: Sequence[object]) -> set[str]:
    return {repr(each) for each in some} ^ {repr(each) for each in others}
