"""A recorded stream as an RTSP path plays it: from memory, in real time, without end, so that serving costs little."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av

from maskwatch.simulation.rtp import CLOCK, PAYLOAD_BYTES, Unit, payloads, split_nals
from maskwatch.simulation.stream import Listener

LATE_SECONDS = 10.0  # a client so far behind goes on with the present: it misses pictures, as with a camera
FRAGMENT = 49  # the NAL unit type of an H.265 fragment


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A whole clip; after its last picture comes its first."""

    media: tuple[str, ...]  # SDP lines
    units: tuple[Unit, ...]  # one per picture, without their time
    fps: int

    def at(self, number: int) -> Unit:
        """The picture of that number since the camera was switched on."""
        return replace(self.units[number % len(self.units)], timestamp=round(number * CLOCK / self.fps))


def read_recording(path: Path, *, codec: str, fps: int) -> Recording:
    """Cut the byte stream of an encoder into RTP payloads."""
    cut = payloads if codec == "h264" else payloads_hevc
    with av.open(str(path), format=codec) as container:
        pictures = [
            (bytes(packet), packet.is_keyframe) for packet in container.demux(container.streams.video[0]) if packet.size
        ]
    units = tuple(
        Unit(payloads=tuple(part for nal in split_nals(data) for part in cut(nal)), timestamp=0, is_start=is_key)
        for data, is_key in pictures
    )
    return Recording(media=_media(split_nals(pictures[0][0]), codec=codec, fps=fps), units=units, fps=fps)


def payloads_hevc(nal: bytes, *, limit: int = PAYLOAD_BYTES) -> Iterator[bytes]:
    """The NAL unit as it is when it fits, else in fragmentation units (RFC 7798, 4.4.3)."""
    if len(nal) <= limit:
        yield nal
        return
    kind, room = (nal[0] >> 1) & 0x3F, limit - 3
    head = bytes(((nal[0] & 0x81) | FRAGMENT << 1, nal[1]))
    for at in range(2, len(nal), room):
        start = 0x80 if at == 2 else 0
        end = 0x40 if at + room >= len(nal) else 0
        yield head + bytes((start | end | kind,)) + nal[at : at + room]


class RecordedCamera:
    """One camera that plays a recording, `offset_seconds` into it; see maskwatch/simulation/stream.py `Stream`."""

    def __init__(self, recording: Recording, *, offset_seconds: float) -> None:
        self._recording = recording
        self._began = time.monotonic() - offset_seconds

    def media(self) -> list[str]:
        return list(self._recording.media)

    def listen(self) -> Listener:
        return PacedListener(self._recording, began=self._began)

    def leave(self, listener: Listener) -> None:
        """Nobody plays on for it."""


class PacedListener(Listener):
    """Joins at the present, as with a camera: the next keyframe may be long in coming."""

    def __init__(self, recording: Recording, *, began: float) -> None:
        super().__init__()
        self._recording, self._began = recording, began
        self._pause = threading.Event()
        self._number = self._present()

    def next(self, timeout: float) -> Unit | None:
        """The next picture when it is due, or None after `timeout` seconds."""
        if self._present() - self._number > LATE_SECONDS * self._recording.fps:
            self._number = self._present()
        wait = self._began + self._number / self._recording.fps - time.monotonic()
        self._pause.wait(min(max(0.0, wait), timeout))
        if wait > timeout:
            return None
        self._number += 1
        return self._recording.at(self._number - 1)

    def _present(self) -> int:
        return int((time.monotonic() - self._began) * self._recording.fps) + 1


def _media(nals: list[bytes], *, codec: str, fps: int) -> tuple[str, ...]:
    name, parameters = ("H264", _h264(nals)) if codec == "h264" else ("H265", _hevc(nals))
    head = ("m=video 0 RTP/AVP 96", f"a=rtpmap:96 {name}/{CLOCK}", f"a=fmtp:96 {parameters}")
    return (*head, f"a=framerate:{fps}")


def _h264(nals: list[bytes]) -> str:
    """RFC 6184, 8.1."""
    sps, pps = (next(nal for nal in nals if nal[0] & 0x1F == kind) for kind in (7, 8))
    sets = ",".join(b64encode(nal).decode() for nal in (sps, pps))
    return f"packetization-mode=1;profile-level-id={sps[1:4].hex()};sprop-parameter-sets={sets}"


def _hevc(nals: list[bytes]) -> str:
    """RFC 7798, 7.1."""
    kinds = {"vps": 32, "sps": 33, "pps": 34}
    found = {name: next(nal for nal in nals if (nal[0] >> 1) & 0x3F == kind) for name, kind in kinds.items()}
    return ";".join(f"sprop-{name}={b64encode(nal).decode()}" for name, nal in found.items())
