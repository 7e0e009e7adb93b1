"""H.264 in RTP (RFC 3550, RFC 6184): single NAL unit packets and FU-A fragments."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

PAYLOAD_BYTES = 1400  # fits an Ethernet frame, so that a capture of the traffic looks like a camera's
CLOCK = 90_000  # ticks per second of every video payload
FU_A = 28
_START_CODE = re.compile(rb"\x00\x00\x00?\x01")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What belongs to one moment: RTP payloads in order, the last one carries the marker."""

    payloads: tuple[bytes, ...]
    timestamp: int  # of the stream's clock
    is_start: bool  # a decoder can start here


def split_nals(annex_b: bytes) -> list[bytes]:
    """The NAL units of a byte stream with start codes."""
    return [nal.rstrip(b"\x00") for nal in _START_CODE.split(annex_b) if nal]


def payloads(nal: bytes, *, limit: int = PAYLOAD_BYTES) -> Iterator[bytes]:
    """The NAL unit as it is when it fits, else in FU-A fragments (RFC 6184, 5.8)."""
    if len(nal) <= limit:
        yield nal
        return
    indicator = (nal[0] & 0xE0) | FU_A
    kind, room = nal[0] & 0x1F, limit - 2
    for at in range(1, len(nal), room):
        start = 0x80 if at == 1 else 0
        end = 0x40 if at + room >= len(nal) else 0
        yield bytes((indicator, start | end | kind)) + nal[at : at + room]


def packet(payload: bytes, *, kind: int, sequence: int, timestamp: int, source: int, marker: bool) -> bytes:
    """An RTP packet; `kind` is the payload type, `source` the SSRC."""
    head = struct.pack(">BBHII", 0x80, (marker << 7) | kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source)
    return head + payload


def interleaved(channel: int, data: bytes) -> bytes:
    """The packet inside the RTSP connection (RFC 2326, 10.12)."""
    return struct.pack(">cBH", b"$", channel, len(data)) + data
