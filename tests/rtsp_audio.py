"""A camera that sends only sound: for what happens when there is no video."""

from __future__ import annotations

import threading

from maskwatch.simulation.rtp import Unit
from maskwatch.simulation.stream import Audience, Listener

SILENCE = b"\xff" * 160  # 20 ms of G.711 mu-law


class AudioStream:
    """Silence in G.711, in real time."""

    def __init__(self) -> None:
        self._audience = Audience()

    def media(self) -> list[str]:
        return ["m=audio 0 RTP/AVP 0", "a=rtpmap:0 PCMU/8000"]

    def listen(self) -> Listener:
        listener, is_first = self._audience.join()
        if is_first:
            threading.Thread(target=self._play, daemon=True).start()
        return listener

    def leave(self, listener: Listener) -> None:
        self._audience.leave(listener)

    def _play(self) -> None:
        pause, count = threading.Event(), 0
        while self._audience.offer(Unit(payloads=(SILENCE,), timestamp=160 * count, is_start=True)):
            count += 1
            pause.wait(0.02)
