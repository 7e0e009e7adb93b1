"""Everything in one process: the same services on whatever adapters the settings name."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import ExitStack
from datetime import datetime

import structlog

from analyzer.defaults import ensure_default_rules
from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.rule import Rule
from common.errors import Unavailable
from common.messages import JOBS, PREDICTIONS, SHOTS
from common.ports.clock import utc_now
from common.ports.detector import Detector
from common.runtime.service import Group, Run
from common.settings import Settings
from console.server import ConsoleServer
from console.users import ADMIN, change_password, ensure_admin
from maskwatch import wiring
from maskwatch.heartbeat import heartbeat
from maskwatch.summary import Summary, summarize

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 20.0  # longest wait for what is queued when the run ends
POLL_SECONDS = 0.1


class Embedded:
    """The all-in-one process."""

    def __init__(self, *, settings: Settings, adapters: wiring.Adapters, one_time_login: bool) -> None:
        """`one_time_login`: give `admin` a new password at every start and print it (the demo)."""
        self._settings = settings
        self._adapters = adapters
        self._one_time_login = one_time_login

    def run(self, stop: threading.Event, *, seconds: float | None) -> Summary:
        """Watch until `stop` is set or `seconds` have passed; finish what is queued; print and return the summary."""
        began, repository = utc_now(), self._adapters.repository
        with ExitStack() as stack:
            detector = wiring.open_detector(self._settings, is_live=True)
            stack.callback(detector.close)
            watching = Group({"grabber": wiring.grabber_service(self._settings, self._adapters).run})
            looks = wiring.console_looks(self._settings, detector=detector)
            server = ConsoleServer(
                wiring.console_app(self._settings, self._adapters, looks),
                host=self._settings.host,
                port=self._settings.port,
            )
            working = Group({"console": server.run, **self._working(detector)})
            print(self._greeting(server.port), flush=True)
            working.start()
            watching.start()
            _wait(stop, (working, watching), seconds)
            print("stopping: finishing what is queued …", flush=True)
            try:
                watching.stop(timeout=self._settings.stop_seconds)
                self._drain()
            finally:
                working.stop(timeout=self._settings.stop_seconds)
        summary = summarize(repository, since=began)
        print("\n".join(summary.lines()), flush=True)
        return summary

    def _working(self, detector: Detector) -> dict[str, Run]:
        adapters, settings = self._adapters, self._settings
        member = wiring.replica_name(settings)
        workers = {
            "processor": wiring.processor_service(settings, adapters, detector),
            "analyzer": wiring.analyzer_service(settings, adapters, on_alert=print_alert),
        }
        beats = {
            f"{name}s": heartbeat(adapters.coordination, group=f"{name}s", member=member, meter=worker.load)
            for name, worker in workers.items()
        }
        return {name: worker.run for name, worker in workers.items()} | beats

    def _greeting(self, port: int) -> str:
        repository, settings = self._adapters.repository, self._settings
        ensure_default_rules(repository)
        chosen = settings.admin_password.get_secret_value()
        password = ensure_admin(repository, chosen)
        if self._one_time_login and password is None and not chosen:
            password = secrets.token_urlsafe(12)
            change_password(repository, ADMIN, password)
        with repository.begin() as unit:
            cameras = unit.cameras.list(enabled=True)
        lines = [f"page       http://{settings.host}:{port}"]
        if password is not None:
            lines.append(f"login      admin / {password}")
        lines += [f"camera     {camera.name}: every {camera.interval_seconds:g} s" for camera in cameras]
        return "\n".join(lines if cameras else [*lines, "camera     none yet: add one on the page"])

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        broker = self._adapters.broker
        try:
            while time.monotonic() < deadline:
                states = [broker.state(queue) for queue in (JOBS, PREDICTIONS, SHOTS)]
                if not any(state.ready + state.unacked for state in states):
                    return
                time.sleep(POLL_SECONDS)
        except Unavailable as exc:
            log.warning("drain.cut_short", error=str(exc))  # what is queued is worked on at the next start


def _wait(stop: threading.Event, groups: tuple[Group, ...], seconds: float | None) -> None:
    deadline = None if seconds is None else time.monotonic() + seconds
    while not stop.wait(POLL_SECONDS):
        if any(group.stopping.is_set() for group in groups):
            return
        if deadline is not None and time.monotonic() >= deadline:
            return


def print_alert(alert: Alert, camera: Camera, rule: Rule) -> None:
    """One line per change of an alert."""
    is_over = alert.state is AlertState.RESOLVED and alert.resolved_at is not None
    at: datetime = alert.resolved_at if is_over and alert.resolved_at else alert.fired_at
    word = "RESOLVED" if is_over else "ALERT"
    print(f"{at.astimezone():%H:%M:%S}  {word:<8}  {camera.name}: {alert.summary}  [{rule.name}]", flush=True)
