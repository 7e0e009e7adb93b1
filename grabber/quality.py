"""The gate between a picture and a snapshot: what shows nothing is not predicted, but counted with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from grabber.picture import Picture
from grabber.usual import History, Usual

STALE_SECONDS = 5.0  # a picture may always be this old, whatever the interval
FROZEN_SECONDS = 60.0  # a live sensor's noise changes some pixel long before
DARK = 10.0  # mean luma of a covered lens or a dead sensor; a night picture is brighter somewhere
FLAT = 3.0  # standard deviation of luma below which there is nothing to see
CLIPPED = 0.75  # share of the picture without drawing; a shop's white walls and windows stay below
GREY = 0.15  # share of the picture in a decoder's grey, beyond the camera's usual: one of its privacy masks is usual
SMEARED = 0.15  # share of rows that repeat the one above, beyond the usual: blinds do so, too
EMPTY = 0.85  # share of the picture without detail: a hand or a bag leaves a rim at most
EMPTY_MORE = 0.4  # beyond the usual: a bare wall is what some cameras watch
SOFT = 0.02  # sharpness that no picture in focus has, and
SOFTER = 0.125  # so much of the camera's usual: a lens that was always soft is as good as it gets


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the gate sees: the picture, when it is used, since when no pixel has changed, and what is usual."""

    picture: Picture
    now: datetime
    interval: timedelta
    unchanged_since: datetime
    usual: Usual | None = None  # None: not known yet


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


def is_overexposed(look: Look) -> str | None:
    """White nearly everywhere: the sensor is blinded."""
    return "overexposed" if look.picture.signs.clipped > CLIPPED else None


def is_blank(look: Look) -> str | None:
    """One even colour, such as the grey of a decoder that lost its keyframe."""
    return "blank" if look.picture.contrast < FLAT else None


def is_frozen(look: Look) -> str | None:
    """Not one pixel has changed for long: the camera repeats itself. A still scene differs by its noise."""
    return "frozen" if look.picture.captured_at - look.unchanged_since > timedelta(seconds=FROZEN_SECONDS) else None


def is_torn(look: Look) -> str | None:
    """Rows stand beside their place: a slice was lost where no decoder could tell."""
    return "torn" if look.picture.signs.is_torn else None


def is_grey(look: Look) -> str | None:
    """A large part was never received, and is a decoder's grey."""
    return "grey" if look.usual and look.picture.signs.grey - look.usual.grey > GREY else None


def is_smeared(look: Look) -> str | None:
    """One row was dragged down over a large part."""
    return "smeared" if look.usual and look.picture.signs.repeated - look.usual.repeated > SMEARED else None


def is_covered(look: Look) -> str | None:
    """Nothing in it has detail any more: a hand, a bag or paint on the lens."""
    empty = look.picture.signs.empty
    return "covered" if look.usual and empty > EMPTY and empty - look.usual.empty > EMPTY_MORE else None


def is_blurred(look: Look) -> str | None:
    """Far less sharp than this camera's pictures are: the focus is lost, or the lens wet."""
    sharpness = look.picture.signs.sharpness
    return "blurred" if look.usual and sharpness < min(SOFT, SOFTER * look.usual.sharpness) else None


DEAD: tuple[Check, ...] = (is_stale, is_corrupt, is_black, is_overexposed, is_blank, is_frozen, is_torn)
UNUSUAL: tuple[Check, ...] = (is_grey, is_smeared, is_covered, is_blurred)  # what stays so becomes usual


class Gate:
    """One camera's gate; remembers since when the picture has been the same, and what is usual."""

    def __init__(self, *, interval: timedelta) -> None:
        self._interval = interval
        self._fingerprint = b""
        self._since: datetime | None = None
        self._history = History()

    def refusal(self, picture: Picture, *, now: datetime) -> str | None:
        """Why the picture must not become a snapshot, or None."""
        if self._since is None or picture.fingerprint != self._fingerprint:
            self._fingerprint, self._since = picture.fingerprint, picture.captured_at
        look = Look(
            picture=picture,
            now=now,
            interval=self._interval,
            unchanged_since=self._since,
            usual=self._history.usual(),
        )
        if (reason := _first(DEAD, look)) is not None:
            return reason
        self._history.add(picture.signs, picture.captured_at)
        return _first(UNUSUAL, look)


def _first(checks: tuple[Check, ...], look: Look) -> str | None:
    return next((reason for check in checks if (reason := check(look)) is not None), None)
