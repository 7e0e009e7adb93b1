"""Whatever FFmpeg can read, through PyAV: opening, reading, and its errors in our words."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO

import av

from common.errors import StreamError
from grabber.address import redacted, scheme_of
from grabber.errors import (
    AuthFailed,
    CodecUnsupported,
    NoVideo,
    StreamEnded,
    StreamNotFound,
    StreamTimeout,
    TlsFailed,
    TransportRefused,
    Unreachable,
    stream_error,
)
from grabber.picture import Picture, picture_from_frame
from grabber.sources.arrival import ArrivalClock
from grabber.sources.gop import PictureGroup
from grabber.sources.source import Closing, Reading
from grabber.sources.traffic import Traffic

# What waits in a socket costs nothing; waking for each piece of it as it comes costs as much as taking it apart. So a
# reader that has caught up sleeps, for no longer than makes as much wait as one keyframe brings at once: a camera that
# cannot send drops pictures.
NAP_SECONDS = 0.2
MOST_WAITING = 100_000  # bytes
CAUGHT_UP_SECONDS = 0.001  # a read that took longer had to wait for the camera

Fetch = Callable[[str, int, Mapping[str, object]], BinaryIO]  # URL, FFmpeg's flags and options -> what to read

KINDS: tuple[tuple[tuple[type[Exception], ...], type[StreamError]], ...] = (
    ((av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError, av.error.PermissionError), AuthFailed),
    ((av.error.HTTPNotFoundError, av.error.FileNotFoundError), StreamNotFound),
    ((av.error.TimeoutError, av.error.ExitError), StreamTimeout),
    ((av.error.DecoderNotFoundError, av.error.DemuxerNotFoundError, av.error.PatchWelcomeError), CodecUnsupported),
    ((av.error.EOFError, av.error.ConnectionResetError, av.error.BrokenPipeError), StreamEnded),
    ((av.error.ConnectionRefusedError, av.error.HTTPError), Unreachable),
)


class ContainerSource(Closing):
    """A live stream read packet by packet."""

    def __init__(
        self, container: av.container.InputContainer, *, url: str, reading: Reading, is_buffered: bool = False
    ) -> None:
        """`is_buffered`: what comes while nobody reads waits somewhere, as behind a TCP connection."""
        self._container = container
        self._url = url
        self._reading = reading
        self.is_buffered = is_buffered
        stream = video_stream(container, url)
        self.codec = str(stream.codec_context.name)
        rate = stream.average_rate or stream.guessed_rate
        self.fps = float(rate) if rate else None
        self._group = PictureGroup(
            codec=stream.codec_context,
            fresh_seconds=reading.fresh_seconds,
            patience_seconds=reading.patience_seconds,
        )
        self._arrivals = ArrivalClock()
        self._traffic = Traffic()
        self._packets: Iterator[av.Packet[av.VideoStream]] = container.demux(stream)

    @property
    def keyframe_interval_seconds(self) -> float | None:
        """Between the last two keyframes."""
        return self._group.keyframe_interval_seconds

    @property
    def bytes_per_second(self) -> float | None:
        """Of the video stream, by its own clock."""
        return self._traffic.bytes_per_second

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        """See `Source.shot`."""
        deadline = time.monotonic() + max(0.0, (due - self._reading.clock()).total_seconds()) + self._reading.timeout
        while not stop.is_set():
            if self._group.is_ready(due):
                picture = self._picture()
                if picture is not None:
                    return picture
            if time.monotonic() > deadline:  # data comes, but no picture: no keyframe, or nothing decodes
                raise stream_error(StreamTimeout, redacted(self._url))
            if self._read():
                self._rest(due, stop)
        return None

    def close(self) -> None:
        """Hang up."""
        self._container.close()

    def _picture(self) -> Picture | None:
        decoded = self._group.newest()
        if decoded is None:
            return None
        return picture_from_frame(
            decoded.frame,
            captured_at=decoded.captured_at,
            quality=self._reading.quality,
            is_corrupt=decoded.is_corrupt,
        )

    def _rest(self, due: datetime, stop: threading.Event) -> None:
        """Let the stream's data gather, unless the shot is near."""
        rate = self._traffic.bytes_per_second
        until_due = (due - self._reading.clock()).total_seconds()
        if not self.is_buffered or not rate or until_due <= 0:
            return
        stop.wait(min(NAP_SECONDS, MOST_WAITING / rate, until_due))

    def _read(self) -> bool:
        """Take the next packet; whether it had to be waited for."""
        began = time.monotonic()
        packet = next_packet(self._packets, url=self._url, timeout=self._reading.timeout)
        is_caught_up = time.monotonic() - began > CAUGHT_UP_SECONDS
        seconds = float(packet.pts * packet.time_base) if packet.pts is not None and packet.time_base else None
        self._traffic.add(packet.size, time.monotonic() if seconds is None else seconds)
        self._group.add(packet, self._arrivals.captured_at(seconds, self._reading.clock()))
        return is_caught_up


def open_container(
    secret_url: str,
    *,
    url: str,
    timeout: float,
    options: Mapping[str, str],
    form: str | None = None,
    fetch: Fetch | None = None,
) -> av.container.InputContainer:
    """Open `secret_url`; every error speaks of `url`, which holds no login.

    `fetch` replaces FFmpeg's own connections. A StreamError that it raises arrives here as it is.
    """
    began = time.monotonic()
    try:
        return av.open(secret_url, format=form, options=dict(options), timeout=(timeout, timeout), io_open=fetch)
    except av.error.FFmpegError as exc:
        failure = exc
    # Outside the handler: FFmpeg's own error holds the login, and must not travel on as this one's context.
    raise translated(failure, url, late=time.monotonic() - began > 0.9 * timeout, otherwise=_opening(failure, url))


def next_packet(packets: Iterator[av.Packet[av.VideoStream]], *, url: str, timeout: float) -> av.Packet[av.VideoStream]:
    """The next packet with data."""
    began = time.monotonic()
    failure: av.error.FFmpegError | None
    try:
        for packet in packets:
            if packet.size:  # FFmpeg ends with an empty one
                return packet
    except av.error.FFmpegError as exc:
        failure = exc
    else:
        failure = None
    late = time.monotonic() - began > 0.9 * timeout
    if failure is None:  # an interrupted HLS playlist comes out as its end
        raise stream_error(StreamTimeout if late else StreamEnded, redacted(url))
    raise translated(failure, url, late=late, otherwise=StreamEnded)


def video_stream(container: av.container.InputContainer, url: str) -> av.VideoStream:
    """The first video stream, if there is one that can be decoded."""
    if not container.streams.video:
        container.close()
        raise stream_error(NoVideo, redacted(url))
    stream = container.streams.video[0]
    if stream.codec_context is None:
        container.close()
        raise stream_error(CodecUnsupported, redacted(url))
    return stream


def translated(error: av.error.FFmpegError, url: str, *, late: bool, otherwise: type[StreamError]) -> StreamError:
    """FFmpeg's error as ours, caused by a copy of it without the login."""
    kind = next((ours for theirs, ours in KINDS if isinstance(error, theirs)), None)
    if late:  # an interrupted read comes out as whatever FFmpeg was doing
        kind = StreamTimeout
    result = stream_error(kind or otherwise, redacted(url))
    result.__cause__ = type(error)(error.errno or 0, str(error.strerror), redacted(url))
    return result


def _opening(error: av.error.FFmpegError, url: str) -> type[StreamError]:
    if error.errno == errno.EIO and scheme_of(url) in ("rtsps", "rtmps"):
        return TlsFailed
    if error.errno == errno.EPROTONOSUPPORT:  # RTSP 461
        return TransportRefused
    return CodecUnsupported if isinstance(error, av.error.InvalidDataError) else Unreachable
