"""Erasures, retention and reconcile from time to time, by one analyzer among all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from pydantic import TypeAdapter

from analyzer.upkeep.erase import Erase
from analyzer.upkeep.pages import GoOn
from analyzer.upkeep.policy import Policy
from analyzer.upkeep.reconcile import Reconcile
from analyzer.upkeep.retention import Retention
from analyzer.upkeep.unblurred import forget_unblurred
from common.domain.storage import STORAGE_KEY, Storage
from common.errors import TransientError
from common.ports.broker import Broker
from common.ports.clock import Clock, utc_now
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore

log = structlog.get_logger(__name__)

LEASE = "upkeep"
LEASE_SECONDS = 120.0  # a page takes a second; who takes longer than this may be joined by another, which does no harm
RENEW_SECONDS = 20.0
LOOK_SECONDS = 60.0  # how often it is asked what is due; also the rest after a start, when there is more urgent work
EVERY_SECONDS = {
    "erasures": 30.0,  # at every look: somebody waits
    "erased": 3600.0,  # what was done, once more
    "unblurred": 1200.0,  # with what it waits for, under an hour
    "retention": 3600.0,  # lists a camera's oldest pictures only; all of them where the store is bounded
    "reconcile": 86400.0,  # lists the whole store: a request for each thousand pictures
}
STORAGE_SECONDS = 2 * 86400.0  # how long what was found there is told: until the next day's, and a day of grace
_STORAGE = TypeAdapter(Storage)


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Runs until it is told to stop; what went wrong is tried again a minute later."""

    repository: Repository
    store: ObjectStore
    broker: Broker
    coordination: Coordination
    policy: Policy
    owner: str  # this replica's name
    clock: Clock = utc_now
    look_seconds: float = LOOK_SECONDS

    def run(self, stop: threading.Event) -> None:
        """Do what is due, until `stop` is set."""
        while not stop.wait(self.look_seconds):
            try:
                self.look(stop)
            except TransientError as exc:
                log.warning("upkeep.postponed", error=str(exc))
            except Exception:
                log.exception("upkeep.failed")  # alerts must go on without it

    def look(self, stop: threading.Event) -> None:
        """Do what is due now, unless another replica is at it."""
        for name, work in self._works.items():
            due = self.coordination.get(_done_key(name)) is None
            if due and not stop.is_set() and self._hold():
                try:
                    work(_patient(stop, self._hold))
                    if not stop.is_set():
                        self.coordination.put(_done_key(name), self.owner.encode(), ttl=EVERY_SECONDS[name])
                finally:
                    self.coordination.release(LEASE, self.owner)

    @property
    def _works(self) -> Mapping[str, Callable[[GoOn], object]]:
        return {
            "erasures": lambda go_on: self._erase(go_on).run(),
            "erased": lambda go_on: self._erase(go_on).run_again(),
            "unblurred": self._forget_unblurred,
            "retention": self._retain,
            "reconcile": self._reconcile,
        }

    def _erase(self, go_on: GoOn) -> Erase:
        return Erase(repository=self.repository, store=self.store, clock=self.clock, go_on=go_on)

    def _forget_unblurred(self, go_on: GoOn) -> object:
        return forget_unblurred(self.repository, self.store, clock=self.clock, go_on=go_on)

    def _retain(self, go_on: GoOn) -> object:
        kept = Retention(
            repository=self.repository, store=self.store, policy=self.policy, clock=self.clock, go_on=go_on
        )
        return kept.run()

    def _reconcile(self, go_on: GoOn) -> object:
        both = Reconcile(
            repository=self.repository, store=self.store, broker=self.broker, clock=self.clock, go_on=go_on
        )
        done = both.run()
        kept = Storage(
            at=self.clock(), pictures=done.pictures - done.orphans, bytes=done.picture_bytes - done.orphan_bytes
        )
        if go_on():  # else it saw a part only
            self.coordination.put(STORAGE_KEY, _STORAGE.dump_json(kept), ttl=STORAGE_SECONDS)
        return done

    def _hold(self) -> bool:
        return self.coordination.acquire(LEASE, self.owner, ttl=LEASE_SECONDS) is not None


def _done_key(name: str) -> str:
    return f"upkeep/{name}/done"


def _patient(stop: threading.Event, hold: Callable[[], bool]) -> GoOn:
    """Go on until `stop` is set or the lease is lost; it is renewed now and then, not before every page."""
    renewed = time.monotonic()

    def go_on() -> bool:
        nonlocal renewed
        if stop.is_set():
            return False
        if time.monotonic() - renewed < RENEW_SECONDS:
            return True
        renewed = time.monotonic()
        return hold()

    return go_on
