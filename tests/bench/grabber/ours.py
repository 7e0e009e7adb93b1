"""One camera under a real supervisor, shots into a folder: `python -m bench.grabber.ours rtsp://… folder 2`.

A slot without a picture leaves an empty file whose ending says why.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from common.adapters.open import open_coordination
from common.domain.camera import Camera
from common.ports.clock import utc_now
from common.runtime.service import stop_on_signals
from grabber.parcel import Parcel
from grabber.status import StatusBoard
from grabber.supervisor import Supervisor, Surroundings


def main(url: str, folder: str, interval: str) -> None:
    """Watch until terminated."""

    def write(parcel: Parcel) -> None:
        shot = parcel.shot
        name = f"{shot.id}.jpg" if parcel.jpeg else f"{shot.id}.{shot.outcome.value}-{shot.reason}"
        (Path(folder) / name).write_bytes(parcel.jpeg)

    camera = Camera(id="bench", name="Bench", url=url, interval_seconds=float(interval), created_at=utc_now())
    around = Surroundings(send=write, board=StatusBoard(open_coordination("memory://")), replica="bench")
    stop = threading.Event()
    stop_on_signals(stop)
    Supervisor(camera, around).run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
