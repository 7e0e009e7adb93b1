"""One server of the stack, as the status file keeps it."""

from __future__ import annotations

import secrets
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

USER = "maskwatch"


@dataclass(kw_only=True)
class Service:
    """How to start it, how to see that it answers, and what of it runs now."""

    name: str  # rabbitmq, postgresql, redis, s3
    port: int  # on 127.0.0.1
    argv: list[str]  # of the process, or of `docker run`
    password: str = ""
    env: dict[str, str] = field(default_factory=dict)
    user: str | None = None  # the process runs as; None: as whoever called
    stop_signal: str = "SIGTERM"
    folder: str | None = None  # where its data lies, if outside the stack's folder
    container: str | None = None  # its name, where Docker runs it
    more: dict[str, str] = field(default_factory=dict)  # what only this server has
    pid: int | None = None
    born: str = ""  # the process's start time by the kernel: a number used again is another process

    @property
    def url(self) -> str:
        """Where clients reach it."""
        address = f"{USER}:{self.password}@127.0.0.1:{self.port}"
        forms = {
            "rabbitmq": f"amqp://{address}/%2F",
            "postgresql": f"postgresql+psycopg2://{address}/{USER}",
            "redis": f"redis://127.0.0.1:{self.port}/0",
            "s3": f"http://127.0.0.1:{self.port}",
        }
        return forms[self.name]


def as_json(service: Service) -> dict[str, Any]:
    """For the status file."""
    return asdict(service)


def new_password() -> str:
    """Random: the servers listen on the loop-back only, yet other users of the machine reach that too."""
    return secrets.token_hex(12)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def subfolder(folder: Path, name: str) -> Path:
    """Made when missing."""
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    return path
