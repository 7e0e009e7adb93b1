"""All of Maskwatch in processes of their own on servers of their own, to be broken by one test after the other."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from common.settings import Settings
from maskwatch.wiring import open_adapters
from tests.acceptance.installation import Installation, free_port
from tests.chaos.servers import Servers
from tests.tiny_models import write_repository

GRABBERS = ("grabber-1", "grabber-2")  # the second one can be parted from Redis
SERVICES = (*GRABBERS, "model-api", "processor", "analyzer", "console")
LEASE_SECONDS = 3.0
SHOT_TIMEOUT_SECONDS = 2.0


class Plant:
    """Keeps all services running; what a test killed runs again before the next one."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.servers = servers
        self._model_port = free_port()
        self._meant: set[str] = set()  # to run
        self.installation = Installation(
            folder,
            {
                **servers.environment,
                "MASKWATCH_DETECTOR": f"http://127.0.0.1:{self._model_port}",
                "MASKWATCH_MODEL_API_PORT": str(self._model_port),
                "MASKWATCH_MODELS": str(write_repository(folder / "models")),
                "MASKWATCH_VARIANT": "lite",
                "MASKWATCH_THREADS": "1",
                "MASKWATCH_LEASE_SECONDS": str(LEASE_SECONDS),
                "MASKWATCH_SHOT_TIMEOUT_SECONDS": str(SHOT_TIMEOUT_SECONDS),
            },
        )
        direct = servers.direct
        self.adapters = open_adapters(  # past the proxies: what a test does to them must not blind it
            Settings(
                _env_file=None,
                data=folder / "data",
                broker=direct.amqp_url,
                database=direct.postgres_url,
                coordination=direct.redis_url,
                store=direct.store_url,
                s3_access_key=direct.s3_access_key,
                s3_secret_key=direct.s3_secret_key,
                encryption_key=direct.environment["MASKWATCH_ENCRYPTION_KEY"],
            )
        )
        self.adapters.repository.upgrade()
        self.spools = [folder / "data" / "spool"]  # of all grabbers; one with a disk of its own adds its own

    def start(self, name: str, **settings: str) -> None:
        """Start a service; nothing happens to one that runs."""
        if self.installation.is_running(name):
            return
        self._meant.add(name)
        command = "grabber" if name.startswith("grabber") else name
        if name == GRABBERS[1]:
            settings = {**self.servers.partitioned, **settings}
        if command == "grabber":
            settings = {"MASKWATCH_REPLICA": name, **settings}
        self.installation.start(name, command, **settings)

    def stop(self, name: str) -> int:
        """SIGTERM; the exit code."""
        self._meant.discard(name)
        return self.installation.stop(name)

    def kill(self, name: str) -> None:
        """kill -9."""
        self._meant.discard(name)
        self.installation.kill(name)

    def freeze(self, name: str) -> None:
        """SIGSTOP: it keeps all it has and does nothing."""
        self.installation.send(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT: it goes on as if nothing had been."""
        self.installation.send(name, signal.SIGCONT)

    def heal(self) -> None:
        """Every server and every service runs."""
        self.servers.heal()
        for name in SERVICES:
            self.start(name)
            self.thaw(name)

    def check(self) -> None:
        """Raise AssertionError when a service ended by itself: then there is nothing to wait for."""
        fallen = sorted(name for name in self._meant if not self.installation.is_running(name))
        assert not fallen, f"ended by itself: {', '.join(fallen)}"

    def is_ready(self, name: str) -> bool:
        """What /readyz says."""
        ports = {"console": self.installation.port, "model-api": self._model_port}
        port = ports.get(name) or self.installation.health_ports[name]
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running_plant(folder: Path, servers: Servers) -> Iterator[Plant]:
    """All services, until the block ends."""
    plant = Plant(folder, servers)
    try:
        with plant.installation:
            plant.heal()
            yield plant
            plant.heal()
            for name in SERVICES:  # all at once; the block's end waits for each
                plant.installation.send(name, signal.SIGTERM)
    finally:
        plant.adapters.close()
