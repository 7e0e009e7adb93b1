"""Servers as Docker containers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from stack.packages import Missing
from stack.redis import DATABASES
from stack.s3 import write_identity
from stack.service import USER, Service, free_ports, new_password, subfolder

IMAGES = {
    "rabbitmq": "rabbitmq:4-management",
    "postgresql": "postgres:16",
    "redis": "redis:7",
    "s3": "chrislusf/seaweedfs",
}

PATIENCE_SECONDS = 300  # an image of some hundred megabytes by a slow line


def is_available() -> bool:
    """Whether a Docker engine answers and has, or can fetch, every image."""
    if shutil.which("docker") is None or not _succeeds("info"):
        return False
    for image in IMAGES.values():
        if not _succeeds("image", "inspect", image) and not _succeeds("pull", "--quiet", image):
            print(f"docker has no {image} and cannot fetch it: taking packages instead", file=sys.stderr, flush=True)
            return False
    return True


def _succeeds(*words: str) -> bool:
    try:
        done = subprocess.run(["docker", *words], capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def prepare(folder: Path) -> list[Service]:
    """All four, published on free ports of the loop-back."""
    amqp, management, postgresql, redis, s3 = free_ports(5)
    broker, database, store = new_password(), new_password(), new_password()
    config = write_identity(subfolder(folder, "s3"), store)
    config.chmod(0o644)  # the container's user reads it
    return [
        _service(
            "rabbitmq",
            amqp,
            {amqp: 5672, management: 15672},
            env={"RABBITMQ_DEFAULT_USER": USER, "RABBITMQ_DEFAULT_PASS": broker},
            password=broker,
            more={"management_url": f"http://{USER}:{broker}@127.0.0.1:{management}"},
        ),
        _service(
            "postgresql",
            postgresql,
            {postgresql: 5432},
            env={"POSTGRES_USER": USER, "POSTGRES_PASSWORD": database, "POSTGRES_DB": USER},
            password=database,
        ),
        _service("redis", redis, {redis: 6379}, command=["redis-server", "--databases", str(DATABASES)]),
        _service(
            "s3",
            s3,
            {s3: 8333},
            volumes={str(config): "/etc/seaweedfs/s3.json"},
            command=[
                "server",
                "-s3",
                "-s3.config=/etc/seaweedfs/s3.json",
                "-master.volumeSizeLimitMB=64",
                "-volume.max=5000",
                "-volume.preStopSeconds=0",
            ],
            password=store,
        ),
    ]


def start(service: Service) -> None:
    """Run it, or start it again where it was stopped."""
    if subprocess.run(["docker", "start", str(service.container)], capture_output=True, check=False).returncode == 0:
        return
    done = subprocess.run(service.argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"docker could not run {service.name}: {done.stderr.strip()}")


def is_running(service: Service) -> bool:
    """Whether its container does."""
    look = ["docker", "inspect", "--format", "{{.State.Running}}", str(service.container)]
    return subprocess.run(look, capture_output=True, text=True, check=False).stdout.strip() == "true"


def stop(service: Service, *, kill: bool = False) -> None:
    """Stop it; its data stay until `remove`."""
    subprocess.run(["docker", "kill" if kill else "stop", str(service.container)], capture_output=True, check=False)


def remove(service: Service) -> None:
    """With its data."""
    subprocess.run(["docker", "rm", "--force", "--volumes", str(service.container)], capture_output=True, check=False)


def _service(
    name: str,
    port: int,
    ports: dict[int, int],
    *,
    env: dict[str, str] | None = None,
    volumes: dict[str, str] | None = None,
    command: list[str] | None = None,
    password: str = "",
    more: dict[str, str] | None = None,
) -> Service:
    container = f"maskwatch-dev-{name}-{port}"
    argv = ["docker", "run", "--detach", "--name", container, "--hostname", container]
    for ours, theirs in ports.items():
        argv += ["--publish", f"127.0.0.1:{ours}:{theirs}"]
    for variable, value in (env or {}).items():
        argv += ["--env", f"{variable}={value}"]
    for ours, theirs in (volumes or {}).items():
        argv += ["--volume", f"{ours}:{theirs}:ro"]
    argv += [IMAGES[name], *(command or [])]
    return Service(name=name, port=port, argv=argv, password=password, container=container, more=more or {})
