"""Pictures of a console, and what people say of the faces in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.api.shapes.snapshots import AlertFeedbackAnswer, FeedbackAnswer, SnapshotAnswer
from maskwatch.client.connection import Connection, Picture, named


class Snapshots:
    """Pictures that were taken."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        camera: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        label: str | None = None,
    ) -> Iterator[SnapshotAnswer]:
        """The newest first; `camera`: its id; `label`: at least one face carries it."""
        query = {"camera": camera, "after": after, "before": before, "label": label}
        return self._connection.pages(SnapshotAnswer, "snapshots", query)

    def get(self, snapshot_id: str) -> SnapshotAnswer:
        """One snapshot."""
        return self._connection.read(SnapshotAnswer, "GET", named("snapshots/{}", snapshot_id))

    def picture(
        self,
        snapshot_id: str,
        *,
        boxes: bool = False,
        crop: int | None = None,
        blur: bool = False,
        width: int | None = None,
    ) -> Picture:
        """Its picture; `crop`: only the face of this index."""
        query = {"boxes": boxes, "crop": crop, "blur": blur, "width": width}
        return self._connection.picture(named("snapshots/{}/image.jpg", snapshot_id), query)

    def kept_face(self, snapshot_id: str, face: int) -> Picture:
        """A face that was kept apart from a blurred picture."""
        return self._connection.picture(named("snapshots/{}/crops/{}.jpg", snapshot_id, str(face)))


class Feedback:
    """Right or wrong, as people said it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, after: datetime | None = None, before: datetime | None = None) -> Iterator[FeedbackAnswer]:
        """The newest first."""
        return self._connection.pages(FeedbackAnswer, "feedback", {"after": after, "before": before})

    def judge_face(self, snapshot_id: str, face: int, **verdict: Any) -> FeedbackAnswer:
        """Say what one face really is."""
        path = named("snapshots/{}/faces/{}/feedback", snapshot_id, str(face))
        return self._connection.read(FeedbackAnswer, "POST", path, json=verdict)

    def judge_alert(self, alert_id: str, **verdict: Any) -> AlertFeedbackAnswer:
        """Say whether an alert was right."""
        path = named("alerts/{}/feedback", alert_id)
        return self._connection.read(AlertFeedbackAnswer, "POST", path, json=verdict)
