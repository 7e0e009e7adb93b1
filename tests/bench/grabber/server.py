"""Cameras that play one clip, in a process of their own: `python -m bench.grabber.server clip.h264 h264 15 40`."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from bench.grabber.recording import RecordedCamera, read_recording
from maskwatch.simulation.server import RtspServer

HOST = "127.0.0.1"


def main(path: str, codec: str, fps: str, copies: str) -> None:
    """Serve until standard input ends: whoever started this is gone."""
    recording = read_recording(Path(path), codec=codec, fps=int(fps))
    seconds = len(recording.units) / recording.fps
    streams = {
        str(number): RecordedCamera(recording, offset_seconds=number * seconds / int(copies))
        for number in range(int(copies))
    }
    server = RtspServer((HOST, 0), streams)
    threading.Thread(target=server.serve_forever, name="rtsp", daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
