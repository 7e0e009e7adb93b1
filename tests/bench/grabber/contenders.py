"""Ways to get a picture every few seconds from a camera: processes that leave one JPEG per shot in a folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.grabber.processes import child, environment

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

Start = Callable[[str, Path, float], subprocess.Popen[bytes]]  # address, folder, seconds between shots


def maskwatch(url: str, folder: Path, interval: float) -> subprocess.Popen[bytes]:
    """Our supervisor and source with the quality gate, as a grabber runs them; no store and no broker behind them."""
    return child("bench.grabber.ours", url, str(folder), str(interval), **QUIET)


def opencv(url: str, folder: Path, interval: float) -> subprocess.Popen[bytes]:
    """VideoCapture that reads all pictures, as most programs do."""
    return child("bench.grabber.opencv", url, str(folder), str(interval), **QUIET)


def ffmpeg(url: str, folder: Path, interval: float) -> subprocess.Popen[bytes]:
    """A process kept open that decodes all pictures and writes one per interval."""
    return _ffmpeg((), url, folder, interval)


def ffmpeg_keyframes(url: str, folder: Path, interval: float) -> subprocess.Popen[bytes]:
    """The same, but only keyframes are decoded: cheap, and with a keyframe every 10 s a picture is as old as that."""
    return _ffmpeg(("-skip_frame", "nokey"), url, folder, interval)


OURS = "maskwatch"
CONTENDERS: dict[str, Start] = {
    OURS: maskwatch,
    "opencv": opencv,
    "ffmpeg": ffmpeg,
    "ffmpeg_keyframes": ffmpeg_keyframes,
}


def _ffmpeg(options: tuple[str, ...], url: str, folder: Path, interval: float) -> subprocess.Popen[bytes]:
    command = ["ffmpeg", "-v", "quiet", "-nostdin", *options, "-rtsp_transport", "tcp", "-i", url]
    command += ["-vf", f"fps=1/{interval:g}", "-q:v", "3", str(folder / "%06d.jpg")]
    return subprocess.Popen(command, env=environment())
