"""The supervisors that run in this grabber: started, stopped, and their leases kept."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from common.domain.camera import Camera
from common.errors import Unavailable
from common.ports.coordination import Coordination
from grabber.meter import CpuMeter
from grabber.sharing import lease_name
from grabber.supervisor import Supervisor, Surroundings
from grabber.tenure import Tenure

log = structlog.get_logger(__name__)

LEAVE_SECONDS = 1.0  # how long stopped supervisors are waited for; who still sends a shot then keeps its lease
FLUSH_SECONDS = 1.0  # how long the slots counted may take to be seen by whoever gets the lease next
HEARTBEAT_SECONDS = 2.0
BACK_SECONDS = 2.5  # after an outage of coordination: whoever had a camera first tells there which slot it counted last
RENEW = 1 / 3  # of a lease: as old it is renewed, and for as long coordination is asked in one round


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One running supervisor."""

    supervisor: Supervisor
    thread: threading.Thread
    meter: CpuMeter
    tenure: Tenure
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
        self._leaving: list[Watch] = []  # stopped; some still send the shot in hand
        self._wanted: Container[str] = ()  # cameras that anybody is to watch
        self._is_away = False  # coordination did not answer in this round: asking again would only take as long again
        self._away_at = -math.inf  # when it last did not answer
        self._ask_until = 0.0  # a round must not take so long that leases lapse meanwhile
        self._shown = 0.0

    @property
    def measured(self) -> dict[str, int]:
        """What cameras take here, in CPU milliseconds per second, as far as it is known."""
        return {camera_id: pace for camera_id, watch in self._watches.items() if (pace := watch.meter.pace) is not None}

    def take(self, cameras: Mapping[str, Camera], *, enabled: Mapping[str, Camera], is_away: bool = False) -> None:
        """Watch exactly `cameras`.

        `enabled`: all that anybody watches; `is_away`: coordination did not answer just now.
        """
        self._wanted, self._is_away = enabled, is_away
        self._ask_until = self._now() + RENEW * self._ttl
        if is_away:
            self._away_at = self._now()
        self._leave([watch for camera_id, watch in self._watches.items() if camera_id not in cameras])
        self._restart(
            [cameras[i] for i, watch in self._watches.items() if cameras[i].revision != watch.camera.revision]
        )
        self._renew()
        if self._now() - self._away_at >= BACK_SECONDS:
            self._begin(cameras)
        self._heartbeat()

    def leave_all(self) -> None:
        """Stop every supervisor; those with nothing in hand give up their lease, so that others take over at once."""
        self._is_away = False
        self._leave(list(self._watches.values()))

    def finish(self, seconds: float) -> None:
        """Wait for the shots that are still being sent, and give up their leases too."""
        deadline = time.monotonic() + seconds
        for watch in self._leaving:
            watch.thread.join(max(0.0, deadline - time.monotonic()))
        self._let_go()
        for watch in self._leaving:
            log.warning("shot.unfinished", camera_id=watch.camera.id)

    def _begin(self, cameras: Mapping[str, Camera]) -> None:
        leaving = {watch.camera.id for watch in self._leaving}
        for camera_id, camera in cameras.items():
            if camera_id not in self._watches and camera_id not in leaving:
                tenure = self._acquire(camera_id)
                if tenure is not None:
                    self._start(camera, tenure)

    def _start(self, camera: Camera, tenure: Tenure, *, counted: datetime | None = None) -> None:
        meter, stop = CpuMeter(), threading.Event()
        around = replace(self._around, send=meter.reading(self._around.send))
        supervisor = Supervisor(camera, around, tenure=tenure, counted=counted)
        thread = threading.Thread(target=_run, args=(supervisor, stop), name=f"camera-{camera.id}", daemon=True)
        self._watches[camera.id] = Watch(supervisor=supervisor, thread=thread, meter=meter, tenure=tenure, stop=stop)
        log.info("camera.watched", camera_id=camera.id, revision=camera.revision)
        thread.start()

    def _restart(self, cameras: list[Camera]) -> None:
        watches = [self._watches[camera.id] for camera in cameras]
        self._end(watches)
        for camera, watch in zip(cameras, watches, strict=True):
            self._start(camera, watch.tenure, counted=watch.supervisor.counted)

    def _leave(self, watches: list[Watch]) -> None:
        self._end(watches)
        for watch in watches:
            del self._watches[watch.camera.id]
            self._around.board.clear(watch.camera.id)
            log.info("camera.left", camera_id=watch.camera.id)
        self._let_go()

    def _end(self, watches: list[Watch]) -> None:
        """Stop them all: they begin to send nothing more, even if a thread hangs in a dead stream for a while."""
        for watch in watches:
            watch.stop.set()
        deadline = time.monotonic() + LEAVE_SECONDS
        for watch in watches:
            watch.thread.join(max(0.0, deadline - time.monotonic()))
        self._leaving += watches

    def _let_go(self) -> None:
        """Give up the leases of cameras left, but not while a shot of theirs is on its way.

        Whoever takes the camera next would not find its slot counted, and call it unattended. Should that last, the
        lease lapses by itself.
        """
        sending = [watch for watch in self._leaving if watch.supervisor.is_sending]
        ended = {watch.camera.id for watch in self._leaving} - {watch.camera.id for watch in sending}
        self._leaving = sending
        left = ended - self._watches.keys()
        if not left:
            return
        for camera_id in left:
            if camera_id not in self._wanted:
                self._around.board.forget_slots(camera_id)
        if not self._is_away:
            self._around.board.flush(FLUSH_SECONDS)
        for camera_id in left:
            self._release(camera_id)

    def _release(self, camera_id: str) -> None:
        if self._is_away:  # then it lapses by itself
            return
        try:
            self._coordination.release(lease_name(camera_id), self._around.replica)
        except Unavailable as exc:
            self._is_away = True
            log.warning("coordination.unavailable", error=str(exc))

    def _renew(self) -> None:
        """The oldest lease first: where coordination is too slow for all, each has its turn."""
        watches = sorted(self._watches.values(), key=lambda watch: watch.tenure.until)
        lost = [watch for watch in watches if not self._keep(watch)]
        for watch in lost:
            log.warning("lease.lost", camera_id=watch.camera.id)
        self._leave(lost)

    def _keep(self, watch: Watch) -> bool:
        """Whether the camera is still ours. While coordination is away, it is until the lease must have lapsed."""
        tenure = watch.tenure
        if tenure.until - self._now() > (1 - RENEW) * self._ttl:
            return True
        fresh = self._acquire(watch.camera.id)
        if self._is_away:
            return tenure.is_held
        if fresh is None or fresh.token != tenure.token:  # ours again, but meanwhile another may have taken shots
            return False
        tenure.until = fresh.until
        return True

    def _acquire(self, camera_id: str) -> Tenure | None:
        """Take or renew the lease; None when another holds it, or coordination does not say."""
        asked = self._now()
        if not self._is_away and asked >= self._ask_until:
            self._is_away = True
            log.warning("coordination.slow", seconds=RENEW * self._ttl)
        if self._is_away:
            return None
        try:
            lease = self._coordination.acquire(lease_name(camera_id), self._around.replica, ttl=self._ttl)
        except Unavailable as exc:
            self._is_away, self._away_at = True, self._now()
            log.warning("coordination.unavailable", error=str(exc))
            return None
        return None if lease is None else Tenure(token=lease.token, until=asked + self._ttl, now=self._now)

    def _heartbeat(self) -> None:
        if self._now() - self._shown < HEARTBEAT_SECONDS:
            return
        self._shown = self._now()
        for watch in self._watches.values():
            watch.supervisor.heartbeat()


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
