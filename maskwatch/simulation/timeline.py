"""Who walks where and when: one cycle of the scene, repeated for ever."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin

from common.domain.prediction import Label

CYCLE_SECONDS = 50.0
WIDTH, HEIGHT = 1280, 720  # pixels of the picture


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one person is drawn."""

    label: Label
    mask: str = ""  # blue, white or black; empty: none
    clothes: tuple[int, int, int] = (90, 70, 60)  # BGR
    hair: tuple[float, float, float] = (1.0, 1.0, 1.0)  # gain on B, G, R
    skin: tuple[float, float, float] = (1.0, 1.0, 1.0)
    is_mirrored: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a person's face centre is: pixels from the left, and the size relative to the portrait."""

    at_seconds: float
    x: float
    scale: float


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One person's way through the scene, from outside the picture to outside the picture."""

    look: Look
    places: tuple[Place, ...]  # ascending in time

    def at(self, seconds: float) -> Place | None:
        """Where the person is, or None before and after the walk."""
        if not self.places[0].at_seconds <= seconds <= self.places[-1].at_seconds:
            return None
        for start, end in zip(self.places, self.places[1:], strict=False):
            if seconds <= end.at_seconds:
                return _between(start, end, seconds)
        return None


def _between(start: Place, end: Place, seconds: float) -> Place:
    share = (seconds - start.at_seconds) / (end.at_seconds - start.at_seconds)
    eased = share * share * (3 - 2 * share)  # people speed up and slow down
    return Place(
        at_seconds=seconds,
        x=start.x + (end.x - start.x) * eased,
        scale=start.scale + (end.scale - start.scale) * eased,
    )


def bob(seconds: float) -> float:
    """The rise and fall of a walking or breathing person, pixels."""
    return 3.0 * sin(2 * pi * 0.9 * seconds)


def _walk(look: Look, *places: tuple[float, float, float]) -> Walk:
    return Walk(look=look, places=tuple(Place(at_seconds=t, x=x, scale=scale) for t, x, scale in places))


LEFT, RIGHT = -300.0, WIDTH + 300.0  # far enough outside for the shoulders

CLERK = Look(label=Label.MASK_CORRECT, mask="blue", clothes=(120, 96, 62))
VISITOR = Look(label=Label.NO_MASK, clothes=(58, 62, 132), hair=(0.62, 0.58, 0.55), is_mirrored=True)
NURSE = Look(
    label=Label.MASK_CORRECT, mask="white", clothes=(150, 152, 96), hair=(0.86, 0.9, 0.98), skin=(0.94, 0.96, 0.98)
)
SLOPPY = Look(
    label=Label.MASK_INCORRECT, mask="blue", clothes=(70, 92, 76), hair=(0.5, 0.5, 0.52), skin=(0.86, 0.9, 0.94)
)
COURIER = Look(label=Label.MASK_CORRECT, mask="black", clothes=(52, 120, 160), hair=(0.7, 0.74, 0.8), is_mirrored=True)
REGULAR = Look(
    label=Label.MASK_CORRECT, mask="blue", clothes=(96, 88, 92), hair=(0.45, 0.45, 0.47), skin=(0.8, 0.85, 0.9)
)

# Without a mask: 4..19. Worn wrongly: 28..36. Empty: 46..50.
WALKS = (
    _walk(CLERK, (0.2, LEFT, 0.95), (3.2, 360, 0.95), (10.5, 330, 0.98), (13.5, LEFT, 0.95)),
    _walk(VISITOR, (3.4, RIGHT, 1.25), (5.6, 880, 1.3), (11.0, 790, 1.42), (16.8, 860, 1.3), (19.0, RIGHT, 1.25)),
    _walk(NURSE, (18.0, LEFT, 0.9), (20.6, 420, 1.0), (25.2, 700, 1.1), (28.0, RIGHT, 1.0)),
    _walk(SLOPPY, (27.4, LEFT, 1.0), (29.6, 460, 1.08), (33.4, 560, 1.15), (36.0, LEFT, 1.05)),
    _walk(COURIER, (35.8, RIGHT, 1.1), (38.2, 930, 1.15), (42.8, 900, 1.2), (45.4, RIGHT, 1.1)),
    _walk(REGULAR, (36.2, LEFT, 1.05), (38.6, 380, 1.15), (42.6, 430, 1.1), (45.2, LEFT, 1.05)),
)
