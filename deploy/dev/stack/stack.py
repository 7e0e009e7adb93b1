"""The stack as a whole: up, down, status, and one server's outage."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack import container, packages, postgresql, process, rabbitmq, redis, s3
from stack.packages import Missing
from stack.probes import answers
from stack.service import USER, Service, as_json

UP_SECONDS = 120.0  # RabbitMQ takes 10 s on two idle cores
NAMES = ("rabbitmq", "postgresql", "redis", "s3")


class Stack:
    """The servers below one folder, `.dev` of the project; its file `services.json` says all about them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / ".dev"
        self._file = self._folder / "services.json"

    def up(self) -> None:
        """Start what does not run, and wait until each answers."""
        with self._locked():
            services = self._load()
            if not services:
                services = container.prepare(self._folder) if container.is_available() else self._prepare()
                self._save(services)
            for service in services:
                if not _is_running(service):
                    self._start(service, services)
            self._wait(services)

    def down(self) -> None:
        """Stop all and remove their data."""
        if not self._folder.exists():
            return
        with self._locked():
            for service in self._load():
                (container if service.container else process).stop(service)
                if service.container:
                    container.remove(service)
                elif service.name == "rabbitmq":
                    rabbitmq.clean_up(service)
                if service.folder:
                    shutil.rmtree(service.folder, ignore_errors=True)
            shutil.rmtree(self._folder)

    def status(self) -> list[dict[str, Any]]:
        """One entry per server."""
        found = {service.name: service for service in self._load()}
        return [
            {"name": name, "state": _state(found.get(name)), "url": found[name].url if name in found else None}
            for name in NAMES
        ]

    def start(self, name: str) -> None:
        """Start one again after `stop`, and wait until it answers."""
        with self._locked():
            services, service = self._pick(name)
            if not _is_running(service):
                self._start(service, services)
            self._wait([service])

    def stop(self, name: str, *, kill: bool) -> None:
        """Take one away; its data stay."""
        with self._locked():
            _services, service = self._pick(name)
            (container if service.container else process).stop(service, kill=kill)

    def _prepare(self) -> list[Service]:
        programs = packages.provide(self._root)
        return [
            rabbitmq.prepare(self._folder, programs["rabbitmq"]),
            postgresql.prepare(self._folder, programs["postgresql"]),
            redis.prepare(self._folder, programs["redis"]),
            s3.prepare(self._folder, programs["s3"]),
        ]

    def _start(self, service: Service, services: list[Service]) -> None:
        if service.container:
            container.start(service)
        else:
            process.start(service, log=self._folder / f"{service.name}.log")
        self._save(services)

    def _wait(self, services: list[Service]) -> None:
        deadline = time.monotonic() + UP_SECONDS
        for service in services:
            while not answers(service):
                if time.monotonic() > deadline or not _is_running(service):
                    raise Missing(f"{service.name} does not come up: see {self._folder / service.name}.log")
                time.sleep(0.1)
            print(f"{service.name} answers on port {service.port}", file=sys.stderr, flush=True)

    def _pick(self, name: str) -> tuple[list[Service], Service]:
        services = self._load()
        for service in services:
            if service.name == name:
                return services, service
        raise Missing("the services are not up: run deploy/dev/services up")

    def _load(self) -> list[Service]:
        if not self._file.exists():
            return []
        return [Service(**entry) for entry in json.loads(self._file.read_text(encoding="ascii"))["services"]]

    def _save(self, services: list[Service]) -> None:
        by_name = {service.name: service for service in services}
        content = {
            "amqp_url": by_name["rabbitmq"].url,
            "rabbitmq_management_url": by_name["rabbitmq"].more["management_url"],
            "postgres_url": by_name["postgresql"].url,
            "redis_url": by_name["redis"].url,
            "s3_url": by_name["s3"].url,
            "s3_access_key": USER,
            "s3_secret_key": by_name["s3"].password,
            "services": [as_json(service) for service in services],
        }
        new = self._file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(content, indent=2), encoding="ascii")
        os.replace(new, self._file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # Two `up` at once (a test run and its user) must not start everything twice.
        self._folder.mkdir(exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._folder.mkdir(exist_ok=True)  # a `down` may have had the lock before us
            yield


def _is_running(service: Service) -> bool:
    return (container if service.container else process).is_running(service)


def _state(service: Service | None) -> str:
    if service is None or not _is_running(service):
        return "down"
    return "up" if answers(service) else "not answering"
