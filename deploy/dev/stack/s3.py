"""An S3 server: SeaweedFS, one program from PyPI."""

from __future__ import annotations

import json
from pathlib import Path

from stack.service import USER, Service, free_ports, new_password, subfolder

ALL = ["Admin", "Read", "Write", "List", "Tagging"]


def write_identity(home: Path, password: str) -> Path:
    """The one account: access key `maskwatch`."""
    path = home / "s3.json"
    account = {"name": USER, "credentials": [{"accessKey": USER, "secretKey": password}], "actions": ALL}
    path.write_text(json.dumps({"identities": [account]}), encoding="ascii")
    return path


def prepare(folder: Path, program: Path) -> Service:
    """Master, volume server, filer and S3 in one process; each also wants a port for gRPC."""
    home = subfolder(folder, "s3")
    password = new_password()
    names = ["master.port", "volume.port", "filer.port", "s3.port"]
    ports = dict(zip([*names, *(f"{name}.grpc" for name in names)], free_ports(8), strict=True))
    options = {
        "dir": subfolder(home, "data"),
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.config": write_identity(home, password),
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "master.volumeSizeLimitMB": 64,
        "master.telemetry": "false",
        "master.electionTimeout": "1s",  # of one: after a restart it would wait 10 s for others
        "volume.max": 5000,  # each bucket takes a few, and each test has its bucket
        "volume.minFreeSpace": "100MiB",
        "volume.preStopSeconds": 0,
        **ports,
    }
    argv = [str(program), "server", "-s3", *(f"-{name}={value}" for name, value in options.items())]
    # Its clean stop takes over 20 s; what it has confirmed is in its files either way.
    return Service(name="s3", port=ports["s3.port"], argv=argv, password=password, stop_signal="SIGKILL")
