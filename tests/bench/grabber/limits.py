"""A share of a core that the kernel grants and no more, as a container's limit does: Linux control groups, v1 or v2."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import Unavailable

ROOT = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000  # as Docker and Kubernetes have it
ENTER = 'echo $$ > "$0" && exec "$@"'  # the shell becomes the command, inside the group from its first instruction


@contextmanager
def limited_to(cores: float) -> Iterator[tuple[str, ...]]:
    """A group for the time of the block, and the words before a command that run it there.

    Its processes must have ended before the block does. Raises Unavailable where no group can be made: root is needed.
    """
    try:
        group = _group(f"maskwatch-bench-{os.getpid()}", cores)
    except OSError as exc:
        raise Unavailable(
            f"not measured: no control group for processor time can be made here ({exc.strerror})"
        ) from exc
    try:
        yield ("/bin/sh", "-c", ENTER, str(group / "cgroup.procs"))
    finally:
        group.rmdir()


def _group(name: str, cores: float) -> Path:
    quota = round(cores * PERIOD_MICROSECONDS)
    if (ROOT / "cpu").is_dir():  # v1: a tree for each resource
        group = ROOT / "cpu" / name
        group.mkdir()
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
        (group / "cpu.cfs_quota_us").write_text(str(quota))
        return group
    (ROOT / "cgroup.subtree_control").write_text("+cpu")
    group = ROOT / name
    group.mkdir()
    (group / "cpu.max").write_text(f"{quota} {PERIOD_MICROSECONDS}")
    return group
