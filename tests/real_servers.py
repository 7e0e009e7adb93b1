"""The real servers of deploy/dev/services, a corner of them for each test."""

from __future__ import annotations

import contextlib
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

REDIS_DATABASES = range(1, 1000)  # deploy/dev/stack/redis.py; 0 keeps who has which
REDIS_TAKEN_SECONDS = 3600  # longer than a session of tests


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
            "MASKWATCH_ENCRYPTION_KEY": "a key for tests only: at least thirty-two characters",
        }


@contextmanager
def own_services(status: dict[str, str]) -> Iterator[Services]:
    """Make what belongs to one user of the servers, and remove it at the end."""
    with (
        own_virtual_host(status) as amqp_url,
        own_database(status) as postgres_url,
        own_redis_number(status) as redis_url,
        own_bucket(status) as store_url,
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


@contextmanager
def own_virtual_host(status: dict[str, str]) -> Iterator[str]:
    """The URL of an empty virtual host of RabbitMQ."""
    name, base = _new_name(), httpx.URL(status["rabbitmq_management_url"])
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
def own_database(status: dict[str, str]) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    import psycopg2

    name = _new_name()
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
def own_redis_number(status: dict[str, str]) -> Iterator[str]:
    """The URL of an empty Redis database."""
    import redis

    server = status["redis_url"].rpartition("/")[0]
    with redis.Redis.from_url(f"{server}/0") as numbers:
        # Tests run side by side, so who takes a number says so; a killed test's note lapses.
        number = next(
            one for one in random.sample(REDIS_DATABASES, len(REDIS_DATABASES))
            if numbers.set(f"taken:{one}", "", nx=True, ex=REDIS_TAKEN_SECONDS)
        )  # fmt: skip
        with redis.Redis.from_url(f"{server}/{number}") as client:
            client.flushdb()
            yield f"{server}/{number}"
            client.flushdb()
        numbers.delete(f"taken:{number}")


@contextmanager
def own_bucket(status: dict[str, str]) -> Iterator[str]:
    """The URL of a bucket that does not exist yet: the store under test makes it."""
    import boto3

    name = _new_name()
    url = f"s3://{name}?endpoint={status['s3_url']}&region=us-east-1"
    yield url
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


def _new_name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"
