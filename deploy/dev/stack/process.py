"""Servers as processes of this machine."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from stack.service import Service

STOP_SECONDS = 20.0
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")


def start(service: Service, *, log: Path) -> None:
    """Start it in a session of its own, so that it outlives this command."""
    home = str(log.parent)
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": home} | service.env
    account = pwd.getpwnam(service.user) if service.user else None
    with log.open("ab") as output:
        process = subprocess.Popen(
            service.argv,
            env=env,
            cwd=service.folder or home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    process.returncode = 0  # it goes on without us: no complaint that it was never waited for
    service.pid, service.born = process.pid, _stat(process.pid)[1]


def is_running(service: Service) -> bool:
    """Whether the process that was started still lives."""
    if service.pid is None:
        return False
    with suppress(ChildProcessError):  # a child of ours: unburied, it looks alive to PostgreSQL
        os.waitpid(service.pid, os.WNOHANG)
    state, born = _stat(service.pid)
    return state not in ("", "Z", "X") and born == service.born


def stop(service: Service, *, kill: bool = False) -> None:
    """Ask it to stop, insist after a while; with `kill` at once, as a crash would."""
    if service.pid is None or not is_running(service):
        return
    if not kill:
        os.kill(service.pid, signal.Signals[service.stop_signal])
        deadline = time.monotonic() + STOP_SECONDS
        while is_running(service) and time.monotonic() < deadline:
            time.sleep(0.05)
    if is_running(service):
        os.killpg(service.pid, signal.SIGKILL)
        while is_running(service):
            time.sleep(0.02)


def _stat(pid: int) -> tuple[str, str]:
    """The process's state letter and start time; empty when there is none."""
    try:
        # The name in parentheses may itself hold spaces and parentheses.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    return fields[0], fields[19]
