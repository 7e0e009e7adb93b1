"""What every kind of test may use: the real servers of deploy/dev/services, and the embedded adapters."""

from __future__ import annotations

import contextlib
import json
import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore

STATUS_FILE = Path(__file__).parents[1] / ".dev" / "services.json"
REDIS_DATABASES = range(1, 1000)  # deploy/dev/stack/redis.py


@dataclass(frozen=True, kw_only=True)
class Services:
    """Real servers, with a virtual host, a database, a bucket and a Redis number that nobody else uses."""

    amqp_url: str
    postgres_url: str
    redis_url: str
    s3_url: str  # the endpoint, http://host:port
    s3_access_key: str
    s3_secret_key: str
    store_url: str  # s3://bucket?endpoint=…

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a service that uses them."""
        return {
            "MASKWATCH_BROKER": self.amqp_url,
            "MASKWATCH_DATABASE": self.postgres_url,
            "MASKWATCH_COORDINATION": self.redis_url,
            "MASKWATCH_STORE": self.store_url,
            "MASKWATCH_S3_ACCESS_KEY": self.s3_access_key,
            "MASKWATCH_S3_SECRET_KEY": self.s3_secret_key,
        }


@pytest.fixture(scope="session")
def server_status() -> dict[str, str]:
    """What deploy/dev/services wrote; without it the test is skipped at home and fails in CI."""
    if STATUS_FILE.exists():
        status: dict[str, str] = json.loads(STATUS_FILE.read_text(encoding="ascii"))
        return status
    if os.environ.get("CI"):
        pytest.fail("the servers are not up: run deploy/dev/services up")
    pytest.skip("run deploy/dev/services up")


@pytest.fixture(scope="session")
def services(server_status: dict[str, str]) -> Iterator[Services]:
    """Real servers for the whole session: for what is dear to set up. Most tests want `fresh_services`."""
    with own_services(server_status) as own:
        yield own


@pytest.fixture
def fresh_services(server_status: dict[str, str]) -> Iterator[Services]:
    """Real servers, empty for this test. Who needs one of them takes one of the next four: that is faster."""
    with own_services(server_status) as own:
        yield own


@pytest.fixture
def fresh_amqp_url(server_status: dict[str, str]) -> Iterator[str]:
    with _virtual_host(server_status, _new_name()) as url:
        yield url


@pytest.fixture
def fresh_postgres_url(server_status: dict[str, str]) -> Iterator[str]:
    with _database(server_status, _new_name()) as url:
        yield url


@pytest.fixture
def fresh_redis_url(server_status: dict[str, str]) -> Iterator[str]:
    with _redis_number(server_status) as url:
        yield url


@pytest.fixture
def fresh_store_url(server_status: dict[str, str]) -> Iterator[str]:
    with _bucket(server_status, _new_name()) as url:
        yield url


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """An empty embedded repository with its schema."""
    opened = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """An empty embedded broker."""
    opened = open_broker(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ObjectStore]:
    """An empty embedded object store."""
    opened = open_store(f"file://{tmp_path}/pictures")
    yield opened
    opened.close()


@pytest.fixture
def coordination() -> Iterator[Coordination]:
    """An empty embedded coordination."""
    opened = open_coordination("memory://")
    yield opened
    opened.close()


@contextmanager
def own_services(status: dict[str, str]) -> Iterator[Services]:
    """Make what belongs to one user of the servers, and remove it at the end."""
    name = _new_name()
    with (
        _virtual_host(status, name) as amqp_url,
        _database(status, name) as postgres_url,
        _redis_number(status) as redis_url,
        _bucket(status, name) as store_url,
    ):
        yield Services(
            amqp_url=amqp_url,
            postgres_url=postgres_url,
            redis_url=redis_url,
            s3_url=status["s3_url"],
            s3_access_key=status["s3_access_key"],
            s3_secret_key=status["s3_secret_key"],
            store_url=store_url,
        )


def _new_name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@contextmanager
def _virtual_host(status: dict[str, str], name: str) -> Iterator[str]:
    base = httpx.URL(status["rabbitmq_management_url"])
    with httpx.Client(
        base_url=base.copy_with(username=None, password=None), auth=(base.username, base.password)
    ) as api:
        api.put(f"/api/vhosts/{name}").raise_for_status()
        anything = {"configure": ".*", "write": ".*", "read": ".*"}
        api.put(f"/api/permissions/{name}/{base.username}", json=anything).raise_for_status()
        try:
            yield status["amqp_url"].rpartition("/")[0] + f"/{name}"
        finally:
            api.delete(f"/api/vhosts/{name}", timeout=30).raise_for_status()


@contextmanager
def _database(status: dict[str, str], name: str) -> Iterator[str]:
    import psycopg2

    server = psycopg2.connect(status["postgres_url"].replace("+psycopg2", ""))
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
            yield status["postgres_url"].rpartition("/")[0] + f"/{name}"
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        server.close()


@contextmanager
def _redis_number(status: dict[str, str]) -> Iterator[str]:
    import redis

    url = status["redis_url"].rpartition("/")[0] + f"/{random.choice(REDIS_DATABASES)}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@contextmanager
def _bucket(status: dict[str, str], name: str) -> Iterator[str]:
    import boto3

    url = f"s3://{name}?endpoint={status['s3_url']}&region=us-east-1"
    yield url  # the store under test makes it
    client = boto3.client(
        "s3",
        endpoint_url=status["s3_url"],
        region_name="us-east-1",
        aws_access_key_id=status["s3_access_key"],
        aws_secret_access_key=status["s3_secret_key"],
    )
    with contextlib.suppress(client.exceptions.ClientError):  # never made, or not empty: then it stays
        client.delete_bucket(Bucket=name)
    client.close()
