"""Whether a camera's pictures are good enough to rely on: a stream that runs may still show nothing."""

from __future__ import annotations

from collections import Counter, deque

LAST = 6  # shots that are looked at: one refused picture is an accident
MOST_REJECTED = 3  # of them; with more the camera is degraded, and with as few again it is not

ADVICE = {
    "stale": "its pictures come too late: check the network, and whether this machine is overloaded",
    "corrupt": "its pictures arrive broken: packets are lost on the way; use TCP, check cable and Wi-Fi",
    "torn": "its pictures are torn: packets are lost between the camera and its recorder; check cable and Wi-Fi",
    "grey": "parts of its pictures are missing: packets are lost on the way; check cable and Wi-Fi",
    "smeared": "parts of its pictures are smeared: packets are lost on the way; check cable and Wi-Fi",
    "black": "its pictures are black: check the lens cap, the light, and the camera's night mode",
    "overexposed": "its pictures are white: check exposure, and whether a lamp or the sun shines into the lens",
    "blank": "its pictures show one even colour: check the lens and restart the camera",
    "frozen": "its picture has not changed for a while: restart the camera",
    "covered": "something covers the lens: look at the camera",
    "blurred": "its pictures are out of focus: clean the lens, check the focus",
}


class Condition:
    """Remembers what the gate said of the last shots."""

    def __init__(self) -> None:
        self._said: deque[str | None] = deque(maxlen=LAST)

    def note(self, refusal: str | None) -> None:
        """The gate's word on a picture: why it was refused, None when it was not."""
        self._said.append(refusal)

    @property
    def trouble(self) -> str | None:
        """The reason given most often, while more than MOST_REJECTED of the LAST pictures were refused; else None."""
        reasons = Counter(reason for reason in self._said if reason is not None)
        return reasons.most_common(1)[0][0] if reasons.total() > MOST_REJECTED else None
