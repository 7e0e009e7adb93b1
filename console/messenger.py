"""What the console needs of those who send messages."""

from __future__ import annotations

from typing import Protocol

from common.domain.receiver import Receiver


class Messenger(Protocol):
    """Bounded in time. Every error is one sentence without a secret."""

    def check(self, receiver: Receiver) -> None:
        """Raise a MaskwatchError for an address that can never work."""

    def test(self, receiver: Receiver) -> None:
        """Send a test message now; raise a MaskwatchError that says what the receiver answered."""
