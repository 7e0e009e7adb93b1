"""What each kind of request takes of Redis: its own figures, not what a caller waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from real_servers import own_redis_number
from redis import Redis

from common.adapters.coordination.redis import RedisCoordination
from grabber.sharing import GROUP, lease_name
from maskwatch.benchmarks.report import Figure

MEMBERS = 200
TTL_SECONDS = 60.0
STATUS = b"x" * 300  # about what a camera's status takes


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One kind of request."""

    name: str
    command: str  # Redis' name of it
    call: Callable[[int], object]  # with a running number
    about: str


def measure_coordination(status: Mapping[str, str], *, calls: int) -> list[Figure]:
    """Each kind of request so many times, with 200 members and as many leases as calls."""
    with own_redis_number(dict(status)) as url:
        coordination, look = RedisCoordination.from_url(url), Redis.from_url(url)
        try:
            for number in range(MEMBERS):
                coordination.announce(GROUP, f"grabber-{number}", ttl=TTL_SECONDS, info="10000 cameras")
            return [_figure(look, work, calls) for work in _works(coordination, calls)]
        finally:
            look.close()
            coordination.close()


def _works(coordination: RedisCoordination, calls: int) -> list[_Work]:
    def acquire(number: int) -> object:
        return coordination.acquire(lease_name(f"camera-{number % calls}"), "grabber-1", ttl=TTL_SECONDS)

    def announce(_number: int) -> object:
        return coordination.announce(GROUP, "grabber-1", ttl=TTL_SECONDS, info="10000 cameras")

    def put(number: int) -> object:
        return coordination.put(f"camera-status/{number}", STATUS, ttl=TTL_SECONDS)

    return [
        _Work(name="acquire", command="evalsha", call=acquire, about="take or renew a lease"),
        _Work(name="announce", command="evalsha", call=announce, about="a heartbeat"),
        _Work(
            name="members",
            command="evalsha",
            call=lambda _: coordination.members(GROUP),
            about=f"the list of {MEMBERS} members",
        ),
        _Work(name="put", command="set", call=put, about="a camera's status"),
        _Work(
            name="get",
            command="get",
            call=lambda number: coordination.get(f"camera-status/{number}"),
            about="a camera's status",
        ),
    ]


def _figure(look: Redis, work: _Work, calls: int) -> Figure:
    before = _spent(look, work.command)
    for number in range(calls):
        work.call(number)
    after = _spent(look, work.command)
    how = f"{work.about}; the server's own time, mean of {calls}"
    return Figure(name=f"redis.{work.name}", value=(after[0] - before[0]) / (after[1] - before[1]), unit="us", how=how)


def _spent(look: Redis, command: str) -> tuple[float, int]:
    """Microseconds and calls so far; what a script calls is in the script's own time."""
    stats: dict[str, dict[str, Any]] = look.info("commandstats")  # type: ignore[assignment]
    found = stats.get(f"cmdstat_{command}", {"usec": 0, "calls": 0})
    return float(found["usec"]), int(found["calls"])
