"""RabbitMQ, PostgreSQL, Redis and an S3 server that a test may kill: nobody else uses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.stack import Stack
from tcp_proxy import TcpProxy

from tests.real_servers import Services

BUCKET = "chaos"


class Servers:
    """A stack of deploy/dev of our own, and the proxies that stand in front of two of them."""

    def __init__(self, stack: Stack, status: dict[str, str], *, s3: TcpProxy, redis: TcpProxy) -> None:
        self._stack = stack
        self.s3, self.redis = s3, redis  # what every service uses, and what only one grabber uses
        self.direct = Services(
            amqp_url=status["amqp_url"],
            postgres_url=status["postgres_url"],
            redis_url=status["redis_url"],
            s3_url=status["s3_url"],
            s3_access_key=status["s3_access_key"],
            s3_secret_key=status["s3_secret_key"],
            store_url=_store_url(status["s3_url"]),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a service: its store is behind the proxy."""
        return {**self.direct.environment, "MASKWATCH_STORE": _store_url(f"http://127.0.0.1:{self.s3.port}")}

    @property
    def partitioned(self) -> dict[str, str]:
        """The setting of the one grabber that can be parted from Redis."""
        return {"MASKWATCH_COORDINATION": f"redis://127.0.0.1:{self.redis.port}/0"}

    def kill(self, name: str) -> None:
        """As a crash would."""
        self._stack.stop(name, kill=True)

    def stop(self, name: str) -> None:
        """As an administrator does."""
        self._stack.stop(name, kill=False)

    def start(self, name: str) -> None:
        """Start it again and wait until it answers; nothing happens to one that runs."""
        self._stack.start(name)

    def heal(self) -> None:
        """Undo whatever was done to them."""
        if any(entry["state"] != "up" for entry in self._stack.status()):
            self._stack.up()
        for proxy in (self.s3, self.redis):
            proxy.heal()


@contextmanager
def own_servers(folder: Path) -> Iterator[Servers]:
    """Start all four with their data below `folder`; all is gone at the end."""
    stack = Stack(folder)
    try:
        stack.up()
        status = json.loads((folder / ".dev" / "services.json").read_text(encoding="ascii"))
        with _in_front_of(status["s3_url"]) as s3, _in_front_of(status["redis_url"]) as redis:
            yield Servers(stack, status, s3=s3, redis=redis)
    finally:
        stack.down()


def _in_front_of(url: str) -> TcpProxy:
    host, _, port = url.split("//")[1].partition("/")[0].rpartition(":")
    return TcpProxy(host=host, port=int(port))


def _store_url(endpoint: str) -> str:
    return f"s3://{BUCKET}?endpoint={endpoint}&region=us-east-1"
