"""Whether a server really answers: a few bytes of its own protocol, so that no client library is needed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime

from stack.service import USER, Service

TIMEOUT_SECONDS = 3.0


def answers(service: Service) -> bool:
    """Whether it does now."""
    try:
        return _PROBES[service.name](service)
    except (OSError, http.client.HTTPException):
        return False


def _rabbitmq(service: Service) -> bool:
    # AMQP 0-9-1: the header, answered by connection.start, a method frame (type 1).
    return _exchange(service.port, b"AMQP\x00\x00\x09\x01", 1) == b"\x01"


def _postgresql(service: Service) -> bool:
    # A start-up packet, answered by R (log in, please) or E (not yet, or no such database).
    words = b"".join(word.encode() + b"\0" for word in ("user", USER, "database", USER)) + b"\0"
    body = struct.pack("!i", 196608) + words
    return _exchange(service.port, struct.pack("!i", len(body) + 4) + body, 1) == b"R"


def _redis(service: Service) -> bool:
    return _exchange(service.port, b"PING\r\n", 5) == b"+PONG"


def _s3(service: Service) -> bool:
    # A bucket and a file, signed: the port is open long before its volumes are there.
    return all(_put(service, path) in (200, 409) for path in ("/maskwatch-probe", "/maskwatch-probe/ok"))


def _exchange(port: int, request: bytes, count: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(request)
        return connection.recv(count)


def _put(service: Service, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("PUT", path, body=b"", headers=_signed(service, path))
        return connection.getresponse().status
    finally:
        connection.close()


def _signed(service: Service, path: str) -> dict[str, str]:
    """Signature version 4 of an empty PUT (AWS, "Authenticating Requests: Using the Authorization Header")."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": f"127.0.0.1:{service.port}", "x-amz-content-sha256": empty, "x-amz-date": moment}
    names = ";".join(headers)
    canonical = "\n".join(["PUT", path, "", *(f"{name}:{value}" for name, value in headers.items()), "", names, empty])
    scope = f"{moment[:8]}/us-east-1/s3/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + service.password.encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"AWS4-HMAC-SHA256 Credential={USER}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": credential}


_PROBES: dict[str, Callable[[Service], bool]] = {
    "rabbitmq": _rabbitmq,
    "postgresql": _postgresql,
    "redis": _redis,
    "s3": _s3,
}
