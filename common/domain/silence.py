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

    def covers(self, *, rule_id: str, camera: Camera, at: datetime) -> bool:
        """Whether it silences the rule on the camera at that time."""
        return (
            self.starts_at <= at < self.ends_at
            and (not self.rules or rule_id in self.rules)
            and (not self.cameras or camera.id in self.cameras)
            and (not self.sites or camera.site in self.sites)
            and (not self.tags or bool(set(self.tags) & set(camera.tags)))
        )
