"""RabbitMQ from a Debian package, without systemd and apart from the system's own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from stack.service import USER, Service, free_ports, new_password, subfolder


def prepare(folder: Path, program: Path) -> Service:
    """Write its configuration: everything below `folder`, every port its own."""
    home = subfolder(folder, "rabbitmq")
    amqp, distribution, mapper, management = free_ports(4)
    password = new_password()
    (home / "enabled_plugins").write_text("[rabbitmq_management].\n", encoding="ascii")
    (home / "rabbitmq.conf").write_text(_configuration(amqp, management, password), encoding="ascii")
    env = {
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"maskwatch{amqp}@localhost",
        "RABBITMQ_NODE_PORT": str(amqp),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(subfolder(home, "data")),
        "RABBITMQ_LOG_BASE": str(subfolder(home, "logs")),
        "RABBITMQ_PID_FILE": str(home / "rabbitmq.pid"),
        "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    return Service(
        name="rabbitmq",
        port=amqp,
        argv=[str(program)],
        env=env,
        password=password,
        more={"management_url": f"http://{USER}:{password}@127.0.0.1:{management}"},
    )


def clean_up(service: Service) -> None:
    """Erlang's port mapper is a daemon of its own and stays behind."""
    subprocess.run(["epmd", "-kill"], env={**service.env, "PATH": "/usr/bin:/bin"}, capture_output=True, check=False)


def _configuration(amqp: int, management: int, password: str) -> str:
    values = {
        "listeners.tcp.1": f"127.0.0.1:{amqp}",
        "management.tcp.ip": "127.0.0.1",
        "management.tcp.port": management,
        "management_agent.disable_metrics_collector": "true",  # tests need its API, not its graphs
        "default_user": USER,
        "default_pass": password,
        "disk_free_limit.absolute": "50MB",
        "vm_memory_high_watermark.absolute": "512MB",
        "log.file.level": "warning",
        # One node: quorum queues of one member, small segments.
        "raft.wal_max_size_bytes": 16_000_000,
    }
    return "".join(f"{name} = {value}\n" for name, value in values.items())
