"""`maskwatch bench units`: what one shot costs processor, analyzer, database, broker and Redis; for docs/scaling.md."""

from __future__ import annotations

import json

from bench.units.coordination import measure_coordination
from bench.units.database import measure_database
from bench.units.processor import measure_processor
from bench.units.samples import job, prediction, shot
from common.messages import encode
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report
from maskwatch.cli.bench import CHECKOUT

SHOTS, QUICK_SHOTS = 500, 20
CALLS, QUICK_CALLS = 2000, 20
NO_SERVERS = "needs the real servers: deploy/dev/services up"


def bench(options: BenchOptions) -> Report:
    """Bytes of the messages; statements, bytes and time of the database; Redis' time for each kind of request."""
    figures = _messages()
    path = CHECKOUT / ".dev" / "services.json"
    if not path.exists():
        return Report(name="units", figures=(*figures, Figure(name="servers", value=None, unit="", how=NO_SERVERS)))
    status = json.loads(path.read_text(encoding="ascii"))
    options.say("units: PostgreSQL …")
    shots = QUICK_SHOTS if options.is_quick else SHOTS
    figures += measure_database(status, shots=shots)
    options.say("units: the processor …")
    figures += measure_processor(status, shots=shots)
    options.say("units: Redis …")
    figures += measure_coordination(status, calls=QUICK_CALLS if options.is_quick else CALLS)
    return Report(name="units", figures=tuple(figures))


def _messages() -> list[Figure]:
    sizes = {
        "job": (encode(job(1)), "a Job"),
        "shot": (encode(shot(1)), "a Shot, taken"),
        "prediction_0": (encode(prediction(1, faces=0)), "a Prediction without a face"),
        "prediction_2": (encode(prediction(1, faces=2)), "a Prediction of two faces"),
    }
    return [
        Figure(name=f"message.{name}", value=len(body), unit="bytes", how=f"{how}, without AMQP's own")
        for name, (body, how) in sizes.items()
    ]
