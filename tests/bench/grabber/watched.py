"""The real grabber on simulated cameras and embedded adapters: what it used, how late shots were, what was lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.grabber.processes import cpu_seconds, ended, environment
from common.adapters.open import open_broker, open_repository
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot, shot_id
from common.errors import Unavailable
from common.messages import SHOTS, decode
from common.settings import PREFIX, Settings, load_settings
from grabber.slots import due_slots

INTERVAL_SECONDS = 5.0
START_SECONDS = 120.0  # until the last camera has its first picture
AFTER_SECONDS = 10.0  # for the shots of the last slots: as long as one may take
IDLE_SECONDS = 0.5  # a queue that gives nothing for so long is empty


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a grabber did with its cameras for a while."""

    seconds: float
    cpu_seconds: float
    slots: int  # that were due
    outcomes: Mapping[str, int]  # of slots by what became of them; "lost": nobody said
    late: Sequence[float]  # seconds from each slot to its stored picture

    @property
    def not_taken(self) -> int:
        """Slots without a picture, for whatever reason."""
        return self.slots - self.outcomes.get(Outcome.TAKEN.value, 0)


def watch(urls: Sequence[str], data: Path, *, seconds: float, inside: Sequence[str] = ()) -> Watched:
    """Let a grabber watch the addresses; `inside`: the command that starts it under a limit (limits.py).

    Raises Unavailable when it does not come up.
    """
    settings = load_settings(data=data, broker="", store="", database="", coordination="memory://")
    cameras = [
        Camera(
            id=f"bench-{number:03d}",
            name=f"Bench {number}",
            url=url,
            interval_seconds=INTERVAL_SECONDS,
            created_at=datetime.now(UTC),
        )
        for number, url in enumerate(urls)
    ]
    register(settings, cameras)
    log = data / "log"
    own = {"data": data, "broker": "", "store": "", "database": "", "coordination": "memory://", "health_port": 0}
    chosen = environment(**{f"{PREFIX}{name.upper()}": str(value) for name, value in own.items()})
    with log.open("wb") as file:
        command = [*inside, sys.executable, "-m", "maskwatch", "grabber"]
        process = subprocess.Popen(command, env=chosen, stdout=file, stderr=file)
    try:
        wait_for_all(process, data, cameras, log)
        begin, used = datetime.now(UTC), cpu_seconds(process.pid)
        time.sleep(seconds)
        end, used = datetime.now(UTC), cpu_seconds(process.pid) - used
        time.sleep(AFTER_SECONDS)
    finally:
        ended(process)
    slots = {shot_id(camera.id, slot): slot for camera in cameras for slot in due_slots(camera, after=begin, until=end)}
    said = {shot.id: shot for shot in read_shots(settings)}
    keys = {each: said[each].image_key for each in slots if each in said}
    return Watched(
        seconds=(end - begin).total_seconds(),
        cpu_seconds=used,
        slots=len(slots),
        outcomes=counted(slots, said),
        late=[lateness(slots[each], data / "pictures" / key) for each, key in keys.items() if key],
    )


def register(settings: Settings, cameras: Sequence[Camera]) -> None:
    """Put them in a new database."""
    settings.data.mkdir(parents=True, exist_ok=True)
    repository = open_repository(settings.database_url)
    try:
        repository.upgrade()
        with repository.begin() as unit:
            for camera in cameras:
                unit.cameras.add(camera)
    finally:
        repository.close()


def wait_for_all(process: subprocess.Popen[bytes], data: Path, cameras: Sequence[Camera], log: Path) -> None:
    """Until each has stored a picture."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if all((data / "pictures" / "snapshots" / camera.id).exists() for camera in cameras):
            return
        time.sleep(0.5)
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Unavailable(f"the grabber took no picture of some camera: {words[-1] if words else 'it said nothing'}")


def read_shots(settings: Settings) -> list[Shot]:
    """All that it said of its shots."""
    broker = open_broker(settings.broker_url)
    subscription = broker.subscribe(SHOTS, prefetch=100)
    shots = []
    try:
        while (delivery := subscription.receive(IDLE_SECONDS)) is not None:
            shots.append(decode(Shot, delivery.body))
            delivery.ack()
    finally:
        subscription.close()
        broker.close()
    return shots


def counted(slots: Mapping[str, object], said: Mapping[str, Shot]) -> dict[str, int]:
    """How many slots had which outcome, with its reason where there is one."""
    outcomes: dict[str, int] = {}
    for each in slots:
        shot = said.get(each)
        name = "lost" if shot is None else f"{shot.outcome.value} {shot.reason}".strip()
        outcomes[name] = outcomes.get(name, 0) + 1
    return outcomes


def lateness(slot: datetime, path: Path) -> float:
    """Seconds from the slot until its picture was written."""
    return (datetime.fromtimestamp(path.stat().st_mtime, UTC) - slot) / timedelta(seconds=1)
