"""Real grabbers on real servers: how long no picture comes when one is killed, frozen, parted, stopped or new."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from real_servers import own_database, own_redis_number, own_virtual_host
from tcp_proxy import TcpProxy

from bench.grabber.clips import USUAL, clip_named, encode
from bench.grabber.processes import ended, environment
from bench.grabber.simulated import serving
from bench.grabber.watched import read_shots, register
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot
from common.settings import PREFIX, Settings, load_settings
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, below
from maskwatch.cli.bench import CHECKOUT
from maskwatch.keys import new_key

CAMERAS, INTERVAL_SECONDS = 12, 1.0
SETTLE_SECONDS = 20.0  # after each change: longer than a takeover may take
SERVED_AGAIN = below(10)  # seconds
REPLICAS = ("first", "second", "parted")  # the last one reaches Redis through a proxy, to be cut off
Act = Callable[[], object]
NO_SERVERS = "needs the real servers: deploy/dev/services up"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that happened to the grabbers."""

    name: str
    at: datetime


class Grabbers:
    """Replicas by name."""

    def __init__(self, folder: Path, shared: Mapping[str, str], redis_url: str, proxy: TcpProxy) -> None:
        self._folder = folder
        self._shared = shared
        self._proxy = proxy
        self._redis_url = redis_url
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start it."""
        parts = urlsplit(self._redis_url)
        through = self._redis_url.replace(f":{parts.port}", f":{self._proxy.port}")
        own = {"data": self._folder / name, "replica": name, "health_port": 0}
        own["coordination"] = through if name == "parted" else self._redis_url
        settings = {f"{PREFIX}{key.upper()}": str(value) for key, value in {**self._shared, **own}.items()}
        with (self._folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "maskwatch", "grabber"]
            self._running[name] = subprocess.Popen(command, env=environment(**settings), stdout=log, stderr=log)

    def send(self, name: str, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self._running[name].pid, number)

    def close(self) -> None:
        """Stop all."""
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            ended(process)

    def changes(self) -> Iterator[Change]:
        """One after the other, all grabbers whole again before the next."""
        steps: tuple[tuple[str, Act, Act], ...] = (
            ("kill", lambda: self.send("first", signal.SIGKILL), lambda: self._again("first")),
            ("freeze", lambda: self.send("second", signal.SIGSTOP), lambda: self.send("second", signal.SIGCONT)),
            ("part", self._proxy.cut, self._proxy.restore),
            ("stop", lambda: self.send("first", signal.SIGTERM), lambda: self._again("first")),
            ("add", lambda: self.start("fourth"), lambda: None),
        )
        for name, change, mend in steps:
            change()
            yield Change(name=name, at=datetime.now(UTC))
            time.sleep(SETTLE_SECONDS)
            mend()
            time.sleep(SETTLE_SECONDS)

    def _again(self, name: str) -> None:
        self._running[name].wait(SETTLE_SECONDS)
        self.start(name)


def measure_takeover(options: BenchOptions) -> tuple[Figure, ...]:
    """The longest that any camera waited for its next picture after each change."""
    path = CHECKOUT / ".dev" / "services.json"
    if not path.exists():
        return (Figure(name="takeover", value=None, unit="s", how=NO_SERVERS),)
    status = json.loads(path.read_text(encoding="ascii"))
    small = clip_named(USUAL, replace(options, is_quick=True))
    with TemporaryDirectory(prefix="maskwatch-bench-") as folder:
        clip = encode(small, Path(folder) / f"clip.{small.codec}")
        with serving(small, clip, copies=CAMERAS) as urls:
            found, shots = _watch(status, Path(folder), urls)
    how = f"longest without a picture, {CAMERAS} cameras on {len(REPLICAS)} grabbers, a shot per {INTERVAL_SECONDS:g} s"
    twice = len(shots) - len({shot.id for shot in shots})
    return (
        *(
            Figure(name=f"takeover.{each.name}", value=_gap(each, shots), unit="s", how=how, goal=SERVED_AGAIN)
            for each in found
        ),
        Figure(name="takeover.twice", value=float(twice), unit="slots", how=f"taken twice, of {len(shots)}"),
    )


def _watch(status: Mapping[str, str], folder: Path, urls: Sequence[str]) -> tuple[list[Change], list[Shot]]:
    with ExitStack() as stack:
        redis_url = stack.enter_context(own_redis_number(dict(status)))
        shared = {
            "broker": stack.enter_context(own_virtual_host(dict(status))),
            "database": stack.enter_context(own_database(dict(status))),
            "store": f"file://{folder}/pictures",
            "encryption_key": new_key(),
            "allow_addresses": "loopback",
        }
        settings = load_settings(data=folder / "bench", coordination=redis_url, **shared)
        register(settings, _cameras(urls))
        with _grabbers(folder, shared, redis_url) as grabbers:
            time.sleep(SETTLE_SECONDS)
            changes = list(grabbers.changes())
        return changes, _taken(settings)


@contextmanager
def _grabbers(folder: Path, shared: Mapping[str, str], redis_url: str) -> Iterator[Grabbers]:
    parts = urlsplit(redis_url)
    with TcpProxy(host=str(parts.hostname), port=int(parts.port or 0)) as proxy:
        grabbers = Grabbers(folder, shared, redis_url, proxy)
        try:
            for name in REPLICAS:
                grabbers.start(name)
            yield grabbers
        finally:
            grabbers.close()


def _cameras(urls: Sequence[str]) -> list[Camera]:
    return [
        Camera(id=f"c{n}", name=f"C{n}", url=url, interval_seconds=INTERVAL_SECONDS, created_at=datetime.now(UTC))
        for n, url in enumerate(urls)
    ]


def _taken(settings: Settings) -> list[Shot]:
    return [shot for shot in read_shots(settings) if shot.outcome is Outcome.TAKEN]


def _gap(change: Change, shots: Sequence[Shot]) -> float:
    """Of each camera, between its last picture before the change or any after it, and the next; the longest."""
    until = change.at + timedelta(seconds=SETTLE_SECONDS)
    longest = timedelta()
    for number in range(CAMERAS):
        times = sorted(shot.scheduled_at for shot in shots if shot.camera_id == f"c{number}")
        before = max((at for at in times if at <= change.at), default=change.at)
        points = [before, *(at for at in times if change.at < at <= until), until]
        longest = max([longest, *(after - at for at, after in pairwise(points))])
    return longest.total_seconds()
