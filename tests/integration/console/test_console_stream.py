"""Server-sent events, and the server's clean stop."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Client, RemoteProtocolError, Response
from world import World, log_in

from common.domain.status import CameraState
from common.errors import InvalidInput
from console.api.build import create_api
from console.server import ConsoleServer, serve


def messages(answer: Response) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: ") and kind != "tick":
            yield kind, json.loads(line.removeprefix("data: "))


def test_what_is_there_comes_first_and_then_what_changes(viewer: Client, world: World) -> None:
    camera = world.camera()
    alert = world.alert(camera, world.rule(), age=5)
    with viewer.stream("GET", "/api/v1/stream", timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = messages(answer)
        first = dict(next(found) for _ in range(4))
        assert set(first) == {"camera", "prediction", "event", "alert"}
        assert first["camera"]["state"] == "live"
        assert first["prediction"]["counts"]["no_mask"] == 1
        assert first["alert"]["id"] == alert.id
        world.status(camera, CameraState.DOWN, code="timeout", error="No picture came.")
        kind, body = next(found)
        assert (kind, body["state"], body["code"]) == ("camera", "down", "timeout")
        shot = world.snapshot(camera, age=1)
        kind, body = next(found)
        assert (kind, body["snapshot_id"]) == ("prediction", shot.id)


def test_an_open_stream_does_not_hold_up_the_stop(world: World) -> None:
    stop = threading.Event()
    port, thread = serve(create_api(world.console), host="127.0.0.1", port=0, stop=stop)
    with Client(base_url=f"http://127.0.0.1:{port}") as client:
        log_in(client, "viewer")
        world.camera()
        with client.stream("GET", "/api/v1/stream", timeout=30) as answer:
            found = messages(answer)
            assert next(found)[0] == "camera"
            stop.set()
            thread.join(timeout=20)
            assert not thread.is_alive()
            with pytest.raises((StopIteration, RemoteProtocolError)):
                next(found)


def test_a_port_in_use_is_an_error_at_the_start(world: World) -> None:
    app = create_api(world.console)
    stop = threading.Event()
    port, thread = serve(app, host="127.0.0.1", port=0, stop=stop)
    with pytest.raises(InvalidInput, match=str(port)):
        ConsoleServer(app, host="127.0.0.1", port=port)
    stop.set()
    thread.join()


def test_an_answer_s_body_does_not_wait_for_its_head_to_be_acknowledged(world: World) -> None:
    """Nagle's algorithm and delayed acknowledgements together cost 40 ms a request."""
    server = ConsoleServer(create_api(world.console), host="127.0.0.1", port=0)
    with server._socket as bound, socket.create_connection(("127.0.0.1", server.port)):
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
