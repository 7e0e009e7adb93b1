"""Coordination within one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.ports.coordination import Lease

SWEEP_SECONDS = 30.0  # lapsed values of keys that nobody writes again are forgotten this often

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class _Lapsing(Generic[Value]):
    value: Value
    until: float  # by the store's clock


class MemoryCoordination:
    """See common/ports/coordination.py."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds from any start, never going back."""
        self._now = now
        self._lock = threading.Lock()
        self._leases: dict[str, _Lapsing[Lease]] = {}
        self._tokens: dict[str, int] = {}  # kept when a lease lapses, so that the next token is larger
        self._members: dict[str, dict[str, _Lapsing[str]]] = {}
        self._values: dict[str, _Lapsing[bytes]] = {}
        self._next_sweep = now() + SWEEP_SECONDS

    def acquire(self, name: str, owner: str, *, ttl: float) -> Lease | None:
        with self._lock:
            held = self._held(name)
            if held is not None and held.owner != owner:
                return None
            if held is None:
                self._tokens[name] = self._tokens.get(name, 0) + 1
                held = Lease(name=name, owner=owner, token=self._tokens[name])
            self._leases[name] = _Lapsing(value=held, until=self._now() + ttl)
            return held

    def release(self, name: str, owner: str) -> None:
        with self._lock:
            held = self._held(name)
            if held is not None and held.owner == owner:
                del self._leases[name]

    def leases(self, prefix: str = "") -> dict[str, Lease]:
        with self._lock:
            return {name: lease for name, lease in self._alive(self._leases).items() if name.startswith(prefix)}

    def announce(self, group: str, member: str, *, ttl: float, info: str = "") -> None:
        with self._lock:
            self._members.setdefault(group, {})[member] = _Lapsing(value=info, until=self._now() + ttl)

    def withdraw(self, group: str, member: str) -> None:
        with self._lock:
            self._members.get(group, {}).pop(member, None)

    def members(self, group: str) -> dict[str, str]:
        with self._lock:
            return dict(sorted(self._alive(self._members.get(group, {})).items()))

    def put(self, key: str, value: bytes, *, ttl: float) -> None:
        with self._lock:
            self._values[key] = _Lapsing(value=value, until=self._now() + ttl)
            self._sweep()

    def get(self, key: str) -> bytes | None:
        return self.get_many([key])[0]

    def get_many(self, keys: list[str]) -> list[bytes | None]:
        with self._lock:
            now = self._now()
            found = [self._values.get(key) for key in keys]
            return [entry.value if entry is not None and entry.until > now else None for entry in found]

    def add(self, key: str, number: int, *, ttl: float) -> int:
        with self._lock:
            now = self._now()
            kept = self._values.get(key)
            total = number + (int(kept.value) if kept is not None and kept.until > now else 0)
            self._values[key] = _Lapsing(value=str(total).encode(), until=now + ttl)
            self._sweep()
            return total

    def check(self) -> None:
        """It is always there."""

    def close(self) -> None:
        """Nothing is open."""

    def _held(self, name: str) -> Lease | None:
        entry = self._leases.get(name)
        return entry.value if entry is not None and entry.until > self._now() else None

    def _alive(self, entries: dict[str, _Lapsing[Value]]) -> dict[str, Value]:
        now = self._now()
        return {name: entry.value for name, entry in entries.items() if entry.until > now}

    def _sweep(self) -> None:
        now = self._now()
        if now < self._next_sweep:
            return
        self._next_sweep = now + SWEEP_SECONDS
        self._values = {key: entry for key, entry in self._values.items() if entry.until > now}
        for group, members in self._members.items():
            self._members[group] = {name: entry for name, entry in members.items() if entry.until > now}
