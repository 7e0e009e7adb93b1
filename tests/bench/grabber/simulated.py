"""Cameras for a benchmark, in a process of their own: what serving costs is in nobody's figure."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.grabber.clips import Clip
from bench.grabber.processes import child, ended
from common.errors import Unavailable

HOST = "127.0.0.1"


@contextmanager
def serving(clip: Clip, path: Path, *, copies: int = 1) -> Iterator[tuple[str, ...]]:
    """The addresses of so many cameras that play the clip, none at the same place of it."""
    arguments = [str(path), clip.codec, str(clip.fps), str(copies)]
    with child("bench.grabber.server", *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        port = process.stdout.readline().decode().strip() if process.stdout is not None else ""
        if not port:
            raise Unavailable("the simulated cameras did not start")
        try:
            yield tuple(f"rtsp://{HOST}:{port}/{number}" for number in range(copies))
        finally:
            ended(process)
