"""The scene's truth: which faces are to be seen at any moment, and how each wears its mask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.domain.prediction import Box, Label
from maskwatch.simulation.timeline import CYCLE_SECONDS, HEIGHT, WALKS, WIDTH, Place, Walk, bob

# The portrait's face at scale 1, relative to the face's centre, pixels.
FACE_HALF_WIDTH, FACE_HALF_HEIGHT = 45.0, 57.0
EYE_LINE = 282.0  # of a face at scale 1, pixels from the top; the camera looks from slightly above


@dataclass(frozen=True, kw_only=True)
class TrueFace:
    """One face in the picture."""

    box: Box  # pixels, clipped to the picture
    label: Label
    visible: float = 1.0  # share of the face inside the picture, 0..1


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a simulated camera sees, second by second."""

    started_at: datetime  # the wall clock of scene time 0
    offset_seconds: float = 0.0  # where in the cycle scene time 0 lies

    def seconds(self, at: datetime | float) -> float:
        """Seconds into the cycle of a wall clock or a scene time."""
        elapsed = (at - self.started_at).total_seconds() if isinstance(at, datetime) else at
        return (elapsed + self.offset_seconds) % CYCLE_SECONDS

    def people(self, at: datetime | float) -> list[tuple[Walk, Place]]:
        """Who is where, the farthest first."""
        seconds = self.seconds(at)
        found = [(walk, place) for walk in WALKS if (place := walk.at(seconds)) is not None]
        return sorted(found, key=lambda pair: pair[1].scale)

    def truth(self, at: datetime | float) -> tuple[TrueFace, ...]:
        """The faces at that moment (a wall clock, or seconds of scene time), also those cut by the picture's border."""
        faces = (true_face(walk, place) for walk, place in self.people(at))
        return tuple(face for face in faces if face.visible > 0)


def face_center(place: Place) -> tuple[float, float]:
    """The middle of the face's box, pixels."""
    return place.x, EYE_LINE + 120.0 * (place.scale - 1.0) + bob(place.at_seconds)


def true_face(walk: Walk, place: Place) -> TrueFace:
    """The face of a person standing there."""
    x, y = face_center(place)
    half_width, half_height = FACE_HALF_WIDTH * place.scale, FACE_HALF_HEIGHT * place.scale
    left, right = max(0.0, x - half_width), min(float(WIDTH), x + half_width)
    top, bottom = max(0.0, y - half_height), min(float(HEIGHT), y + half_height)
    return TrueFace(
        box=(left, top, right, bottom),
        label=walk.look.label,
        visible=max(0.0, right - left) / (2 * half_width),
    )
