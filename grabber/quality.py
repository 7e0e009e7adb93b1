"""The gate between a picture and a snapshot: what shows nothing is not predicted, but counted with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from grabber.picture import Picture

STALE_SECONDS = 5.0  # a picture may always be this old, whatever the interval
FROZEN_SECONDS = 60.0  # a live sensor's noise changes some pixel long before
DARK = 10.0  # mean luma of a covered lens or a dead sensor; a night picture is brighter somewhere
FLAT = 3.0  # standard deviation of luma below which there is nothing to see


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the gate sees: the picture, when it is used, and since when no pixel has changed."""

    picture: Picture
    now: datetime
    interval: timedelta
    unchanged_since: datetime


Check = Callable[[Look], str | None]  # a reason to refuse, or None


def is_stale(look: Look) -> str | None:
    """Older than two intervals: whatever it shows is over."""
    limit = max(2 * look.interval, timedelta(seconds=STALE_SECONDS))
    return "stale" if look.now - look.picture.captured_at > limit else None


def is_corrupt(look: Look) -> str | None:
    """The decoder knows that parts of it were lost."""
    return "corrupt" if look.picture.is_corrupt else None


def is_black(look: Look) -> str | None:
    """Dark everywhere."""
    return "black" if look.picture.brightness < DARK and look.picture.contrast < FLAT else None


def is_blank(look: Look) -> str | None:
    """One even colour, such as the grey of a decoder that lost its keyframe."""
    return "blank" if look.picture.contrast < FLAT else None


def is_frozen(look: Look) -> str | None:
    """Not one pixel has changed for long: the camera repeats itself. A still scene differs by its noise."""
    return "frozen" if look.picture.captured_at - look.unchanged_since > timedelta(seconds=FROZEN_SECONDS) else None


CHECKS: tuple[Check, ...] = (is_stale, is_corrupt, is_black, is_blank, is_frozen)


class Gate:
    """One camera's gate; remembers since when the picture has been the same."""

    def __init__(self, *, interval: timedelta) -> None:
        self._interval = interval
        self._fingerprint = b""
        self._since: datetime | None = None

    def refusal(self, picture: Picture, *, now: datetime) -> str | None:
        """Why the picture must not become a snapshot, or None."""
        if self._since is None or picture.fingerprint != self._fingerprint:
            self._fingerprint, self._since = picture.fingerprint, picture.captured_at
        look = Look(picture=picture, now=now, interval=self._interval, unchanged_since=self._since)
        return next((reason for check in CHECKS if (reason := check(look)) is not None), None)
