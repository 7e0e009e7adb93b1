"""Which faces of a picture count, and which of these a rule is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.domain.camera import Camera, Point, Zone, ZoneMode
from common.domain.prediction import Face, Label, Prediction
from common.domain.rule import Rule


@dataclass(frozen=True, kw_only=True)
class WatchedFace:
    """A face that statistics and rules see."""

    place: int  # in the prediction
    face: Face
    zones: tuple[str, ...]  # names of the watch zones that it lies in


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


def watched_faces(camera: Camera, prediction: Prediction) -> list[WatchedFace]:
    """The faces that count, in their order.

    A face counts when its box's shorter side has at least `min_face_px` pixels and its centre lies in no ignore
    zone; where the camera has watch zones, also only when its centre lies in one of them.
    """
    watches = any(zone.mode is ZoneMode.WATCH for zone in camera.zones)
    found = []
    for place, face in enumerate(prediction.faces):
        around = [zone for zone in camera.zones if _holds(zone, face, prediction)]
        names = tuple(zone.name for zone in around if zone.mode is ZoneMode.WATCH)
        is_ignored = len(names) < len(around)
        if face.size >= camera.min_face_px and not is_ignored and (names or not watches):
            found.append(WatchedFace(place=place, face=face, zones=names))
    return found


def faces_of_rule(rule: Rule, camera: Camera, prediction: Prediction) -> list[WatchedFace]:
    """Those of the faces that count which the rule looks at, whatever their label; none where it is about trouble."""
    if rule.condition.trouble is not None:
        return []
    return [
        one
        for one in watched_faces(camera, prediction)
        if one.face.size >= rule.min_face_px and (rule.zone is None or rule.zone in one.zones)
    ]


def concerned(rule: Rule, looked_at: Sequence[WatchedFace]) -> list[WatchedFace]:
    """Those with the rule's label. Several pictures together gave a person theirs; in this one it may not have been
    sure: then those that are uncertain."""
    sure = [one for one in looked_at if one.face.label is rule.condition.label]
    return sure or [one for one in looked_at if one.face.label is Label.UNCERTAIN]


def _holds(zone: Zone, face: Face, prediction: Prediction) -> bool:
    # A picture without a size has no relative coordinates: nothing lies anywhere in it.
    if not prediction.width or not prediction.height:
        return False
    x, y = face.center
    return contains(zone.polygon, (x / prediction.width, y / prediction.height))
