"""One service per process, settings from the environment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

import structlog

from common.adapters.open import open_coordination
from common.domain.load import MODEL_APIS
from common.errors import Unavailable
from common.runtime.health import HealthServer
from common.runtime.service import Group, Run, stop_on_signals
from common.settings import Settings
from maskwatch import wiring
from maskwatch.cli.state import start
from maskwatch.heartbeat import heartbeat

log = structlog.get_logger(__name__)

# How often the main thread looks up: the kernel may hand a signal to another thread, as it does to a process that stood
# still, and Python's handler then runs only once the main thread moves.
SIGNAL_SECONDS = 1.0

Built = TypeVar("Built", bound=wiring.Service)


def grabber() -> None:
    """Take shots of this replica's share of the cameras."""
    _run("grabber", wiring.grabber_service)


def processor() -> None:
    """Take jobs through the models."""

    def build(settings: Settings, adapters: wiring.Adapters) -> wiring.Worker:
        return wiring.processor_service(settings, adapters, wiring.open_detector(settings, is_live=True))

    _run_worker("processor", build)


def analyzer() -> None:
    """Turn predictions into events, alerts and statistics."""
    _run_worker("analyzer", wiring.analyzer_service)


def model_api() -> None:
    """Serve the models over HTTP, on MASKWATCH_HOST and MASKWATCH_MODEL_API_PORT (127.0.0.1:8500).

    /docs there lists every address; `maskwatch config show` lists every setting.
    """
    from model_api.app import create_app
    from model_api.local import open_local_detector
    from model_api.server import serve

    settings = start("model-api")
    stop = threading.Event()
    stop_on_signals(stop)
    detector = open_local_detector(settings, is_live=True)
    coordination = open_coordination(settings.coordination)  # where nobody else is, nobody hears of its load
    beat = heartbeat(coordination, group=MODEL_APIS, member=wiring.replica_name(settings), meter=detector.load)
    beating = threading.Thread(target=beat, args=(stop,), name="heartbeat", daemon=True)
    beating.start()
    try:
        serve(create_app(detector, settings), host=settings.host, port=settings.model_api_port, stop=stop)
    finally:
        stop.set()
        beating.join()
        coordination.close()
        detector.close()


def console() -> None:
    """Serve the operator's API and pages, on MASKWATCH_HOST and MASKWATCH_PORT (127.0.0.1:8000)."""
    from console.server import ConsoleServer
    from console.users import ensure_admin

    settings = start("console")
    stop = threading.Event()
    stop_on_signals(stop)
    with closing(wiring.open_adapters(settings)) as adapters, closing(wiring.console_looks(settings)) as looks:
        app = wiring.console_app(settings, adapters, looks)  # first: without its key nobody is told a password
        try:
            generated = ensure_admin(adapters.repository, settings.admin_password.get_secret_value())
        except Unavailable:
            adapters.repository.check()  # where only the schema is missing: says so, and what to do
            raise
        if generated:
            print(f"First login: admin / {generated}", flush=True)
        server = ConsoleServer(app, host=settings.host, port=settings.port)
        log.info("service.started", port=server.port)
        server.run(stop)
        log.info("service.stopped")


def _run_worker(name: str, build: Callable[[Settings, wiring.Adapters], wiring.Worker]) -> None:
    """A service that does not know of the others: its heartbeat runs beside it."""

    def beat(settings: Settings, adapters: wiring.Adapters, worker: wiring.Worker) -> dict[str, Run]:
        member = wiring.replica_name(settings)
        return {"heartbeat": heartbeat(adapters.coordination, group=f"{name}s", member=member, meter=worker.load)}

    _run(name, build, beside=beat)


def _run(
    name: str,
    build: Callable[[Settings, wiring.Adapters], Built],
    *,
    beside: Callable[[Settings, wiring.Adapters, Built], dict[str, Run]] = lambda _settings, _adapters, _service: {},
) -> None:
    settings = start(name)
    adapters = wiring.open_adapters(settings)
    try:
        service = build(settings, adapters)
        health = HealthServer(host=settings.host, port=settings.health_port, checks=service.checks)
        group = Group({name: service.run, **beside(settings, adapters, service)})
        stop_on_signals(group.stopping)
        health.start()
        group.start()
        log.info("service.started", health_port=health.port)
        while not group.stopping.wait(SIGNAL_SECONDS):
            pass
        group.stop(timeout=settings.stop_seconds)
        health.close()
        log.info("service.stopped")
    finally:
        adapters.close()
