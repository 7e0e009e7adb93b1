"""Which faces of a picture count: large enough, and in the right part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from common.domain.camera import Camera, Point, Zone, ZoneMode
from common.domain.prediction import Face, Prediction


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Whether the point lies in the polygon, which may be concave; both in the same coordinates.

    Even-odd rule (Shimrat 1962): a ray to the right crosses the border an odd number of times. A point exactly on
    the border belongs to one of two zones that share it, never to both.
    """
    x, y = point
    is_inside = False
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], *polygon[:1]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            is_inside = not is_inside
    return is_inside


def counting_faces(camera: Camera, prediction: Prediction) -> tuple[Face, ...]:
    """The faces that statistics and rules see.

    A face counts when its box's shorter side has at least `min_face_px` pixels and its centre lies in no ignore
    zone; where the camera has watch zones, also only when its centre lies in one of them.
    """
    ignored = [zone for zone in camera.zones if zone.mode is ZoneMode.IGNORE]
    watched = [zone for zone in camera.zones if zone.mode is ZoneMode.WATCH]
    return tuple(
        face
        for face in prediction.faces
        if face.size >= camera.min_face_px
        and not _lies_in_any(ignored, face, prediction)
        and (not watched or _lies_in_any(watched, face, prediction))
    )


def faces_in_zone(camera: Camera, zone_name: str, faces: Iterable[Face], prediction: Prediction) -> tuple[Face, ...]:
    """Those of the faces whose centre lies in the camera's zone of that name; none where it has no such zone."""
    named = [zone for zone in camera.zones if zone.name == zone_name]
    return tuple(face for face in faces if _lies_in_any(named, face, prediction))


def _lies_in_any(zones: Iterable[Zone], face: Face, prediction: Prediction) -> bool:
    x, y = face.center
    # A picture without a size has no relative coordinates: nothing lies anywhere in it.
    if not prediction.width or not prediction.height:
        return False
    return any(contains(zone.polygon, (x / prediction.width, y / prediction.height)) for zone in zones)
