"""What the API and pictures say in words, in English; pages have texts of their own, in the reader's language."""

from __future__ import annotations

from common.domain.prediction import Label

ENGLISH = {
    "app": "Maskwatch",
    "state.degraded.detail": "Most of the camera's pictures are too bad to be judged.",
    "state.stale.detail": "The last picture is old. It does not show what happens now.",
    "state.unwatched.detail": "No grabber is watching this camera.",
    "state.waiting.detail": "Waiting for the first picture.",
    "state.paused.detail": "Outside of this camera's hours.",
    "state.disabled.detail": "This camera is switched off.",
    "state.down.detail": "The camera's stream cannot be read.",
    "label.no_mask": "No mask",
    "label.mask_incorrect": "Worn wrongly",
    "label.mask_correct": "Mask",
    "label.uncertain": "Uncertain",
    "uncovered.NOSE": "nose",
    "uncovered.MOUTH": "mouth",
    "uncovered.CHIN": "chin",
    "headroom.models": "the models (processors and model API)",
    "headroom.analyzer": "the analyzer",
    "headroom.grabbers": "the grabbers' processor time",
    "headroom.unknown": "How many cameras more it can take is not known yet: no picture was looked at lately.",
    "headroom.some": "At least {cameras} cameras can be added at one shot per {seconds:g} s; the limit is {limit}: "
    "{capacity:.3g} shots/s, {wanted:.3g} are wanted.",
    "headroom.none": "No camera can be added; the limit is {limit}: {capacity:.3g} shots/s, {wanted:.3g} are wanted.",
    "headroom.overload": "Overloaded, intervals are {stretch:.3g} times as long; the limit is {limit}: "
    "{capacity:.3g} shots/s, {wanted:.3g} are wanted: {cameras} cameras at one shot per {seconds:g} s too many.",
}

MINUTE, HOUR, DAY = 60, 3600, 86_400


def t(key: str, **values: object) -> str:
    """The text of that key, with its values filled in."""
    return ENGLISH[key].format(**values) if values else ENGLISH[key]


def label_text(label: Label, uncovered: tuple[str, ...] = ()) -> str:
    """What a face's label means: "Worn wrongly: nose"."""
    text = t(f"label.{label.value}")
    parts = ", ".join(ENGLISH.get(f"uncovered.{part}", part.lower()) for part in uncovered)
    return f"{text}: {parts}" if parts and label is Label.MASK_INCORRECT else text


def span_text(seconds: float) -> str:
    """How long: "3 s", "4 min", "5 h", "6 days"."""
    seconds = max(0, round(seconds))
    if seconds < 2 * MINUTE:
        return f"{seconds} s"
    if seconds < 2 * HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} days"
