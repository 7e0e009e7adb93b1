"""How the installation is doing: workers, leases, queues, the parts it stands on."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from common.errors import MaskwatchError
from common.messages import QUEUES
from common.runtime.health import Check, readiness
from console.context import Console
from console.headroom import Headroom, read_headroom

GROUPS = ("grabbers", "processors", "analyzers")  # coordination groups that workers announce themselves in


def checks(console: Console) -> dict[str, Check]:
    """What must answer for the console to be ready."""
    return {
        "database": console.repository.check,
        "store": console.store.check,
        "coordination": console.coordination.check,
        "broker": console.broker.check,
    }


def read_system(console: Console) -> dict[str, Any]:
    """All of it. A part that does not answer shows as its sentence; the rest is still there."""
    is_ready, report = readiness(checks(console))
    return {
        "ready": is_ready,
        "checks": report,
        "workers": _or(list, lambda: _workers(console)),
        "leases": _or(list, lambda: _leases(console)),
        "queues": _or(list, lambda: [vars(console.broker.state(queue)) for queue in QUEUES]),
        "headroom": _headroom(console).to_json(),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of this program and of what runs it."""
    try:
        own = version("maskwatch")
    except PackageNotFoundError:  # run from a folder that was never installed
        own = "unknown"
    return {"maskwatch": own, "python": platform.python_version()}


def _workers(console: Console) -> list[dict[str, str]]:
    return [
        {"group": group, "name": name, "info": info}
        for group in GROUPS
        for name, info in sorted(console.coordination.members(group).items())
    ]


def _leases(console: Console) -> list[dict[str, Any]]:
    leases = console.coordination.leases()
    with console.repository.begin() as unit:
        cameras = {camera.id: camera.name for camera in unit.cameras.list()}
    return [
        {"name": name, "owner": lease.owner, "token": lease.token, "camera": cameras.get(name.rpartition("/")[2])}
        for name, lease in sorted(leases.items())
    ]


def _headroom(console: Console) -> Headroom:
    try:
        return read_headroom(console)
    except MaskwatchError:
        return Headroom(wanted=0.0, capacities={})


def _or(empty: Callable[[], list[Any]], read: Callable[[], list[Any]]) -> list[Any]:
    try:
        return read()
    except MaskwatchError:
        return empty()  # `checks` says why
