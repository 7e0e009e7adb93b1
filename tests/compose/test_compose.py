"""docker-compose.yml as an operator uses it: up, an alert, more replicas, down. `make test-compose` runs it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.compose

ROOT = Path(__file__).parents[2]
UP_SECONDS = 300
ALERT_SECONDS = 180  # the scene repeats every 50 s
SERVICES = ("grabber", "processor", "model-api", "analyzer", "console", "simulation")
HEAVY = {  # module -> the services that need it
    "torch": (),
    "onnxruntime": ("model-api",),
    "fastapi_offline": ("console", "model-api"),
    "av": ("grabber", "model-api", "console", "simulation"),
    "skimage": ("simulation",),
    "pika": ("grabber", "processor", "analyzer", "console", "simulation"),
}
SERVERS = ("rabbitmq", "postgres", "redis", "seaweedfs")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(check, *, seconds, what):
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(1)
    return answer


class Deployment:
    """A project of its own: nothing of a real installation on the same machine is touched."""

    def __init__(self, folder):
        self.password, self.port = secrets.token_hex(12), free_port()
        self._env_file = folder / ".env"
        self._compose = os.environ["MASKWATCH_TEST_COMPOSE"].split()
        values = {
            "MASKWATCH_ADMIN_PASSWORD": self.password,
            "MASKWATCH_PORT": str(self.port),
            "MASKWATCH_PUBLISH": "127.0.0.1",
        }
        self._env_file.write_text(fill_in((ROOT / ".env.example").read_text(encoding="utf-8"), values))
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)

    def compose(self, *arguments, seconds=UP_SECONDS, check=True):
        command = [*self._compose, "--project-name", "maskwatch-test", "--env-file", str(self._env_file)]
        command += ["--profile", "demo", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
        assert not check or done.returncode == 0, f"{' '.join(arguments)}: {done.stderr[-3000:]}"
        return done.stdout

    def up(self, *arguments):
        self.compose("up", "--detach", "--no-build", "--pull", "never", *arguments)

    def containers(self, service):
        lines = self.compose("ps", "--all", "--format", "json", service).splitlines()
        return [json.loads(line) for line in lines if line]

    def inspect(self, service, what):
        ids = [container["ID"] for container in self.containers(service)]
        done = subprocess.run(
            ["docker", "inspect", "--format", what, *ids], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.split()

    def log_in(self):
        wait_for(self._is_ready, seconds=UP_SECONDS, what="the console to be ready")
        answer = self.http.post("/api/v1/login", json={"name": "admin", "password": self.password})
        assert answer.status_code == 200, answer.text

    def get(self, path, **parameters):
        answer = self.http.get(f"/api/v1/{path}", params=parameters)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def workers(self):
        return Counter(worker["group"] for worker in self.get("system")["workers"])

    def is_healthy(self, service):
        return all(container["Health"] == "healthy" for container in self.containers(service))

    def _is_ready(self):
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


def fill_in(example, values):
    """`.env` as an operator makes it: every value that the example leaves empty gets a secret."""
    lines = []
    for line in example.splitlines():
        name, found, value = line.partition("=")
        if found and not line.startswith("#"):
            line = f"{name}={values.get(name, value or secrets.token_hex(24))}"
        lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    if not os.environ.get("MASKWATCH_TEST_COMPOSE"):
        pytest.skip("needs a Docker engine and the built images: run make test-compose")
    folder = tmp_path_factory.mktemp("compose")
    deployment = Deployment(folder)
    try:
        deployment.up()
        deployment.log_in()
        yield deployment
    finally:
        (ROOT / ".dev").mkdir(exist_ok=True)
        (ROOT / ".dev" / "compose-services.log").write_text(deployment.compose("logs", "--no-color", check=False))
        deployment.compose("down", "--volumes", "--remove-orphans", "--timeout", "30", check=False)
        deployment.http.close()


def test_without_its_secrets_nothing_starts_and_the_message_names_what_is_missing(deployment, tmp_path):
    empty = tmp_path / "empty.env"
    empty.write_text("")
    command = [*os.environ["MASKWATCH_TEST_COMPOSE"].split(), "--env-file", str(empty), "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "MASKWATCH_" in done.stderr
    assert ".env.example" in done.stderr


def test_every_service_becomes_healthy_and_the_one_shots_are_done(deployment):
    for service in (*SERVERS, *SERVICES):
        wait_for(lambda service=service: deployment.is_healthy(service), seconds=120, what=f"{service} to be healthy")
    for service in ("migrations", "demo-camera"):
        assert deployment.inspect(service, "{{.State.ExitCode}}") == ["0"]


def test_an_alert_comes_through_with_its_picture(deployment):
    [alert] = wait_for(
        lambda: deployment.get("alerts", limit=1)["items"], seconds=ALERT_SECONDS, what="an alert of the demo's camera"
    )
    assert "without a mask" in alert["summary"]
    picture = deployment.http.get(f"/api/v1/snapshots/{alert['snapshot_id']}/image.jpg")
    assert picture.status_code == 200
    assert picture.content.startswith(b"\xff\xd8")


def test_more_grabbers_share_the_cameras_and_more_processors_the_work(deployment):
    deployment.up("--no-recreate", "--scale", "grabber=3", "--scale", "processor=4")
    wanted = {"grabbers": 3, "processors": 4, "analyzers": 1}
    wait_for(
        lambda: wanted.items() <= deployment.workers().items(), seconds=180, what="three grabbers and four processors"
    )

    def holders():
        return [lease for lease in deployment.get("system")["leases"] if lease["name"].startswith("camera")]

    assert len(wait_for(holders, seconds=60, what="the camera's lease")) == 1
    before = taken(deployment)
    wait_for(lambda: taken(deployment) >= before + 3, seconds=60, what="three more snapshots")


def taken(deployment):
    return len(deployment.get("snapshots", limit=100)["items"])


def test_grabber_and_processor_live_on_a_fifth_of_a_cpu_each(deployment):
    for service in ("grabber", "processor"):
        limits = deployment.inspect(service, "{{.HostConfig.NanoCpus}}")
        assert limits
        assert set(limits) == {"200000000"}


def test_no_service_runs_as_root_or_carries_what_only_others_need(deployment):
    look = "import importlib.util, os; print(os.geteuid(), *(m for m in {} if importlib.util.find_spec(m)))"
    for service in SERVICES:
        answer = deployment.compose("exec", "--no-TTY", service, "python", "-c", look.format(tuple(HEAVY)))
        user, *carried = answer.split()
        assert user == "10001", service
        assert set(carried) == {module for module, users in HEAVY.items() if service in users}, service


def test_told_to_stop_every_service_ends_cleanly(deployment):
    services = [service for service in SERVICES if service != "simulation"]  # the camera is no service
    deployment.compose("stop", "--timeout", "30", *services)
    for service in services:
        assert set(deployment.inspect(service, "{{.State.ExitCode}}")) == {"0"}, service
