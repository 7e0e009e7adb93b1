"""`maskwatch bench analyzer`: how many predictions a minute, how soon an alert, and what a kill -9 changes."""

from __future__ import annotations

import json

from bench.analyzer.kills import measure_kills
from bench.analyzer.pace import measure_alerts, measure_pace
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report
from maskwatch.cli.bench import CHECKOUT

NO_SERVERS = "needs the real servers: deploy/dev/services up"


def bench(options: BenchOptions) -> Report:
    """`--only pace`, `--only alerts`, `--only kills`; on RabbitMQ, PostgreSQL and Redis beside it on this machine."""
    path = CHECKOUT / ".dev" / "services.json"
    if not path.exists():
        return Report(name="analyzer", figures=(Figure(name="servers", value=None, unit="", how=NO_SERVERS),))
    status, quick = json.loads(path.read_text(encoding="ascii")), options.is_quick
    figures: list[Figure] = []
    if options.takes("pace"):
        options.say("analyzer: as many predictions as it can take …")
        figures += measure_pace(status, predictions=600 if quick else 20_000)
    if options.takes("alerts"):
        options.say("analyzer: 10,000 predictions a minute …")
        figures += measure_alerts(status, seconds=10 if quick else 120)
    if options.takes("kills"):
        options.say("analyzer: two replicas, one of them killed every 10 s …")
        figures += measure_kills(status, seconds=20 if quick else 120, every=5 if quick else 10)
    return Report(name="analyzer", figures=tuple(figures))
