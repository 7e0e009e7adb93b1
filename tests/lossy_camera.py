"""A camera whose packets get lost on the way: a moving scene in H.264, of which every picture is known.

A slice is lost whole or from some packet on, as relays do it that give up on a slice once a packet of it is missing. A
hole in the middle of a slice is another matter: of those FFmpeg overlooks about one in ten.
"""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from fractions import Fraction

import av
import numpy as np

from maskwatch.simulation.rtp import CLOCK, Unit, payloads, split_nals
from maskwatch.simulation.stream import Audience, Listener

FPS, GOP, PICTURES = 10, 20, 40  # two keyframes, then it begins again
WIDTH, HEIGHT, STEP = 320, 240, 3  # pixels; the scene moves by STEP to the right from picture to picture
SLICE, IDR, SPS, PPS = 1, 5, 7, 8  # NAL unit types
PAYLOAD_BYTES = 400  # small, so that a picture is many packets, as a large one is


class LossyCamera:
    """Plays the scene over and over; each slice is lost, or its end, with the chance `loss`."""

    def __init__(self, *, seed: int) -> None:
        self.loss = 0.0  # 0..1
        self._random = np.random.default_rng(seed)
        self._audience = Audience()
        self.truth, self._pictures = _recorded()

    def media(self) -> list[str]:
        sets = [next(nal for nal in self._pictures[0] if nal[0] & 0x1F == kind) for kind in (SPS, PPS)]
        parameters = ",".join(b64encode(nal).decode() for nal in sets)
        return [
            "m=video 0 RTP/AVP 96",
            f"a=rtpmap:96 H264/{CLOCK}",
            f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={parameters}",
            f"a=framerate:{FPS}",
        ]

    def listen(self) -> Listener:
        listener, is_first = self._audience.join()
        if is_first:
            threading.Thread(target=self._play, daemon=True).start()
        return listener

    def leave(self, listener: Listener) -> None:
        self._audience.leave(listener)

    def _play(self) -> None:
        begun, count = time.monotonic(), 0
        while self._audience.offer(self._unit(count)):
            count += 1
            time.sleep(max(0.0, begun + count / FPS - time.monotonic()))  # a camera's clock does not fall behind

    def _unit(self, count: int) -> Unit:
        nals = self._pictures[count % PICTURES]
        kept = tuple(part for nal in nals for part in self._through(nal))
        is_start = any(nal[0] & 0x1F == IDR for nal in nals)
        return Unit(payloads=kept, timestamp=count * CLOCK // FPS, is_start=is_start)

    def _through(self, nal: bytes) -> list[bytes]:
        packets = list(payloads(nal, limit=PAYLOAD_BYTES))
        if nal[0] & 0x1F not in (SLICE, IDR) or self._random.random() >= self.loss:
            return packets
        return packets[: int(self._random.integers(len(packets)))]


def _recorded() -> tuple[list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], list[list[bytes]]]:
    """The luma of each picture as a whole stream shows it, and its NAL units."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.thread_count = Fraction(1, FPS), 1
    encoder.options = {
        "g": str(GOP),
        "preset": "veryfast",
        "tune": "zerolatency",
        "sc_threshold": "0",
        "crf": "20",
        "slices": "2",
    }
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    scene = np.kron(np.random.default_rng(3).integers(20, 235, (24, 32, 3), np.uint8), np.ones((10, 10, 1), np.uint8))
    packets = []
    for number in range(PICTURES):
        frame = av.VideoFrame.from_ndarray(np.roll(scene, STEP * number, axis=1), format="rgb24")
        frame.pts = number
        packets += encoder.encode(frame)
    shown = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    truth = [np.asarray(frame.to_ndarray(format="yuvj420p")[:HEIGHT], np.uint8) for frame in shown]
    return truth, [split_nals(bytes(packet)) for packet in packets]
