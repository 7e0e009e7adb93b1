"""Tells the others that this worker is alive, and how busy it is."""

from __future__ import annotations

import threading

import structlog

from common.errors import Unavailable
from common.ports.coordination import Coordination
from common.runtime.load import LoadMeter, tell_load
from common.runtime.service import Run

log = structlog.get_logger(__name__)

TTL_SECONDS = 15.0  # a dead worker disappears from the system page after this
EVERY_SECONDS = 5.0  # two heartbeats may get lost


def heartbeat(coordination: Coordination, *, group: str, member: str, meter: LoadMeter) -> Run:
    """A loop that announces `member` in `group` until it is told to stop, then withdraws it."""

    def run(stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                load = meter.read()
                coordination.announce(group, member, ttl=TTL_SECONDS, info=str(load))
                tell_load(coordination, load, group=group, member=member, ttl=TTL_SECONDS)
            except Unavailable as exc:
                log.warning("heartbeat.missed", group=group, error=str(exc))
            stop.wait(EVERY_SECONDS)
        try:
            coordination.withdraw(group, member)
        except Unavailable:
            log.info("heartbeat.left_to_lapse", group=group)

    return run
