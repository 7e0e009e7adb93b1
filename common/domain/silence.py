"""A time in which nobody wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.domain.camera import Camera


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Alerts are made and kept, but not told, in [starts_at, ends_at). An empty condition means any."""

    id: str
    starts_at: datetime
    ends_at: datetime
    rules: tuple[str, ...] = ()  # ids
    cameras: tuple[str, ...] = ()  # ids
    sites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # cameras with any of these
    comment: str = ""
    created_by: str = ""  # a user's name
    created_at: datetime

    def covers(self, *, rule_id: str, camera: Camera | None, at: datetime) -> bool:
        """Whether it silences the rule on the camera (None: what is of no camera) at that time."""
        if not self.starts_at <= at < self.ends_at or (self.rules and rule_id not in self.rules):
            return False
        if camera is None:
            return not (self.cameras or self.sites or self.tags)
        return (
            (not self.cameras or camera.id in self.cameras)
            and (not self.sites or camera.site in self.sites)
            and (not self.tags or bool(set(self.tags) & set(camera.tags)))
        )
