"""Whether a reference picture is missing from an H.264 stream: its slices number them (ITU-T H.264, 7.4.3, frame_num).

FFmpeg repeats the picture before the gap, says nothing, and draws all that follows over the wrong one. HEVC names the
pictures that it builds on, and there FFmpeg does say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

START_CODE = b"\x00\x00\x01"
SLICE, IDR_SLICE, SPS = 1, 5, 7  # NAL unit types (table 7-1)
HEAD_BYTES = 48  # more than what is read of a slice; an SPS with scaling lists is longer
SPS_BYTES = 512
CHROMA_PROFILES = {44, 83, 86, 100, 110, 118, 122, 128, 138, 139, 134, 135, 244}  # their SPS says more (7.3.2.1.1)


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """What a sequence parameter set says of frame_num."""

    bits: int  # 4..16
    may_gap: bool  # the encoder leaves numbers out on purpose
    has_colour_planes: bool  # each slice then names its plane before its number


class FrameNumbers:
    """Follows one stream, packet by packet."""

    def __init__(self, extradata: bytes | None = None) -> None:
        """`extradata`: parameter sets that came before the stream, with start codes."""
        self._numbering: Numbering | None = None
        self._reference: int | None = None  # number of the last picture that others may build on
        for nal in nal_units(extradata or b""):
            self._learn(nal)

    def restart(self) -> None:
        """The next picture need not follow from the last."""
        self._reference = None

    def has_gap(self, packet: bytes) -> bool:
        """Whether a picture that this one may build on is missing; False where that cannot be known."""
        for nal in nal_units(packet):
            kind = nal[0] & 0x1F
            if kind in (SLICE, IDR_SLICE):
                return self._follow(nal)
            self._learn(nal)
        return False

    def _learn(self, nal: bytes) -> None:
        if nal[0] & 0x1F == SPS:
            try:
                self._numbering = _numbering(_Bits(nal[1:SPS_BYTES]))
            except IndexError:  # cut short: the decoder will say so
                self._numbering = None

    def _follow(self, nal: bytes) -> bool:
        if self._numbering is None or self._numbering.may_gap:
            return False
        try:
            number = _frame_number(_Bits(nal[1:HEAD_BYTES]), self._numbering)
        except IndexError:
            return True  # a slice that ends within its header
        before = None if nal[0] & 0x1F == IDR_SLICE else self._reference
        if nal[0] & 0x60:  # nal_ref_idc: others may build on it
            self._reference = number
        return before is not None and (number - before) % (1 << self._numbering.bits) > 1


def nal_units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a byte stream (annex B), each with its header; nothing for other framings."""
    at = data.find(START_CODE, 0, 4)
    while at >= 0:
        begin = at + len(START_CODE)
        at = data.find(START_CODE, begin)
        nal = data[begin : at if at >= 0 else len(data)]
        if nal:
            yield nal


class _Bits:
    """Reads a NAL unit's payload bit by bit; raises IndexError beyond its end."""

    def __init__(self, payload: bytes) -> None:
        self._bytes = payload.replace(b"\x00\x00\x03", b"\x00\x00")  # emulation prevention (7.4.1)
        self._at = 0

    def bits(self, count: int) -> int:
        """An unsigned number of so many bits."""
        value = 0
        for _ in range(count):
            value = value << 1 | (self._bytes[self._at >> 3] >> (7 - (self._at & 7)) & 1)
            self._at += 1
        return value

    def ue(self) -> int:
        """An unsigned Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
        return (1 << zeros) - 1 + self.bits(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number (9.1.1)."""
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def _numbering(sps: _Bits) -> Numbering:
    """From a sequence parameter set (7.3.2.1.1)."""
    profile = sps.bits(8)
    sps.bits(16)  # constraints, level
    sps.ue()  # seq_parameter_set_id
    has_colour_planes = profile in CHROMA_PROFILES and _skip_chroma(sps)
    bits = sps.ue() + 4
    order = sps.ue()  # pic_order_cnt_type
    if order == 0:
        sps.ue()
    elif order == 1:
        sps.bits(1)
        sps.se()
        sps.se()
        for _ in range(sps.ue()):
            sps.se()
    sps.ue()  # max_num_ref_frames
    return Numbering(bits=bits, may_gap=bool(sps.bits(1)), has_colour_planes=has_colour_planes)


def _skip_chroma(sps: _Bits) -> bool:
    """Read over chroma format and scaling lists; whether the colour planes are coded apart."""
    chroma = sps.ue()
    is_apart = chroma == 3 and bool(sps.bits(1))
    sps.ue()  # bit depths
    sps.ue()
    sps.bits(1)
    if sps.bits(1):  # seq_scaling_matrix_present_flag
        for place in range(8 if chroma != 3 else 12):
            if sps.bits(1):
                _skip_scaling_list(sps, 16 if place < 6 else 64)
    return is_apart


def _skip_scaling_list(sps: _Bits, size: int) -> None:
    """See 7.3.2.1.1.1: the list ends where a delta leads to 0."""
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + sps.se()) % 256
        last = following or last


def _frame_number(head: _Bits, numbering: Numbering) -> int:
    """From a slice header (7.3.3)."""
    head.ue()  # first_mb_in_slice
    head.ue()  # slice_type
    head.ue()  # pic_parameter_set_id
    if numbering.has_colour_planes:
        head.bits(2)
    return head.bits(numbering.bits)
