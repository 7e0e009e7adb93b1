"""A folder of pictures as a camera: one after the other, or whatever was put there last."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import av

from grabber.errors import NoVideo, PictureUnreadable, StreamEnded, StreamNotFound, VideoFinished, stream_error
from grabber.picture import Picture, picture_from_frame, picture_from_jpeg
from grabber.sources.source import Closing, Reading

JPEG = (".jpg", ".jpeg")
SUFFIXES = (*JPEG, ".png", ".webp", ".bmp")  # what else lies there (a half-written upload, notes) is no picture


class FolderSource(Closing):
    """`file:///folder` in the order of names, again and again unless `?loop=0`; `?pick=newest`: the last written."""

    codec = "mjpeg"
    fps: float | None = None
    keyframe_interval_seconds: float | None = None
    bytes_per_second: float | None = 0.0

    def __init__(self, path: Path, *, address: str, loops: bool, is_newest: bool, reading: Reading) -> None:
        self._path, self._address = path, address
        self._loops, self._is_newest, self._reading = loops, is_newest, reading
        if not is_newest and not self._names():  # the newest one may still be to come
            raise stream_error(NoVideo, address)
        self._waiting: Iterator[Path] = iter(self._names())

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        """See `Source.shot`; the newest picture is as old as its file."""
        if stop.wait(max(0.0, (due - self._reading.clock()).total_seconds())):
            return None
        path = self._newest() if self._is_newest else self._next()
        try:
            data, written = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError as exc:  # removed since it was listed
            raise stream_error(PictureUnreadable, self._address) from exc
        captured_at = min(written, self._reading.clock()) if self._is_newest else self._reading.clock()
        if path.suffix.lower() in JPEG:
            return picture_from_jpeg(data, captured_at=captured_at, address=self._address)
        return self._decoded(data, captured_at)

    def close(self) -> None:
        """Nothing is held open."""

    def _next(self) -> Path:
        path = next(self._waiting, None)
        if path is None:
            if not self._loops:
                raise stream_error(VideoFinished, self._address)
            again = self._names()  # pictures that came meanwhile are played, too
            if not again:
                raise stream_error(StreamEnded, self._address)
            path, self._waiting = again[0], iter(again[1:])
        return path

    def _newest(self) -> Path:
        names = self._names()
        if not names:
            raise stream_error(NoVideo, self._address)
        return max(names, key=_written)

    def _names(self) -> list[Path]:
        try:
            return sorted(path for path in self._path.iterdir() if path.suffix.lower() in SUFFIXES)
        except OSError as exc:
            raise stream_error(StreamNotFound, self._address) from exc

    def _decoded(self, data: bytes, captured_at: datetime) -> Picture:
        try:
            with av.open(io.BytesIO(data), "r") as container:
                frame = next(container.decode(video=0))
                return picture_from_frame(
                    frame, captured_at=captured_at, quality=self._reading.quality, is_corrupt=False
                )
        except (av.error.FFmpegError, StopIteration, IndexError) as exc:
            raise stream_error(PictureUnreadable, self._address) from exc


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
