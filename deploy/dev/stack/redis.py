"""Redis from a Debian package."""

from __future__ import annotations

from pathlib import Path

from stack.service import Service, free_ports, subfolder

DATABASES = 1000


def prepare(folder: Path, program: Path) -> Service:
    """No files: what it keeps lapses anyway. So many databases that every test can have its own."""
    (port,) = free_ports(1)
    home = subfolder(folder, "redis")
    options: dict[str, object] = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": home,
        "save": "",
        "appendonly": "no",
        "maxmemory": "128mb",
    }
    options["databases"] = DATABASES
    argv = [str(program), *(word for name, value in options.items() for word in (f"--{name}", str(value)))]
    return Service(name="redis", port=port, argv=argv)
