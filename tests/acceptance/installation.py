"""A running Maskwatch in either mode, made of real processes and met only through its CLI and its REST API."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx

Answer = TypeVar("Answer")
PASSWORD = "correct horse battery staple"
READY_SECONDS = 90  # a cold start loads the models on a busy machine


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(check: Callable[[], Answer | None], *, seconds: float, what: str) -> Answer:
    """The first answer that is neither None nor false; an AssertionError that says what never came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = check()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s for {what}")


class Installation:
    """Processes of one installation; every one is stopped at the end, its log kept in `folder`."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MASKWATCH_")}
        self._environment = {
            **clean,
            "MASKWATCH_DATA": str(folder / "data"),
            "MASKWATCH_ALLOW_ADDRESSES": "loopback",  # where the simulated camera and the receivers are
            "MASKWATCH_PORT": str(self.port),
            "MASKWATCH_ADMIN_PASSWORD": PASSWORD,
            "MASKWATCH_SECRET_KEY": "a key for tests only, at least thirty-two characters",
            "MASKWATCH_LOG_FORMAT": "json",
            "MASKWATCH_LOG_LEVEL": "INFO",
            **settings,
        }
        self.health_ports: dict[str, int] = {}
        self.model_port = 0
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._client: httpx.Client | None = None

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_exc: object) -> None:
        if self._client is not None:
            self._client.close()
        for name in reversed(list(self._processes)):
            self.stop(name)
        if kind is not None:  # pytest shows it below the failure
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- the end of {log.name}\n{log.read_text(errors='replace')[-3000:]}")

    def command(self, *arguments: str) -> str:
        """Run one command to its end; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "maskwatch", *arguments],
            env=self._environment, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"maskwatch {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def start(self, name: str, *arguments: str, **settings: str) -> None:
        """Start a process of that name, with /healthz, /readyz and /metrics on a port of its own."""
        self.health_ports[name] = free_port()
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "maskwatch", *(arguments or (name,))],
                env={**self._environment, "MASKWATCH_HEALTH_PORT": str(self.health_ports[name]), **settings},
                cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip

    def stop(self, name: str) -> int:
        """Stop it as an operator does, by SIGTERM; its exit code. One that does not stop in time is killed."""
        process = self._processes.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(45)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return -signal.SIGKILL

    def kill(self, name: str) -> None:
        """kill -9."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def send(self, name: str, number: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP."""
        self._processes[name].send_signal(number)

    def is_running(self, name: str) -> bool:
        """Whether it was started and has not ended."""
        return name in self._processes and self._processes[name].poll() is None

    def log(self, name: str) -> str:
        """What the process has printed and logged so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def log_in(self) -> None:
        """Wait for the console and log in."""
        client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)

        def is_ready() -> bool:
            ended = {name: process.poll() for name, process in self._processes.items() if process.poll() is not None}
            if ended:
                raise RuntimeError(f"ended by itself, with exit code: {ended}")
            try:
                return client.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        wait_for(is_ready, seconds=READY_SECONDS, what="the console to be ready")
        answer = client.post("/api/v1/login", json={"name": "admin", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        self._client = client

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call the REST API, logged in."""
        assert self._client is not None
        return self._client.request(method, f"/api/v1/{path}", **options)

    def get(self, path: str, **parameters: str | int) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.request("GET", path, params=parameters)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def items(self, path: str, **parameters: str | int) -> list[dict[str, Any]]:
        """All items of a paged listing."""
        found: list[dict[str, Any]] = []
        page = self.get(path, limit=100, **parameters)
        while True:
            found += page["items"]
            if not page.get("next"):
                return found
            page = self.get(path, limit=100, cursor=page["next"], **parameters)
