"""The packets since the last keyframe, and the cheapest way from them to a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import av
from av.codec.context import Flags

from grabber.sources.frame_numbers import FrameNumbers

OVERDUE = timedelta(seconds=0.2)  # a keyframe later than that does not come as regularly as was thought
MOST_PACKETS = 600  # beyond it they are decoded and dropped: a stream without keyframes must not fill the memory


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A decoded frame."""

    frame: av.VideoFrame
    captured_at: datetime
    is_corrupt: bool  # it, or a picture that it builds on, lost data


@dataclass(kw_only=True)
class PictureGroup:
    """Takes all packets of a stream and decodes only what the next picture needs."""

    codec: av.VideoCodecContext
    fresh_seconds: float
    patience_seconds: float = 0.0
    keyframe_interval_seconds: float | None = None
    newest_at: datetime | None = None  # arrival of the newest packet that can be decoded
    _packets: list[av.Packet[av.VideoStream]] = field(default_factory=list)
    _arrivals: dict[int | None, datetime] = field(default_factory=dict)  # by presentation time
    _keyframe_at: datetime | None = None
    _done: int = 0  # packets of the group that the decoder has seen
    _is_whole: bool = True  # the group still begins at its keyframe
    _is_damaged: bool = False  # what the decoder has seen of the group; only the next keyframe heals it
    _numbers: FrameNumbers | None = None  # None: not H.264

    def __post_init__(self) -> None:
        self.codec.thread_count = 1  # a second thread costs a picture of delay and buys nothing at this rate
        self.codec.flags |= Flags.low_delay
        if self.codec.name == "h264":
            self._numbers = FrameNumbers(self.codec.extradata)

    def add(self, packet: av.Packet[av.VideoStream], captured_at: datetime) -> None:
        """Take the next packet; those before the first keyframe are dropped."""
        if packet.is_keyframe:
            self._begin(captured_at)
        elif self._keyframe_at is None:
            return
        self._packets.append(packet)
        self._arrivals[packet.pts] = captured_at
        self.newest_at = captured_at
        if len(self._packets) > MOST_PACKETS:
            self._decode(self._packets[self._done :])
            self._packets, self._arrivals, self._done = [], {}, 0
            self._is_whole = False

    def is_ready(self, due: datetime) -> bool:
        """Whether it is time for the picture that is due, and waiting for the next keyframe would not make it cheap."""
        if self.newest_at is None or self.newest_at < due:
            return False
        return self._is_fresh or not self._awaits_keyframe(due + timedelta(seconds=self.patience_seconds))

    def newest(self) -> Decoded | None:
        """The newest picture, or None when nothing can be decoded yet.

        A keyframe younger than `fresh_seconds` is enough: decoding one picture is cheaper than all that follow it.
        """
        if self._keyframe_at is None or self.newest_at is None:
            return None
        end = 1 if self._is_fresh else len(self._packets)
        frame = self._decode(self._packets[self._done : end])
        self._done = end
        if frame is None and self._is_whole:  # without its keyframe the decoder could not begin again: the next packet
            frame = self._flush()
        if frame is None:
            return None
        captured_at = self._arrivals.get(frame.pts, self.newest_at)
        return Decoded(frame=frame, captured_at=captured_at, is_corrupt=self._is_damaged)

    def restart(self) -> None:
        """Forget everything: what comes next does not follow from what was."""
        self._packets, self._arrivals, self._done = [], {}, 0
        self._keyframe_at = self.newest_at = None
        self._is_whole, self._is_damaged = True, False
        if self._numbers is not None:
            self._numbers.restart()
        if self.codec.is_open:
            self.codec.flush_buffers()

    @property
    def _is_fresh(self) -> bool:
        """Whether the keyframe was given to nobody yet and is young enough to be the picture."""
        if self._keyframe_at is None or self.newest_at is None or not self._is_whole or self._done:
            return False
        return (self.newest_at - self._keyframe_at).total_seconds() <= self.fresh_seconds

    def _awaits_keyframe(self, until: datetime) -> bool:
        """Whether the next one should come by then; keyframes come at regular intervals from nearly all cameras."""
        if self._keyframe_at is None or self.newest_at is None or self.keyframe_interval_seconds is None:
            return False
        expected = self._keyframe_at + timedelta(seconds=self.keyframe_interval_seconds)
        return self.newest_at < until and expected <= until and self.newest_at - expected < OVERDUE

    def _begin(self, captured_at: datetime) -> None:
        before = self._keyframe_at
        self.restart()
        if before is not None:
            self.keyframe_interval_seconds = (captured_at - before).total_seconds()
        self._keyframe_at = captured_at

    def _decode(self, packets: list[av.Packet[av.VideoStream]]) -> av.VideoFrame | None:
        newest = None
        for packet in packets:
            self._is_damaged |= packet.is_corrupt or self._follows_a_gap(packet)
            try:
                for frame in self.codec.decode(packet):
                    newest = frame
                    self._is_damaged |= bool(frame.is_corrupt)  # FFmpeg flags the one, not those drawn over it
            except av.error.InvalidDataError:  # lost data; the next keyframe heals it
                self._is_damaged = True
        return newest

    def _follows_a_gap(self, packet: av.Packet[av.VideoStream]) -> bool:
        return self._numbers is not None and self._numbers.has_gap(bytes(packet))

    def _flush(self) -> av.VideoFrame | None:
        """What the decoder holds back; afterwards it must begin again at the keyframe."""
        try:
            frames = self.codec.decode(None)
        except av.error.FFmpegError:  # nothing came out of what it was given
            frames = []
        self.codec.flush_buffers()
        if self._numbers is not None:
            self._numbers.restart()
        self._done = 0
        return frames[-1] if frames else None
