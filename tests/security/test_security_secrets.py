"""Secrets planted everywhere, then looked for in all that is said, answered, counted and stored, failures above all."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Client, TransportError
from message_servers import Answer, free_port, http_receiver
from typer.testing import CliRunner

from common.adapters.open import open_repository
from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.notification import Notification, NotificationKind
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Rule, Severity
from maskwatch.cli.app import app

NOW = datetime.now(UTC)
PATIENCE_SECONDS = 60.0
IN_ADDRESSES = (
    "query-token", "http-query", "hook-path", "hook-field", "hook-signature", "apprise-password", "apprise-path",
    "mqtt-password", "alertmanager-password", "session-key", "encryption-key", "s3-secret", "oidc-secret",
)  # fmt: skip
TYPED = ("camera-password", "admin-password", "user-password")
SECRETS = {
    **{name: f"planted-{name}-0123456789-abcdefghij" for name in IN_ADDRESSES},
    **{name: f"planted/{name}+ü@ 0123456789" for name in TYPED},
}  # those that are made in the tests join them


@dataclass
class Running:
    """Services of one installation, and all that was heard of them."""

    folder: Path
    environment: dict[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)  # by where it was said

    def start(self, stack: ExitStack, service: str, form: str) -> None:
        self.ports[service] = free_port()
        port = {"MASKWATCH_PORT" if service == "console" else "MASKWATCH_HEALTH_PORT": str(self.ports[service])}
        log = stack.enter_context((self.folder / f"{service}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "maskwatch", service],
            cwd=self.folder, stdout=log, stderr=log, env={**self.environment, **port, "MASKWATCH_LOG_FORMAT": form},
        )  # fmt: skip
        stack.callback(process.wait, 30)
        stack.callback(process.send_signal, signal.SIGTERM)

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text(encoding="utf-8", errors="replace")

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.1)


def furnish(folder: Path, hook: str, closed: int) -> None:
    """Cameras that fail, receivers that fail, an alert of which each is to be told."""
    secret = SECRETS
    cameras = [
        Camera(
            id="rtsp", name="Refusing", created_at=NOW, username="op", password=secret["camera-password"],
            url=f"rtsp://127.0.0.1:{closed}/live?channel=1&pwd={secret['query-token']}",
        ),
        Camera(
            id="http", name="Not there", created_at=NOW, username="op", password=secret["camera-password"],
            url=f"{hook}/snap.jpg?token={secret['http-query']}",
        ),
    ]  # fmt: skip
    urls = {
        ReceiverKind.WEBHOOK: f"{hook}/hook/{secret['hook-path']}?key={secret['hook-field']}",
        ReceiverKind.APPRISE: f"json://me:{secret['apprise-password']}@127.0.0.1:{closed}/{secret['apprise-path']}",
        ReceiverKind.MQTT: f"mqtt://me:{secret['mqtt-password']}@127.0.0.1:{closed}/topic",
        ReceiverKind.ALERTMANAGER: f"http://me:{secret['alertmanager-password']}@127.0.0.1:{closed}",
    }
    repository = open_repository(f"sqlite:///{folder}/maskwatch.db", keys=[secret["encryption-key"]])
    repository.upgrade()
    with repository.begin() as unit:
        for camera in cameras:
            unit.cameras.add(camera)
        unit.rules.add(Rule(id="rule", name="No masks", receivers=tuple(urls)))
        unit.alerts.save(
            Alert(
                id="alert", event_id="event", rule_id="rule", camera_id="rtsp", state=AlertState.FIRING,
                severity=Severity.WARNING, summary="1 person", started_at=NOW, fired_at=NOW,
            )
        )  # fmt: skip
        for kind, url in urls.items():
            unit.receivers.add(
                Receiver(id=kind, name=kind, kind=kind, url=url, secret=secret["hook-signature"], created_at=NOW)
            )
            unit.notifications.add(
                Notification(
                    id=f"n-{kind}", key=kind, receiver_id=kind, kind=NotificationKind.FIRING, alert_ids=("alert",),
                    created_at=NOW, due_at=NOW,
                )
            )  # fmt: skip
    repository.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """All was tried, all failed, and everything was asked for."""
    folder = tmp_path_factory.mktemp("planted")
    with ExitStack() as stack:
        hook = stack.enter_context(http_receiver())
        hook.answers = [Answer(status=500)] * 1000
        (folder / "data").mkdir()
        furnish(folder / "data", hook.url, free_port())
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MASKWATCH_")}
        made = Running(folder=folder, environment={**clean, **settings(folder)})
        with ExitStack() as services:
            for service, form in (("grabber", "json"), ("analyzer", "text"), ("console", "json")):
                made.start(services, service, form)
            wait_until(lambda: made.log("grabber").count("camera.down") >= 2, "cameras to fail")
            wait_until(lambda: all(f"n-{kind}" in made.log("analyzer") for kind in ReceiverKind), "messages to fail")
            ask_everything(made)
        for service in made.ports:
            made.heard[f"the log of {service}"] = made.log(service)
        yield made


def settings(folder: Path) -> dict[str, str]:
    return {
        "MASKWATCH_DATA": str(folder / "data"),
        "MASKWATCH_ALLOW_ADDRESSES": "loopback",
        "MASKWATCH_LOG_LEVEL": "DEBUG",
        "MASKWATCH_SHOT_TIMEOUT_SECONDS": "3",
        "MASKWATCH_ADMIN_PASSWORD": SECRETS["admin-password"],
        "MASKWATCH_SECRET_KEY": SECRETS["session-key"],
        "MASKWATCH_ENCRYPTION_KEY": SECRETS["encryption-key"],
        "MASKWATCH_S3_SECRET_KEY": SECRETS["s3-secret"],
        "MASKWATCH_OIDC_CLIENT_SECRET": SECRETS["oidc-secret"],
    }


def ask_everything(made: Running) -> None:
    with Client(base_url=made.url("console"), timeout=60) as client:
        wait_until(lambda: _answers(client), "the console")
        log_in(client, made)
        change_things(client, made)
        described = client.get("/openapi.json").json()
        for path, methods in described["paths"].items():
            if "get" in methods and not path.endswith("/stream"):
                asked = re.sub(r"{camera_id}", "rtsp", re.sub(r"{receiver_id}", "webhook", path))
                made.heard[f"GET {path}"] = client.get(re.sub(r"{\w+}", "alert", asked)).text
        for kind in ReceiverKind:
            made.heard[f"a test of {kind}"] = client.post(f"/api/v1/receivers/{kind}/test").text
        for camera in ("rtsp", "http"):
            made.heard[f"a look at {camera}"] = client.post(f"/api/v1/cameras/{camera}/test").text
        for service in made.ports:
            made.heard[f"the metrics of {service}"] = client.get(made.url(service) + "/metrics").text
            made.heard[f"whether {service} is ready"] = client.get(made.url(service) + "/readyz").text


def log_in(client: Client, made: Running) -> None:
    wrong = {"name": "admin", "password": SECRETS["user-password"]}
    made.heard["a wrong password"] = client.post("/api/v1/login", json=wrong).text
    right = client.post("/api/v1/login", json={"name": "admin", "password": SECRETS["admin-password"]})
    assert right.status_code == 200, right.text
    client.headers["X-CSRF-Token"] = right.json()["csrf_token"]
    SECRETS["session"] = client.cookies["maskwatch_session"]


def change_things(client: Client, made: Running) -> None:
    """What comes back of it is heard, also where it is refused; a token's own answer is its one time."""
    SECRETS["api-token"] = client.post("/api/v1/tokens", json={"name": "script", "days": 1}).json()["token"]
    camera = {"password": SECRETS["camera-password"], "username": "op"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/users", {"name": "ada", "password": SECRETS["user-password"], "role": "viewer"}),
        ("POST", "/users", {"name": "ada", "password": SECRETS["user-password"], "role": "viewer"}),
        ("POST", "/users", {"name": "bob", "password": SECRETS["user-password"], "role": "emperor"}),
        ("PATCH", "/cameras/rtsp", {**camera, "interval_seconds": 9}),
        ("PATCH", "/cameras/rtsp", {**camera, "interval_seconds": -1}),
        ("PATCH", "/cameras/rtsp", {"url": f"gopher://op:{SECRETS['http-query']}@h/?pwd={SECRETS['query-token']}"}),
        ("PATCH", "/receivers/webhook", {"secret": SECRETS["hook-signature"], "digest_hour": 99}),
        ("PATCH", "/receivers/apprise", {"url": f"nothing://me:{SECRETS['apprise-password']}@h/"}),
        ("POST", "/receivers", {"name": "x", "kind": "mqtt", "url": f"https://me:{SECRETS['mqtt-password']}@h/"}),
    ]
    for number, (method, path, body) in enumerate(asked):
        answer = client.request(method, f"/api/v1{path}", json=body)
        made.heard[f"{method} {path} ({number})"] = answer.text


def _answers(client: Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except TransportError:
        return False


def forms(secret: str) -> set[str]:
    """As it is, as part of an address, inside JSON, and in base64 wherever it begins."""
    encoded = {base64.b64encode((" " * shift + secret).encode()).decode()[4:-6] for shift in range(3)}
    return {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], *encoded}


def found_in(text: str) -> set[str]:
    return {name for name, secret in SECRETS.items() for form in forms(secret) if form in text}


def test_what_is_looked_for_would_be_found() -> None:
    for name, secret in SECRETS.items():
        for text in (secret, quote(secret), base64.b64encode(f"op:{secret}".encode()).decode()):
            assert name in found_in(f"… {text} …")


def test_nothing_that_is_logged_answered_or_counted_tells_a_secret(running: Running) -> None:
    told = {where: names for where, text in running.heard.items() if (names := found_in(text))}
    assert told == {}
    assert len(running.heard) > 60
    assert "pwd=***" in running.heard["GET /api/v1/cameras"]
    assert "pwd=***" in running.heard["the log of grabber"]
    assert "notification.put_off" in running.heard["the log of analyzer"]


def test_nothing_that_is_stored_tells_a_secret(running: Running) -> None:
    kept = [path for path in (running.folder / "data").rglob("*") if path.is_file()]
    told = {path.name: names for path in kept if (names := found_in(path.read_bytes().decode("latin-1")))}
    assert told == {}
    database = b"".join(path.read_bytes() for path in kept if path.name.startswith("maskwatch.db"))
    assert b"enc1:" in database
    assert b"Refusing" in database


@pytest.mark.parametrize(
    "command",
    [
        "config show", "config show --json", "config check", "cameras list --json", "cameras show rtsp",
        "cameras export", "receivers list --json", "users list --json", "tokens list --json", "alerts show alert",
        "queues show", "privacy ledger", "privacy retention", "doctor",
    ],
)  # fmt: skip
def test_no_command_tells_a_secret(running: Running, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(running.folder)
    for name, value in settings(running.folder).items():
        monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(app, command.split())
    assert answer.output
    assert found_in(answer.output) == set()
