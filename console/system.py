"""How the installation is doing: workers, leases, queues, the parts it stands on."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

from pydantic import TypeAdapter

from common.domain.load import MODEL_APIS
from common.domain.notification import NotificationState
from common.domain.storage import STORAGE_KEY, Storage
from common.errors import MaskwatchError
from common.messages import QUEUES
from common.runtime.backlog import with_age
from common.runtime.health import Check, readiness
from common.runtime.load import loads_by_member
from console.attention import Condition, concerns
from console.context import Console
from console.headroom import Headroom, read_headroom
from console.lag import Lag, read_lag
from console.sights import Sight

Found = TypeVar("Found")
Rows = list[dict[str, Any]]

_STORAGE = TypeAdapter(Storage)
NO_LAG = Lag(pictures=0, p50=None, p95=None, models={})
UNTOLD: tuple[int | None, int] = (None, 0)
MOST_LOST = 100  # messages that were given up; more say nothing else
GROUPS = ("grabbers", "processors", MODEL_APIS, "analyzers")  # coordination groups that workers announce themselves in


def checks(console: Console) -> dict[str, Check]:
    """What must answer for the console to be ready."""
    return {
        "database": console.repository.check,
        "store": console.store.check,
        "coordination": console.coordination.check,
        "broker": console.broker.check,
    }


def read_system(console: Console, look: Callable[[], Sequence[Sight]]) -> dict[str, Any]:
    """All of it; `look`: at the cameras that the asker may see.

    A part that does not answer shows as its sentence; the rest is there.

    `attention` comes first: what needs somebody, the worst first.
    """
    now = console.clock()
    sights: Sequence[Sight] = _or((), look)
    is_ready, report = readiness(checks(console))
    workers = _or(Rows(), lambda: _workers(console))
    queues = _or(Rows(), lambda: _queues(console, now))
    lag = _or(NO_LAG, lambda: _lag(console, now))
    headroom = _or(Headroom(wanted=0.0, capacities={}), lambda: read_headroom(console))
    receivers, given_up = _or(UNTOLD, lambda: _told(console, now))
    condition = Condition(
        checks=report,
        workers=workers,
        queues=queues,
        sights=sights,
        lag=lag,
        headroom=headroom,
        receivers=receivers,
        given_up=given_up,
    )
    return {
        "ready": is_ready,
        "attention": [one.to_json() for one in concerns(condition)],
        "checks": report,
        "workers": workers,
        "leases": _or(Rows(), lambda: _leases(console, sights)),
        "queues": queues,
        "cameras": dict(Counter(sight.state.value for sight in sights)),
        "lag": {"pictures": lag.pictures, "p50_seconds": lag.p50, "p95_seconds": lag.p95},
        "storage": _or(None, lambda: _storage(console)),
        "headroom": headroom.to_json(),
        "models": lag.models,
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of this program and of what runs it."""
    try:
        own = version("maskwatch")
    except PackageNotFoundError:  # run from a folder that was never installed
        own = "unknown"
    return {"maskwatch": own, "python": platform.python_version()}


def _workers(console: Console) -> Rows:
    found = []
    for group in GROUPS:
        members = console.coordination.members(group)
        loads = loads_by_member(console.coordination, group, list(members))
        found += [
            {"group": group, "name": name, "info": info, "load": vars(loads[name]) if name in loads else None}
            for name, info in sorted(members.items())
        ]
    return found


def _leases(console: Console, sights: Sequence[Sight]) -> Rows:
    """Of these cameras, and those that are of no camera (who looks for trouble, who keeps house)."""
    names = {sight.camera.id: sight.camera.name for sight in sights}
    found = []
    for name, lease in sorted(console.coordination.leases().items()):
        kind, _, camera_id = name.rpartition("/")
        if not kind or camera_id in names:
            of = {"camera_id": camera_id if kind else None, "camera": names.get(camera_id)}
            found.append({"name": name, "owner": lease.owner, "token": lease.token, **of})
    return found


def _queues(console: Console, now: datetime) -> Rows:
    states = [console.broker.state(queue) for queue in QUEUES]
    with console.repository.begin() as unit:
        return [vars(with_age(state, unit, now=now)) for state in states]


def _lag(console: Console, now: datetime) -> Lag:
    with console.repository.begin() as unit:
        return read_lag(unit, now=now)


def _told(console: Console, now: datetime) -> tuple[int | None, int]:
    """Enabled receivers, and messages of the last day that were given up (as many as are counted)."""
    given_up = NotificationState.GIVEN_UP
    with console.repository.begin() as unit:
        lost = unit.notifications.list(state=given_up, after=now - timedelta(days=1), limit=MOST_LOST)
        return len(unit.receivers.list(enabled=True)), len(lost)


def _storage(console: Console) -> dict[str, Any] | None:
    """As upkeep last counted it; None before."""
    value = console.coordination.get(STORAGE_KEY)
    return None if value is None else vars(_STORAGE.validate_json(value))


def _or(empty: Found, read: Callable[[], Found]) -> Found:
    try:
        return read()
    except MaskwatchError:
        return empty  # `checks` says why
