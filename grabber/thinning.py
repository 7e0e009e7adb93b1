"""Which of a camera's slots are passed over while its interval is stretched."""

from __future__ import annotations

import math
from hashlib import blake2b

NEARLY = 0.75  # of a slot's price: what is missing is owed. A level that moves a little must not cost a whole slot


class Thinning:
    """Each slot earns the share of slots that may be taken, and one that is taken costs 1: errors do not add up.

    `share`: the camera's own interval over its effective one, above 0, 1 for all slots. It may change at any time.
    """

    def __init__(self, camera_id: str) -> None:
        # Cameras begin at different places, as their slots do: else all would take the same slots and pass the others.
        self._earned = int.from_bytes(blake2b(camera_id.encode(), digest_size=4).digest(), "big") / 2**32

    def passing(self, share: float) -> int:
        """How many slots to pass before the next that is to be taken."""
        return 0 if share >= 1 else max(0, math.ceil((1 - self._earned) / share - 1e-9) - 1)

    def can_take(self, share: float) -> bool:
        """Whether the slot that is due now may still be taken: the share may have fallen since it was chosen."""
        return share >= 1 or self._earned + share >= NEARLY

    def took(self, share: float) -> None:
        """A slot was taken, or tried."""
        self._earned = max(0.0, self._earned) if share >= 1 else self._earned + share - 1

    def passed(self, share: float) -> None:
        """A slot was not taken, for whatever reason; what was missed meanwhile is not made up for."""
        self._earned = min(1.0, self._earned + share)
