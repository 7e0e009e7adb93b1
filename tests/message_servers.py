"""Real receivers on free ports: a mail server, an HTTP server that misbehaves on request, Mosquitto."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from aiosmtpd.controller import Controller
from certificates import Certificate
from paho.mqtt.enums import CallbackAPIVersion


@dataclass
class Mailbox:
    """What an SMTP server took."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server that takes every mail."""
    box = Mailbox(port=free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the HTTP receiver says next."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False  # closes the connection without a word
    waits: float = 0.0  # seconds


@dataclass
class Hook:
    """An HTTP receiver: what it took, and what it is to say."""

    url: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)  # headers and body of each request
    answers: list[Answer] = field(default_factory=list)  # of the next requests; then 200
    delay_seconds: float = 0.0  # before every answer


@contextmanager
def http_receiver() -> Iterator[Hook]:
    """An HTTP server that answers as it is told to."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.taken.append((dict(self.headers), body))
            answer = hook.answers.pop(0) if hook.answers else Answer()
            time.sleep(hook.delay_seconds + answer.waits)
            if answer.hangs_up:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mosquitto(
    folder: Path, *, users: dict[str, str] | None = None, port: int = 0, certificate: Certificate | None = None
) -> Iterator[int]:
    """Mosquitto on a port, 0: a free one; it asks `users` for their password, and speaks TLS with a certificate."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("Mosquitto is not installed (Debian: apt-get install mosquitto)")
    port = port or free_port()
    lines = [f"listener {port} 127.0.0.1", f"allow_anonymous {'false' if users else 'true'}"]
    if users:
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for name, password in users.items():
            subprocess.run(["mosquitto_passwd", "-b", passwords, name, password], check=True, capture_output=True)
        passwords.chmod(0o644)
        lines.append(f"password_file {passwords}")
    if certificate is not None:
        lines += [f"certfile {certificate.path}", f"keyfile {certificate.key}"]
    if os.geteuid() == 0:
        lines.append("user root")  # else it becomes a user who may not read the test's folder
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join(lines))
    process = subprocess.Popen([program, "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


class Listener:
    """Somebody who hears everything on an MQTT broker, retained messages first."""

    def __init__(self, port: int, username: str | None = None, password: str | None = None) -> None:
        self.heard: dict[str, str] = {}  # by topic, the last payload
        self._news = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        if username:
            self._client.username_pw_set(username, password)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def wait_for(self, topic: str, payload: str | None = None) -> str:
        """The topic's payload once it is that one, or any."""
        with self._news:
            assert self._news.wait_for(
                lambda: topic in self.heard and payload in (None, self.heard[topic]), timeout=10
            ), f"{topic} is not {payload}: {self.heard}"
            return self.heard[topic]

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Any, _data: Any, one: Any) -> None:
        with self._news:
            self.heard[one.topic] = one.payload.decode()
            self._news.notify_all()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")
