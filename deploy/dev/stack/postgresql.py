"""PostgreSQL from a Debian package, apart from the system's own cluster."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from stack.packages import Missing
from stack.service import USER, Service, free_ports, new_password, subfolder


def prepare(folder: Path, programs: Path) -> Service:
    """Make the cluster. PostgreSQL refuses root: then it runs as the package's user, who must reach the folder."""
    user = "postgres" if os.geteuid() == 0 else None
    home = _home(folder, user)
    (port,) = free_ports(1)
    password = new_password()
    secret = home / "password"
    secret.write_text(password, encoding="ascii")
    if user:
        shutil.chown(secret, user)
    data = home / "data"
    _run(
        [str(programs / "initdb"), "--pgdata", str(data), "--username", USER, "--pwfile", str(secret)]
        + ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"],
        user=user,
        folder=home,
    )
    _run(
        [str(programs / "postgres"), "--single", "-D", str(data), "postgres"],
        user=user,
        folder=home,
        typed=f"CREATE DATABASE {USER};\n",
    )
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "shared_buffers": "32MB",
        "max_connections": 100,
        "fsync": "off",  # what a power cut would cost here is a test run
    }
    return Service(
        name="postgresql",
        port=port,
        argv=[str(programs / "postgres"), "-D", str(data), *(f"--{name}={value}" for name, value in options.items())],
        password=password,
        user=user,
        stop_signal="SIGINT",  # its fast stop; on SIGTERM it waits for its clients
        folder=str(home),
    )


def _home(folder: Path, user: str | None) -> Path:
    home = subfolder(folder, "postgresql")
    if user is None:
        return home
    shutil.chown(home, user, user)
    if not _is_reachable(home, user):
        home.rmdir()
        home = Path(tempfile.mkdtemp(prefix="maskwatch-dev-"))
        shutil.chown(home, user, user)
    if not _is_reachable(home, user):
        raise Missing(f"the user {user} can write neither below {folder} nor in {home.parent}")
    return home


def _is_reachable(home: Path, user: str) -> bool:
    try:
        _run(["touch", str(home / "reachable")], user=user, folder=Path("/"))
    except Missing:
        return False
    (home / "reachable").unlink()
    return True


def _run(argv: list[str], *, user: str | None, folder: Path, typed: str = "") -> None:
    account = pwd.getpwnam(user) if user else None
    done = subprocess.run(
        argv,
        cwd=folder,
        input=typed,
        text=True,
        capture_output=True,
        check=False,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        raise Missing(f"{Path(argv[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")
