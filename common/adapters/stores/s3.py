"""Pictures in any server that speaks plain S3, by boto3."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.adapters.stores.keys import checked
from common.errors import InvalidInput, NotFound, Unavailable
from common.ports.store import StoredObject

CONNECT_SECONDS = 3
READ_SECONDS = 15
CONNECTIONS = 32  # a processor fetches a batch in parallel; more threads would wait for a connection, not fail
DELETE_AT_ONCE = 1000  # S3's limit per request
OPTIONS = frozenset({"endpoint", "region"})


class S3Store:
    """See common/ports/store.py. Path-style addresses, signature version 4, nothing a small S3 server lacks.

    `list` keeps the server's order: S3's is by key, SeaweedFS goes folder by folder, which is the same for ours.
    """

    def __init__(self, client: Any, *, bucket: str) -> None:
        """`client`: boto3's for S3; its methods are made at run time and have no types."""
        self._client = client
        self._bucket = bucket

    @classmethod
    def from_url(cls, url: str, *, access_key: str = "", secret_key: str = "") -> S3Store:
        """`s3://bucket?endpoint=http://host:port&region=…`; without keys boto3 looks for a role of the machine."""
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if not parts.netloc or parts.path.strip("/") or "@" in parts.netloc or options.keys() - OPTIONS:
            raise InvalidInput("the store URL is not of the form s3://bucket?endpoint=http://host:port&region=name")
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=CONNECTIONS,
            retries={"total_max_attempts": 2, "mode": "standard"},  # one more try; longer waits are the caller's
            request_checksum_calculation="when_required",  # newer checksums are AWS's alone
            response_checksum_validation="when_required",
        )
        try:
            client = boto3.client(
                "s3",
                endpoint_url=options.get("endpoint"),
                region_name=options.get("region", "us-east-1"),
                aws_access_key_id=access_key or None,
                aws_secret_access_key=secret_key or None,
                config=config,
            )
        except ValueError as exc:
            raise InvalidInput(f"the store URL's endpoint is wrong: {exc}") from exc
        return cls(client, bucket=parts.netloc)

    def put(self, key: str, data: bytes, *, content_type: str = "image/jpeg") -> None:
        checked(key)

        def upload() -> None:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

        with self._translated():
            try:
                upload()
            except ClientError as exc:
                if _code(exc) != "NoSuchBucket":
                    raise
                self._create_bucket()
                upload()

    def get(self, key: str) -> bytes:
        checked(key)
        with self._translated():
            try:
                return cast(bytes, self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())
            except ClientError as exc:
                if _code(exc) in ("NoSuchKey", "NoSuchBucket", "404"):
                    raise NotFound(f"no picture {key!r}") from exc
                raise

    def delete(self, keys: Iterable[str]) -> None:
        remaining = iter([checked(key) for key in keys])
        while some := list(itertools.islice(remaining, DELETE_AT_ONCE)):
            with self._translated():
                try:
                    answer = self._client.delete_objects(
                        Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                    )
                except ClientError as exc:
                    if _code(exc) == "NoSuchBucket":
                        return
                    raise
            refused = [error for error in answer.get("Errors", []) if error.get("Code") != "NoSuchKey"]
            if refused:
                raise Unavailable(f"the store deleted all but {len(refused)}: {refused[0].get('Message', '')}")

    def list(self, prefix: str = "") -> Iterator[str]:
        return (stored.key for stored in self.objects(prefix))

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        with self._translated():
            try:
                for page in pages:
                    yield from map(_stored, page.get("Contents", []))
            except ClientError as exc:
                if _code(exc) != "NoSuchBucket":
                    raise

    def check(self) -> None:
        with self._translated():
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as exc:
                if _code(exc) not in ("404", "NoSuchBucket"):
                    raise
                self._create_bucket()

    def close(self) -> None:
        self._client.close()

    def _create_bucket(self) -> None:
        where: dict[str, Any] = {}
        if self._client.meta.region_name != "us-east-1":  # AWS refuses to be told its default
            where = {"CreateBucketConfiguration": {"LocationConstraint": self._client.meta.region_name}}
        try:
            self._client.create_bucket(Bucket=self._bucket, **where)
        except ClientError as exc:
            if _code(exc) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):  # another replica was faster
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError) as exc:
            raise Unavailable(f"the store s3://{self._bucket} does not work: {exc}") from exc


def _stored(entry: dict[str, Any]) -> StoredObject:
    return StoredObject(key=entry["Key"], size_bytes=entry["Size"], modified_at=entry["LastModified"])


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code", ""))
