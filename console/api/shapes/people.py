"""login, users, tokens, audit"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.user import Role


class MeAnswer(BaseModel):
    """Who a session or token belongs to."""

    id: str
    name: str
    role: Role
    sites: list[str]
    tags: list[str]
    is_limited: bool = Field(description="only cameras at one of these sites or with one of these tags are seen")
    scopes: list[str] = Field(description="of a token; empty: all that the user may")
    server_time: datetime
    csrf_token: str | None = Field(None, description="of a session: to be sent as X-CSRF-Token with every change")


class LoginWaysAnswer(BaseModel):
    """How one may log in."""

    password: bool
    oidc: str | None = Field(description="the identity provider's host; null: there is none")


class SessionAnswer(BaseModel):
    """A browser's session."""

    id: str
    address: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    is_current: bool


class UserAnswer(BaseModel):
    """Somebody who may log in."""

    id: str
    name: str
    role: Role
    sites: list[str]
    tags: list[str]
    is_limited: bool
    has_password: bool = Field(description="else they log in at an identity provider or a proxy")
    created_at: datetime


class NewUserAnswer(UserAnswer):
    """With the password that was made, this once."""

    password: str | None = None


class TokenAnswer(BaseModel):
    """An API token, without its secret."""

    id: str
    name: str
    user: str | None
    role: Role | None = Field(description="at most this; null: the user's")
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class NewTokenAnswer(TokenAnswer):
    """With its secret, this once."""

    token: str


class AuditAnswer(BaseModel):
    """Who did what, or looked at what."""

    id: str
    at: datetime
    by: str
    user_id: str
    token: str
    address: str
    action: str
    target: str
    camera_id: str
    fields: list[str]
    status: int
    count: int
    until: datetime | None
