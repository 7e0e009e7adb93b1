"""The all-in-one process ends orderly also when what it stands on is away."""

from __future__ import annotations

import threading
from dataclasses import replace

from common.errors import Unavailable
from common.ports.broker import QueueState
from common.settings import Settings
from maskwatch.embedded import Embedded
from maskwatch.wiring import open_adapters


class Silent:
    """A broker that works until somebody asks how its queues stand."""

    def __init__(self, broker) -> None:
        self._broker = broker

    def __getattr__(self, name: str):
        return getattr(self._broker, name)

    def state(self, queue: str) -> QueueState:
        raise Unavailable(f"the broker does not answer for {queue}")


def test_a_broker_that_is_away_at_the_end_keeps_neither_the_workers_nor_the_summary(tmp_path, capsys):
    settings = Settings(_env_file=None, data=tmp_path, port=0)
    adapters = open_adapters(settings)
    adapters.repository.upgrade()
    silent = replace(adapters, broker=Silent(adapters.broker))
    summary = Embedded(settings=settings, adapters=silent, one_time_login=False).run(threading.Event(), seconds=1)
    adapters.close()
    assert summary.lost == 0
    assert "0 lost" in capsys.readouterr().out
    workers = {"processor", "analyzer", "console", "grabber"}
    assert not workers & {thread.name for thread in threading.enumerate()}
