"""People and scripts that may use the console."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.camera import Camera


class Role(StrEnum):
    """What a user may do: look; also work with alerts; also change cameras, rules and users."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Area(StrEnum):
    """What an endpoint is about: a token may be limited to some."""

    CAMERAS = "cameras"
    PICTURES = "pictures"
    ALERTS = "alerts"  # and events, and what people say of faces
    RULES = "rules"
    RECEIVERS = "receivers"  # and silences
    STATISTICS = "statistics"
    MODELS = "models"  # trying them, the gate, versions
    SYSTEM = "system"
    PEOPLE = "people"  # users, tokens, the audit log
    PRIVACY = "privacy"


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Whose cameras somebody may see: those of one of the sites or with one of the tags; without either, all."""

    sites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Whether there may be cameras out of reach."""
        return bool(self.sites or self.tags)

    def includes(self, camera: Camera) -> bool:
        """Whether the camera is within reach."""
        return not self.is_limited or camera.site in self.sites or not set(self.tags).isdisjoint(camera.tags)


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who logs in."""

    id: str
    name: str  # unique
    password_hash: str = field(repr=False)  # argon2id; empty: logs in elsewhere
    role: Role
    sites: tuple[str, ...] = ()  # as in Reach
    tags: tuple[str, ...] = ()
    subject: str = ""  # "issuer subject" of whoever logs in by OpenID Connect, "proxy" of a proxy's users
    created_at: datetime

    @property
    def reach(self) -> Reach:
        """Whose cameras they may see."""
        return Reach(sites=self.sites, tags=self.tags)


class TokenKind(StrEnum):
    """A browser's session, or a script's API token."""

    SESSION = "session"
    API = "api"


@dataclass(frozen=True, kw_only=True)
class Token:
    """A secret somebody holds; only its hash is stored."""

    id: str
    kind: TokenKind
    user_id: str
    name: str = ""
    secret_hash: str = field(repr=False)  # SHA-256 of the secret, hex
    role: Role | None = None  # at most this; None: the user's
    scopes: tuple[str, ...] = ()  # "area" or "area:read"; empty: all that the user may
    address: str = ""  # where a session was opened from
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None  # about: kept to the minute, so that looking costs no write each time
