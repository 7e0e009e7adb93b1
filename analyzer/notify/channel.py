"""How a message travels: one class per kind of receiver."""

from __future__ import annotations

from typing import Protocol

from analyzer.notify.message import Message

TIMEOUT_SECONDS = 15.0  # for one message; a receiver that takes longer gets it again later


class Channel(Protocol):
    """Thread-safe; bounded in time."""

    def send(self, message: Message) -> None:
        """Return once the receiver has taken it. Raises NotDelivered (again later) or Refused (never)."""

    def close(self) -> None: ...
