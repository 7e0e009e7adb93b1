"""One camera's life: connect, take the shots that are due, connect again. The only reconnect loop there is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot, image_key, shot_id
from common.domain.status import CameraState, CameraStatus
from common.errors import InvalidInput, LeaseLost, StreamError
from common.metrics import FENCED, HANG_UPS
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.clock import Clock, utc_now
from common.runtime.backoff import Backoff
from grabber.condition import ADVICE, Condition
from grabber.economy import Economy
from grabber.errors import PictureUnreadable, VideoFinished
from grabber.parcel import Parcel, not_taken, taken
from grabber.picture import Picture
from grabber.quality import Gate
from grabber.sameness import Sameness
from grabber.slots import MILLISECOND, due_slots, next_slot
from grabber.sources.open import OpenSource, open_source
from grabber.sources.source import Reading, Source
from grabber.status import StatusBoard
from grabber.tenure import Tenure
from grabber.thinning import Thinning

log = structlog.get_logger(__name__)

RECONNECT = Backoff(first_seconds=1, limit_seconds=15)
NAP_SECONDS = 1.0  # outside its schedule a camera is looked at this often
AHEAD = timedelta(seconds=10)  # it is connected this long before its schedule begins
# One keyframe is all that a shot decodes where one lies from FRESH before its slot to PATIENCE after it. Together these
# are the whole interval, up to 2 s: as often as most cameras send one. A picture is older, a shot later by no more.
FRESH, MOST_FRESH_SECONDS = 0.75, 1.5
PATIENCE, MOST_PATIENCE_SECONDS = 0.25, 0.5

OVERLOAD = (Outcome.SKIPPED, "overload")  # what becomes of slots that are passed over while intervals are stretched

Wait = Callable[[threading.Event, float], bool]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What every supervisor of a grabber shares."""

    send: Callable[[Parcel], None]
    board: StatusBoard
    replica: str
    timeout: float = 10.0  # seconds without data after which a stream is given up
    quality: int = 90
    ca_file: Path | None = None  # this and the next: see Reading
    addresses: AddressCheck = UNCHECKED
    freshness: timedelta = timedelta(seconds=60)
    skip_same: bool = False  # count a picture like the last snapshot as skipped
    hang_up_seconds: float = 30.0  # intervals from which on hanging up between shots is tried; 0: never
    share: Callable[[Camera], float] = lambda _camera: 1.0  # of the camera's slots that may be taken, above 0
    clock: Clock = utc_now
    open_source: OpenSource = open_source
    backoff: Backoff = RECONNECT
    wait: Wait = threading.Event.wait


class Supervisor:
    """Runs one revision of one camera. Every slot from its start to its stop gets exactly one outcome."""

    def __init__(
        self, camera: Camera, around: Surroundings, *, tenure: Tenure | None = None, counted: datetime | None = None
    ) -> None:
        """`tenure`: None where nobody else could take the camera; `counted`: the last slot that has its outcome
        already, None asks the board."""
        self.camera = camera
        self._tenure = tenure or Tenure()
        self._around = around
        self._reading = Reading(
            timeout=around.timeout,
            quality=around.quality,
            ca_file=around.ca_file,
            addresses=around.addresses,
            fresh_seconds=min(MOST_FRESH_SECONDS, FRESH * camera.interval_seconds),
            patience_seconds=min(MOST_PATIENCE_SECONDS, PATIENCE * camera.interval_seconds),
            clock=around.clock,
        )
        self._condition = Condition()
        self._gate = Gate(interval=timedelta(seconds=camera.interval_seconds))
        self._sameness = Sameness() if around.skip_same else None
        self._economy = Economy(camera, least_seconds=around.hang_up_seconds)
        self._thinning = Thinning(camera.id)
        self._awaited: datetime | None = None  # the slot to take next, where others are passed over before it
        now = around.clock()
        self.counted = counted or around.board.last_counted(camera.id) or now
        self.is_sending = False  # once it was stopped and this is False, it sends nothing more
        self._outage: tuple[Outcome, str] = (Outcome.SKIPPED, "unattended")  # what slots without a picture count as
        self.status = CameraStatus(camera_id=camera.id, state=CameraState.CONNECTING, since=now, grabber=around.replica)

    def run(self, stop: threading.Event) -> None:
        """Take shots until `stop` is set. Returns early only when the source is a file that is over."""
        self._count_missed(stop)
        self._outage = (Outcome.SKIPPED, "connecting")
        failures = 0
        while not stop.is_set():
            if not self._is_due_soon():
                self._rest(stop)
                continue
            self._show(self.status, stop)
            pictures = self.status.last_shot_id
            try:
                began = self._around.clock()
                with self._around.open_source(self.camera, self._reading) as source:
                    self._economy.opened((self._around.clock() - began).total_seconds())
                    self._watch(source, stop)
                failures = 0
                self._stay_hung_up(stop)
            except VideoFinished as exc:
                self._go_down(exc, stop)
                return
            except (StreamError, InvalidInput) as exc:
                failures = 1 if self.status.last_shot_id != pictures else failures + 1
                self._economy.broke()
                self._go_down(exc, stop)
                self._wait(self._around.backoff.delay(failures) or 0.0, stop)

    def heartbeat(self) -> None:
        """Show the status again before it lapses."""
        if self._is_due_soon():
            self._around.board.show(self.status)
        self._around.board.show_interval(self.camera, self.camera.interval_seconds / self._share())

    def _watch(self, source: Source, stop: threading.Event) -> None:
        """Take shots until told to stop, the schedule ends, or it is cheaper to hang up until the next one."""
        while not stop.is_set() and self._is_due_soon():
            self._count_missed(stop)
            self._outage = (Outcome.SKIPPED, "late")
            slot = self._next_due()
            try:
                picture = source.shot(slot, stop=stop)
            except PictureUnreadable as exc:
                self._count_until(slot - MILLISECOND, stop)
                self._count(slot, Outcome.FAILED, exc.code, stop)
                continue
            if picture is not None:
                self._count_until(slot - MILLISECOND, stop)
                self._settle(slot, picture, stop)
                if self._economy.took(source):
                    return

    def _stay_hung_up(self, stop: threading.Event) -> None:
        """Wait until the camera must be called for the next slot, if it was hung up."""
        lead = self._economy.lead
        if self._economy.is_hung_up and lead is not None:
            HANG_UPS.labels(camera=self.camera.id).inc()
            self._wait((self._next_due() - lead - self._around.clock()).total_seconds(), stop)

    def _settle(self, slot: datetime, picture: Picture, stop: threading.Event) -> None:
        if not self._thinning.can_take(self._share()):
            self._count(slot, *OVERLOAD, stop)
            return
        reason = self._gate.refusal(picture, now=self._around.clock())
        self._condition.note(reason)
        if reason is not None:
            self._count(slot, Outcome.REJECTED, reason, stop, picture)
            self._go_live(picture, self.status.last_shot_id, stop)
            return
        if self._sameness is not None and self._sameness.is_same(picture):
            self._count(slot, Outcome.SKIPPED, "same", stop, picture)
            self._go_live(picture, self.status.last_shot_id, stop)
            return
        shot = Shot(
            id=shot_id(self.camera.id, slot),
            camera_id=self.camera.id,
            scheduled_at=slot,
            outcome=Outcome.TAKEN,
            captured_at=picture.captured_at,
            image_key=image_key(self.camera.id, slot, token=self._tenure.token),
            width=picture.width,
            height=picture.height,
        )
        self._send(taken(self.camera, shot, picture, freshness=self._around.freshness), stop)
        self._go_live(picture, shot.id, stop)

    def _go_live(self, picture: Picture, last_shot_id: str, stop: threading.Event) -> None:
        """Pictures come; whether they are good for anything is the condition's word."""
        trouble = self._condition.trouble
        state = CameraState.DEGRADED if trouble else CameraState.LIVE
        is_new = self.status.state is not state
        live = CameraStatus(
            camera_id=self.camera.id,
            state=state,
            since=self._around.clock() if is_new else self.status.since,
            grabber=self._around.replica,
            error_code=trouble or "",
            error=f"{self.camera.name}: {ADVICE[trouble]}" if trouble else "",
            last_shot_id=last_shot_id,
            last_captured_at=picture.captured_at,
        )
        if is_new and trouble:
            log.warning("camera.degraded", camera_id=self.camera.id, code=trouble, error=live.error)
        elif is_new:
            log.info("camera.live", camera_id=self.camera.id)
        self._show(live, stop)

    def _go_down(self, error: StreamError | InvalidInput, stop: threading.Event) -> None:
        if self._awaited is not None:  # what was passed over so far has nothing to do with the error
            self._count_until(min(self._around.clock(), self._awaited - MILLISECOND), stop)
            self._awaited = None
        since = self.status.since if self.status.state is CameraState.DOWN else self._around.clock()
        self._outage = (Outcome.FAILED, error.code)
        log.warning("camera.down", camera_id=self.camera.id, code=error.code, error=str(error))
        down = replace(self.status, state=CameraState.DOWN, since=since, error_code=error.code, error=str(error))
        self._show(down, stop)

    def _show(self, status: CameraStatus, stop: threading.Event) -> None:
        self.status = status
        if self._tenure.is_held and not stop.is_set():  # the camera may be another grabber's by now
            self._around.board.show(status)

    def _wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait before the next attempt; slots that pass meanwhile are counted as they pass."""
        end = self._around.clock() + timedelta(seconds=seconds)
        while not stop.is_set():
            self._count_missed(stop)
            now = self._around.clock()
            if now >= end:
                return
            end = min(end, now + timedelta(seconds=seconds))  # the clock may have been set back
            until = min(end, next_slot(self.camera, now + timedelta(milliseconds=1)))
            self._around.wait(stop, (until - now).total_seconds())

    def _rest(self, stop: threading.Event) -> None:
        self.counted = self._around.clock()
        self._outage = (Outcome.SKIPPED, "connecting")
        self._around.wait(stop, NAP_SECONDS)

    def _is_due_soon(self) -> bool:
        if self.camera.schedule is None:
            return True
        now = self._around.clock()
        return self.camera.schedule.is_active(now) or self.camera.schedule.is_active(now + AHEAD)

    def _next_due(self) -> datetime:
        """The next slot to take, of those that the schedule asks for; looks a minute ahead, or as far as it must."""
        after = max(self.counted, self._around.clock())
        passing = self._thinning.passing(self._share())
        ahead = timedelta(seconds=max(60.0, (passing + 1) * self.camera.interval_seconds))
        slots = due_slots(self.camera, after=after, until=after + ahead)
        slot = slots[min(passing, len(slots) - 1)] if slots else next_slot(self.camera, after + MILLISECOND)
        self._awaited = slot if passing else None
        return slot

    def _share(self) -> float:
        return self._around.share(self.camera)

    def _count_missed(self, stop: threading.Event) -> None:
        """Give every slot that has passed its outcome."""
        if not self._tenure.is_held:  # they may be another's to count
            return
        now = self._around.clock()
        if self.counted - now > 2 * timedelta(seconds=self.camera.interval_seconds):
            # Waiting for the clock to catch up would be no shot for as long. A slot that comes again keeps its id: it
            # is counted once.
            log.warning("clock.set_back", camera_id=self.camera.id, seconds=(self.counted - now).total_seconds())
            self.counted = now
        self._count_until(now, stop)

    def _count_until(self, until: datetime, stop: threading.Event) -> None:
        for slot in due_slots(self.camera, after=self.counted, until=until):
            is_passed_over = self._awaited is not None and slot < self._awaited
            self._count(slot, *(OVERLOAD if is_passed_over else self._outage), stop)

    def _count(
        self, slot: datetime, outcome: Outcome, reason: str, stop: threading.Event, picture: Picture | None = None
    ) -> None:
        shot = Shot(
            id=shot_id(self.camera.id, slot),
            camera_id=self.camera.id,
            scheduled_at=slot,
            outcome=outcome,
            reason=reason,
            captured_at=picture.captured_at if picture else None,
            width=picture.width if picture else 0,
            height=picture.height if picture else 0,
        )
        self._send(not_taken(shot), stop)

    def _send(self, parcel: Parcel, stop: threading.Event) -> None:
        self.is_sending = True  # before the look at `stop`: whoever sets that knows afterwards what is on its way
        before = self.counted
        try:
            if stop.is_set():  # the camera may be another grabber's by now: the slot is no longer ours
                return
            self.counted = parcel.shot.scheduled_at
            is_job = parcel.shot.outcome is Outcome.TAKEN
            (self._thinning.took if is_job else self._thinning.passed)(self._share())
            self._around.send(replace(parcel, is_ours=lambda: self._tenure.is_held))
            self._around.board.count(self.camera.id, parcel.shot.scheduled_at)
        except LeaseLost as exc:
            self.counted = before  # nobody else may have come: then the slot is still to be counted, by us
            FENCED.labels(where="grabber").inc()
            log.warning("shot.fenced", snapshot_id=parcel.shot.id, camera_id=self.camera.id, error=str(exc))
        finally:
            self.is_sending = False
