"""Coordination through Redis, 6 or later. Time is the server's: replicas' clocks may differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as ConnectionFailed
from redis.exceptions import RedisError
from redis.retry import Retry

from common.errors import InvalidInput, Unavailable
from common.ports.coordination import Lease

PREFIX = "maskwatch:"
# It answers in a millisecond, or hangs. Both together stay below a lease of six seconds: who has to wait longer to hear
# that nothing can be renewed hears it too late.
CONNECT_SECONDS = 2
ANSWER_SECONDS = 2
RETRY_SECONDS = 0.05  # one more try: a pooled connection may be from before the server's restart

# The braces make Redis Cluster keep the three together: a script may touch only one node's keys.
_LEASES = [f"{PREFIX}{{leases}}:{part}" for part in ("until", "owner", "token")]
_NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

_ACQUIRE = (  # KEYS: until, owner, token; ARGV: name, owner, ttl in ms; answers the token, or 0
    _NOW
    + """
local until_ = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local owner = redis.call('HGET', KEYS[2], ARGV[1])
if until_ <= now then
    redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
    redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
elseif owner ~= ARGV[2] then
    return 0
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
return tonumber(redis.call('HGET', KEYS[3], ARGV[1]))
"""
)
_RELEASE = """
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then
    redis.call('ZREM', KEYS[1], ARGV[1])
    redis.call('HDEL', KEYS[2], ARGV[1])
end
return 0
"""
_LIST_LEASES = (  # answers name, owner, token, name, …
    _NOW
    + """
local found = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do
    found[#found + 1] = name
    found[#found + 1] = redis.call('HGET', KEYS[2], name)
    found[#found + 1] = redis.call('HGET', KEYS[3], name)
end
return found
"""
)
_ANNOUNCE = (  # KEYS: until, info; ARGV: member, ttl in ms, info
    _NOW
    + """
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return 0
"""
)
_LIST_MEMBERS = (  # forgets those that lapsed; answers member, info, member, …
    _NOW
    + """
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
    redis.call('ZREM', KEYS[1], member)
    redis.call('HDEL', KEYS[2], member)
end
local found = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    found[#found + 1] = member
    found[#found + 1] = redis.call('HGET', KEYS[2], member)
end
return found
"""
)


class RedisCoordination:
    """See common/ports/coordination.py."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._acquire = client.register_script(_ACQUIRE)
        self._release = client.register_script(_RELEASE)
        self._list_leases = client.register_script(_LIST_LEASES)
        self._announce = client.register_script(_ANNOUNCE)
        self._list_members = client.register_script(_LIST_MEMBERS)

    @classmethod
    def from_url(cls, url: str) -> RedisCoordination:
        """`redis(s)://user:password@host:port/number`; connects when it is first used."""
        try:
            client = Redis.from_url(
                url,
                socket_connect_timeout=CONNECT_SECONDS,
                socket_timeout=ANSWER_SECONDS,
                retry=Retry(ConstantBackoff(RETRY_SECONDS), 1, supported_errors=(ConnectionFailed,)),
                client_name="maskwatch",
            )
        except (ValueError, TypeError):
            raise InvalidInput(
                "the coordination URL is not of the form redis://user:password@host:port/number"
            ) from None
        return cls(client)

    def acquire(self, name: str, owner: str, *, ttl: float) -> Lease | None:
        with _translated():
            token = cast(int, self._acquire(keys=_LEASES, args=[name, owner, _milliseconds(ttl)]))
        return Lease(name=name, owner=owner, token=token) if token else None

    def release(self, name: str, owner: str) -> None:
        with _translated():
            self._release(keys=_LEASES, args=[name, owner])

    def leases(self, prefix: str = "") -> dict[str, Lease]:
        with _translated():
            words = cast(list[bytes], self._list_leases(keys=_LEASES))
        found = {}
        for name, owner, token in zip(*[(word.decode() for word in words)] * 3, strict=True):
            if name.startswith(prefix):
                found[name] = Lease(name=name, owner=owner, token=int(token))
        return dict(sorted(found.items()))

    def announce(self, group: str, member: str, *, ttl: float, info: str = "") -> None:
        with _translated():
            self._announce(keys=_group(group), args=[member, _milliseconds(ttl), info])

    def withdraw(self, group: str, member: str) -> None:
        until, infos = _group(group)
        with _translated(), self._client.pipeline() as pipeline:
            pipeline.zrem(until, member)
            pipeline.hdel(infos, member)
            pipeline.execute()

    def members(self, group: str) -> dict[str, str]:
        with _translated():
            words = cast(list[bytes], self._list_members(keys=_group(group)))
        return dict(sorted(zip(*[(word.decode() for word in words)] * 2, strict=True)))

    def put(self, key: str, value: bytes, *, ttl: float) -> None:
        with _translated():
            self._client.set(f"{PREFIX}value:{key}", value, px=_milliseconds(ttl))

    def get(self, key: str) -> bytes | None:
        with _translated():
            return cast(bytes | None, self._client.get(f"{PREFIX}value:{key}"))

    def get_many(self, keys: list[str]) -> list[bytes | None]:
        if not keys:
            return []
        with _translated():
            return cast(list[bytes | None], self._client.mget([f"{PREFIX}value:{key}" for key in keys]))

    def add(self, key: str, number: int, *, ttl: float) -> int:
        name = f"{PREFIX}value:{key}"
        with _translated(), self._client.pipeline(transaction=True) as pipeline:
            pipeline.incrby(name, number)
            pipeline.pexpire(name, _milliseconds(ttl))
            return cast(int, pipeline.execute()[0])

    def check(self) -> None:
        with _translated():
            self._client.ping()

    def close(self) -> None:
        self._client.close()


def _group(group: str) -> list[str]:
    return [f"{PREFIX}{{group:{group}}}:{part}" for part in ("until", "info")]


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as exc:
        raise Unavailable(f"Redis does not answer: {exc}") from exc
