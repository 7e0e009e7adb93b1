"""Runs simulated cameras until told to stop: `python -m maskwatch.simulation --port 8554`."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Annotated, Literal, cast

import typer

from common.ports.clock import utc_now
from maskwatch.simulation.auth import Account
from maskwatch.simulation.camera import SimulatedCamera
from maskwatch.simulation.scene import Scene
from maskwatch.simulation.server import RtspServer

Scheme = Literal["basic", "digest"]

LEAD_SECONDS = 5.0  # who starts a camera needs a moment until it watches: the first visitor waits for it


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="RTSP port; 0 takes a free one.")] = 8554,
    camera: Annotated[
        list[str] | None, typer.Option(help="Path of a camera; repeat for more. Default: entrance.")
    ] = None,
    fps: Annotated[int, typer.Option(min=1, max=30, help="Pictures per second.")] = 8,
    user: Annotated[str, typer.Option(help="Ask for this user; empty: for nobody.")] = "",
    password: Annotated[str, typer.Option(help="That user's password.")] = "",
    auth: Annotated[str, typer.Option(help="basic or digest.")] = "digest",
    with_parent: Annotated[bool, typer.Option(help="End when standard input ends: its parent is gone.")] = False,
) -> None:
    """Serve the scene by RTSP, and print one line of JSON that says where."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    account = Account(username=user, password=password, scheme=cast(Scheme, auth)) if user else None
    started_at = utc_now()
    names = camera or ["entrance"]
    scenes = {
        name: Scene(started_at=started_at, offset_seconds=7.0 * place - LEAD_SECONDS)
        for place, name in enumerate(names)
    }
    simulated = {name: SimulatedCamera(scene, fps=fps) for name, scene in scenes.items()}
    try:
        server = RtspServer((host, port), simulated, account=account)
    except OSError as exc:
        print(f"simulation: cannot listen on {host}:{port}: {exc.strerror or exc}", file=sys.stderr)
        raise typer.Exit(1) from exc
    threading.Thread(target=server.serve_forever, name="rtsp", daemon=True).start()
    shown = "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104  # compared, not bound
    cameras = [
        {"url": f"rtsp://{shown}:{server.port}/{name}", "offset_seconds": scene.offset_seconds}
        for name, scene in scenes.items()
    ]
    print(json.dumps({"started_at": started_at.isoformat(), "cameras": cameras}), flush=True)
    if with_parent:
        threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    stop.wait()
    server.shutdown()
    for stream in simulated.values():
        stream.close()


def _watch_parent(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # empty once the parent has closed its end, or died
        pass
    stop.set()


if __name__ == "__main__":
    typer.run(serve)
