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
    csrf_token: str | None = Field(None, description="of a session: to be sent as X-CSRF-Token with every change")


class UserAnswer(BaseModel):
    """Somebody who may log in."""

    id: str
    name: str
    role: Role
    created_at: datetime


class TokenAnswer(BaseModel):
    """An API token, without its secret."""

    id: str
    name: str
    user: str | None
    created_at: datetime
    expires_at: datetime


class NewTokenAnswer(TokenAnswer):
    """With its secret, this once."""

    token: str


class AuditAnswer(BaseModel):
    """Who did what, or looked at what."""

    id: str
    at: datetime
    by: str
    token: str
    address: str
    action: str
    target: str
    camera_id: str | None
    fields: list[str]
    status: int
    count: int
    until: datetime | None
