"""Who did what in the console, and who looked at whose pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One change, tried or made; or the looks of one person at one camera's pictures within an hour.

    It names fields, never their values: those may be secrets.
    """

    id: str  # of looks: made of who, which camera and which hour
    at: datetime  # of looks: the first
    by: str  # the user's name as it was then; "command line", or who could not be told
    user_id: str = ""
    token: str = ""  # the API token's name; empty: by session
    address: str = ""  # where the request came from
    action: str  # stable: "change_camera", "look", "log_in"
    target: str = ""  # what it was done to: "cameras/ID"
    camera_id: str = ""  # of looks
    fields: tuple[str, ...] = ()  # that were sent
    status: int = 200  # HTTP's: 2xx was done, 4xx refused
    count: int = 1  # of looks
    until: datetime | None = None  # of looks: the last
