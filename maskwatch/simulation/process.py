"""Starts simulated cameras in a process of their own, for the demo and for tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from common.errors import Unavailable
from maskwatch.simulation.scene import Scene

STOP_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class RunningCameras:
    """A simulation that runs; a context manager that stops it."""

    urls: tuple[str, ...]  # rtsp://…, without the user
    scenes: tuple[Scene, ...]  # the truth of each
    started_at: datetime
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def url(self) -> str:
        """Of the first camera."""
        return self.urls[0]

    @property
    def scene(self) -> Scene:
        """The truth of the first camera."""
        return self.scenes[0]

    def close(self) -> None:
        """Stop the process and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start_camera(
    *,
    names: Sequence[str] = ("entrance",),
    host: str = "127.0.0.1",
    port: int = 0,
    fps: int = 8,
    username: str = "",
    password: str = "",
    auth: str = "digest",
) -> RunningCameras:
    """Start the simulation; it ends with `close`, or when this process dies.

    Raises Unavailable when it does not come up (the port is in use, a library is missing).
    """
    options = ["--host", host, "--port", str(port), "--fps", str(fps), "--with-parent"]
    options += [word for name in names for word in ("--camera", name)]
    if username:
        options += ["--user", username, "--password", password, "--auth", auth]
    process = subprocess.Popen(
        [sys.executable, "-m", "maskwatch.simulation", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    line = process.stdout.readline() if process.stdout is not None else b""
    if not line:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        raise Unavailable(f"the simulated camera did not start on {host}:{port} (exit code {process.wait()})")
    said = json.loads(line)
    started_at = datetime.fromisoformat(said["started_at"])
    return RunningCameras(
        urls=tuple(camera["url"] for camera in said["cameras"]),
        scenes=tuple(Scene(started_at=started_at, offset_seconds=c["offset_seconds"]) for c in said["cameras"]),
        started_at=started_at,
        process=process,
    )
