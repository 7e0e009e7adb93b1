"""The supervisors that run in this grabber: started, stopped, and their leases kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from common.domain.camera import Camera
from common.errors import Unavailable
from common.ports.coordination import Coordination
from grabber.sharing import lease_name
from grabber.supervisor import Supervisor, Surroundings

log = structlog.get_logger(__name__)

LEAVE_SECONDS = 1.0  # how long a stopped supervisor may finish the shot in hand before its lease is given up
HEARTBEAT_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One running supervisor."""

    supervisor: Supervisor
    thread: threading.Thread
    stop: threading.Event = field(repr=False)

    @property
    def camera(self) -> Camera:
        """What it watches."""
        return self.supervisor.camera


class Fleet:
    """Takes the cameras it is told to take, as far as their leases can be had. One thread uses it."""

    def __init__(
        self,
        around: Surroundings,
        *,
        coordination: Coordination,
        lease_seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._around = around
        self._coordination = coordination
        self._ttl = lease_seconds
        self._now = now
        self._watches: dict[str, Watch] = {}
        self._renewed: dict[str, float] = {}  # when each lease was last known to be ours
        self._shown = 0.0

    def take(self, cameras: Mapping[str, Camera], *, enabled: Mapping[str, Camera]) -> None:
        """Watch exactly `cameras`; `enabled` are all that anybody watches."""
        self._leave([watch for camera_id, watch in self._watches.items() if camera_id not in cameras], enabled)
        self._restart(
            [cameras[i] for i, watch in self._watches.items() if cameras[i].revision != watch.camera.revision]
        )
        self._renew()
        for camera_id, camera in cameras.items():
            if camera_id not in self._watches and self._acquire(camera_id):
                self._start(camera)
        self._heartbeat()

    def leave_all(self) -> None:
        """Stop every supervisor and give up its lease, so that others take over at once."""
        self._leave(list(self._watches.values()), self._watches)

    def _start(self, camera: Camera, *, counted: datetime | None = None) -> None:
        supervisor = Supervisor(camera, self._around, counted=counted)
        stop = threading.Event()
        thread = threading.Thread(target=_run, args=(supervisor, stop), name=f"camera-{camera.id}", daemon=True)
        self._watches[camera.id] = Watch(supervisor=supervisor, thread=thread, stop=stop)
        log.info("camera.watched", camera_id=camera.id, revision=camera.revision)
        thread.start()

    def _restart(self, cameras: list[Camera]) -> None:
        watches = [self._watches[camera.id] for camera in cameras]
        _end(watches)
        for camera, watch in zip(cameras, watches, strict=True):
            self._start(camera, counted=watch.supervisor.counted)

    def _leave(self, watches: list[Watch], enabled: Container[str]) -> None:
        _end(watches)
        for watch in watches:
            self._forget(watch.camera.id, is_wanted=watch.camera.id in enabled)

    def _forget(self, camera_id: str, *, is_wanted: bool) -> None:
        del self._watches[camera_id]
        self._renewed.pop(camera_id, None)
        self._around.board.clear(camera_id, forget_slots=not is_wanted)
        log.info("camera.left", camera_id=camera_id)
        try:
            self._coordination.release(lease_name(camera_id), self._around.replica)
        except Unavailable as exc:  # then it lapses by itself
            log.warning("coordination.unavailable", error=str(exc))

    def _renew(self) -> None:
        for camera_id, watch in list(self._watches.items()):
            if self._now() - self._renewed[camera_id] >= self._ttl / 3 and not self._acquire(camera_id):
                log.warning("lease.lost", camera_id=camera_id)
                self._leave([watch], self._watches)

    def _acquire(self, camera_id: str) -> bool:
        """Whether the lease is ours now. While coordination is away, it is until it must have lapsed."""
        asked = self._now()
        try:
            held = self._coordination.acquire(lease_name(camera_id), self._around.replica, ttl=self._ttl) is not None
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
            return camera_id in self._renewed and asked - self._renewed[camera_id] < self._ttl
        if held:
            self._renewed[camera_id] = asked
        return held

    def _heartbeat(self) -> None:
        if self._now() - self._shown < HEARTBEAT_SECONDS:
            return
        self._shown = self._now()
        for watch in self._watches.values():
            watch.supervisor.heartbeat()


def _end(watches: list[Watch]) -> None:
    """Stop them all: they send nothing more, even if a thread hangs in a dead stream for a while."""
    for watch in watches:
        watch.stop.set()
    deadline = time.monotonic() + LEAVE_SECONDS
    for watch in watches:
        watch.thread.join(max(0.0, deadline - time.monotonic()))


def _run(supervisor: Supervisor, stop: threading.Event) -> None:
    """One camera's surprise is that camera's alone: it is logged, and the supervisor begins anew."""
    while not stop.is_set():
        try:
            supervisor.run(stop)
        except Exception:
            log.exception("camera.failed", camera_id=supervisor.camera.id)
            stop.wait(5)
        else:
            return
