"""/healthz, /readyz and /metrics over real HTTP."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import httpx
import pytest

from common.errors import InvalidInput, Unavailable
from common.runtime.health import HealthServer


class Part:
    """Something a service needs, that can be away."""

    def __init__(self) -> None:
        self.is_away = False

    def check(self) -> None:
        if self.is_away:
            raise Unavailable("the broker does not answer")


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def client(part: Part) -> Iterator[httpx.Client]:
    server = HealthServer(host="127.0.0.1", port=0, checks={"broker": part.check, "store": lambda: None})
    server.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        yield client
    server.close()


def test_a_service_with_all_its_parts_is_ready(client: httpx.Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (200, {"broker": "ok", "store": "ok"})


def test_a_service_without_a_part_is_alive_but_not_ready(client: httpx.Client, part: Part) -> None:
    part.is_away = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "the broker does not answer")
    assert client.get("/healthz").status_code == 200
    part.is_away = False
    assert client.get("/readyz").status_code == 200


def test_metrics_are_prometheus_text(client: httpx.Client) -> None:
    import common.metrics  # noqa: F401  # declares them

    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE maskwatch_jobs_total counter" in answer.text


def test_any_other_page_is_not_found(client: httpx.Client) -> None:
    assert client.get("/admin").status_code == 404


def test_a_port_in_use_is_an_error_at_the_start() -> None:
    first = HealthServer(host="127.0.0.1", port=0, checks={})
    with pytest.raises(InvalidInput, match=rf"cannot listen on 127\.0\.0\.1:{first.port}.*MASKWATCH_HEALTH_PORT"):
        HealthServer(host="127.0.0.1", port=first.port, checks={})
    first.start()
    first.close()


def test_a_probe_that_hangs_up_early_disturbs_nobody(client: httpx.Client, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(20):
        with socket.create_connection((client.base_url.host, client.base_url.port)) as probe:
            probe.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            # Closing with this option set sends a reset: the answer meets a closed door.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.2)
    assert client.get("/healthz").status_code == 200
    assert "Traceback" not in capfd.readouterr().err
