"""A video file, played in real time as if it were a camera; a folder is one of pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import av

from common.domain.camera import Camera
from grabber.errors import CodecUnsupported, StreamEnded, VideoFinished, stream_error
from grabber.picture import Picture, picture_from_frame
from grabber.sources.container import next_packet, open_container, video_stream
from grabber.sources.folder import FolderSource
from grabber.sources.gop import PictureGroup
from grabber.sources.source import Closing, Reading, Source


def open_file(camera: Camera, reading: Reading) -> Source:
    """A video file, or a folder of pictures."""
    path, fields = _parsed(camera.url)
    if not Path(path).is_dir():
        return FileSource(camera, reading)
    return FolderSource(
        Path(path),
        address=camera.url,
        loops=_loops(fields),
        is_newest=fields.get("pick") == ["newest"],
        reading=reading,
    )


class FileSource(Closing):
    """`clip.mp4` or `file:///clip.mp4`; begins again at its end unless the address says `?loop=0`."""

    def __init__(self, camera: Camera, reading: Reading) -> None:
        self._url = camera.url
        self._reading = reading
        path, fields = _parsed(camera.url)
        self._loops = _loops(fields)
        self._container = open_container(path, url=camera.url, timeout=reading.timeout, options={})
        stream = video_stream(self._container, camera.url)
        self.codec = str(stream.codec_context.name)
        self.fps = float(stream.average_rate) if stream.average_rate else None
        self._stream = stream
        self._group = PictureGroup(codec=stream.codec_context, fresh_seconds=0)  # reading ahead costs no time here
        self._packets: Iterator[av.Packet[av.VideoStream]] = self._container.demux(stream)
        self._begun = reading.clock()  # the wall clock of the file's first picture
        self._first_seconds: float | None = None
        self._length = timedelta()
        self._kept: av.Packet[av.VideoStream] | None = None  # read already, not due yet

    bytes_per_second: float | None = 0.0

    @property
    def keyframe_interval_seconds(self) -> float | None:
        """Between the last two keyframes."""
        return self._group.keyframe_interval_seconds

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        """See `Source.shot`; raises VideoFinished at the end of a file that does not loop."""
        if stop.wait(max(0.0, (due - self._reading.clock()).total_seconds())):
            return None
        self._play_to(max(due, self._begun), stop)
        decoded = self._group.newest()
        if decoded is None:
            raise stream_error(CodecUnsupported, self._url)
        return picture_from_frame(
            decoded.frame,
            captured_at=decoded.captured_at,
            quality=self._reading.quality,
            is_corrupt=decoded.is_corrupt,
        )

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _play_to(self, due: datetime, stop: threading.Event) -> None:
        while not stop.is_set():
            packet = self._kept or self._next()
            at = self._begun + timedelta(seconds=self._seconds(packet))
            if at > due and self._group.newest_at is not None:
                self._kept = packet
                return
            self._kept = None
            self._length = max(self._length, at - self._begun + timedelta(seconds=1 / (self.fps or 25)))
            self._group.add(packet, at)

    def _next(self) -> av.Packet[av.VideoStream]:
        try:
            return next_packet(self._packets, url=self._url, timeout=self._reading.timeout)
        except StreamEnded as exc:
            if not self._loops:
                raise stream_error(VideoFinished, self._url) from exc
            if not self._length:
                raise stream_error(CodecUnsupported, self._url) from exc
        self._container.seek(0)
        self._packets = self._container.demux(self._stream)
        self._begun += self._length
        self._group.restart()
        return next_packet(self._packets, url=self._url, timeout=self._reading.timeout)

    def _seconds(self, packet: av.Packet[av.VideoStream]) -> float:
        stamp = packet.pts if packet.pts is not None else packet.dts
        seconds = float((stamp or 0) * (packet.time_base or 0))
        if self._first_seconds is None:
            self._first_seconds = seconds
        return max(0.0, seconds - self._first_seconds)


def _loops(fields: dict[str, list[str]]) -> bool:
    return fields.get("loop", ["1"])[0] not in ("0", "false", "no")


def _parsed(url: str) -> tuple[str, dict[str, list[str]]]:
    """The path, and the fields of the query."""
    address, _, query = url.partition("?")
    path = unquote(urlsplit(address).path) if address.startswith("file://") else address
    return path, parse_qs(query)
