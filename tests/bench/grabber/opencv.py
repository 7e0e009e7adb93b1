"""One camera by cv2.VideoCapture, shots into a folder: `python -m bench.grabber.opencv rtsp://… folder 2`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import cv2

QUALITY = 90  # as ours


def main(url: str, folder: str, interval: str) -> None:
    """Read every picture until terminated, and keep one per interval."""
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "rtsp_transport;tcp"
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    number, due = 0, time.monotonic()
    while True:
        there, pixels = capture.read()
        if not there:
            raise SystemExit(f"{url} gives no picture")
        if time.monotonic() >= due:
            cv2.imwrite(str(Path(folder) / f"{number:06d}.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            number, due = number + 1, due + float(interval)


if __name__ == "__main__":
    main(*sys.argv[1:])
