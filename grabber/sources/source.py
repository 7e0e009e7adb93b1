"""The shape that all sources share."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.clock import Clock, utc_now
from grabber.picture import Picture


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read a camera."""

    timeout: float = 10.0  # seconds, to open and between two pieces of data
    quality: int = 90  # of the JPEG, 50..100
    fresh_seconds: float = 1.0  # a keyframe this young needs no later picture
    patience_seconds: float = 0.0  # a keyframe that comes this soon after the slot is waited for
    ca_file: Path | None = None  # PEM: certificates believed for TLS, instead of the public authorities'
    addresses: AddressCheck = UNCHECKED  # which hosts may be connected to
    clock: Clock = utc_now


class Source(Protocol):
    """An open stream. One thread uses it; it raises StreamError when it breaks, and is then only to be closed."""

    codec: str  # h264, hevc, mjpeg, …
    fps: float | None  # pictures per second, where the stream says so

    @property
    def keyframe_interval_seconds(self) -> float | None:
        """Between the last two keyframes; None before the second."""

    @property
    def bytes_per_second(self) -> float | None:
        """What the stream sends; 0 when nothing comes unless a shot asks for it, None before it can be told."""

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        """Read on until `due`, then give the newest picture; None once `stop` is set.

        The picture's `captured_at` says when its data arrived: it may lie somewhat before or after `due` (Reading).
        """

    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """Closes a source at the end of a `with` block."""

    def close(self) -> None:
        """Free what the source holds."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
