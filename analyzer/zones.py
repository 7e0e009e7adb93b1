"""Which faces of a picture count: large enough, and in the right part of it."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.sightings.look import Look
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


def look_at(camera: Camera, prediction: Prediction) -> Look:
    """The picture with the faces that statistics and rules see, each with the watch zones it lies in.

    A face counts when its box's shorter side has at least `min_face_px` pixels and its centre lies in no ignore
    zone; where the camera has watch zones, also only when its centre lies in one of them.
    """
    watches = any(zone.mode is ZoneMode.WATCH for zone in camera.zones)
    faces, zones = [], []
    for place, face in enumerate(prediction.faces):
        around = [zone for zone in camera.zones if _holds(zone, face, prediction)]
        names = tuple(zone.name for zone in around if zone.mode is ZoneMode.WATCH)
        is_ignored = len(names) < len(around)
        if face.size >= camera.min_face_px and not is_ignored and (names or not watches):
            faces.append((place, face))
            zones.append(names)
    return Look(
        camera_id=camera.id,
        snapshot_id=prediction.snapshot_id,
        at=prediction.captured_at,
        width=prediction.width,
        height=prediction.height,
        faces=tuple(faces),
        zones=tuple(zones),
    )


def _holds(zone: Zone, face: Face, prediction: Prediction) -> bool:
    # A picture without a size has no relative coordinates: nothing lies anywhere in it.
    if not prediction.width or not prediction.height:
        return False
    x, y = face.center
    return contains(zone.polygon, (x / prediction.width, y / prediction.height))
