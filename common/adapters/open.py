"""The URL chooses the adapter. Each is imported when it is chosen: an embedded set-up needs no client library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from common.errors import InvalidInput
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore

Port = TypeVar("Port")


def open_broker(url: str) -> Broker:
    """`sqlite:///path` or `amqp(s)://user:password@host:port/vhost`."""
    return _open("broker", url, BROKERS)


def open_store(url: str, *, access_key: str = "", secret_key: str = "") -> ObjectStore:
    """`file:///folder` or `s3://bucket?endpoint=http://host:port&region=…` with the two keys."""

    def s3(url: str) -> ObjectStore:
        from common.adapters.stores.s3 import S3Store

        return S3Store.from_url(url, access_key=access_key, secret_key=secret_key)

    return _open("store", url, {"file": _folder_store, "s3": s3})


def open_repository(url: str, *, keys: Sequence[str] = ()) -> Repository:
    """`sqlite:///path` or `postgresql+psycopg2://user:password@host:port/name`.

    `keys`: what secrets in it are sealed with, the newest first; without one they are stored as they are.
    """

    def sql(url: str) -> Repository:
        from common.adapters.database.repository import SqlRepository

        return SqlRepository.from_url(url, keys=keys)

    return _open("database", url, dict.fromkeys(REPOSITORIES, sql))


def open_coordination(url: str) -> Coordination:
    """`memory://` or `redis(s)://user:password@host:port/number`."""
    return _open("coordination", url, COORDINATIONS)


def _sqlite_broker(url: str) -> Broker:
    from common.adapters.brokers.sqlite import SqliteBroker

    return SqliteBroker.from_url(url)


def _rabbit_broker(url: str) -> Broker:
    from common.adapters.brokers.rabbit import RabbitBroker

    return RabbitBroker.from_url(url)


def _folder_store(url: str) -> ObjectStore:
    from common.adapters.stores.folder import FolderStore

    return FolderStore.from_url(url)


def _memory_coordination(url: str) -> Coordination:
    from common.adapters.coordination.memory import MemoryCoordination

    return MemoryCoordination()


def _redis_coordination(url: str) -> Coordination:
    from common.adapters.coordination.redis import RedisCoordination

    return RedisCoordination.from_url(url)


BROKERS = {"sqlite": _sqlite_broker, "amqp": _rabbit_broker, "amqps": _rabbit_broker}
REPOSITORIES = ("sqlite", "postgresql", "postgresql+psycopg2")
COORDINATIONS = {"memory": _memory_coordination, "redis": _redis_coordination, "rediss": _redis_coordination}
_OPTIONAL = ("pika", "boto3", "botocore", "redis", "psycopg2")


def _open(what: str, url: str, table: Mapping[str, Callable[[str], Port]]) -> Port:
    scheme, found, _rest = url.partition("://")
    opener = table.get(scheme.lower()) if found else None
    if opener is None:
        # Never the URL itself: what follows the scheme may hold a password.
        known = ", ".join(f"{name}://" for name in table)
        given = repr(f"{scheme}://") if found else "no scheme"
        raise InvalidInput(f"the {what} URL has {given}; known are {known}")
    try:
        return opener(url)
    except ModuleNotFoundError as exc:
        if exc.name is None or exc.name.partition(".")[0] not in _OPTIONAL:
            raise
        raise InvalidInput(
            f"the {what} {scheme}:// needs the package {exc.name}: pip install '.[distributed]' in its checkout"
        ) from exc
