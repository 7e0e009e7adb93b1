"""users"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import Area, Role
from console import users
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.api.shapes.people import NewUserAnswer, UserAnswer
from console.auth import Identity
from console.camera_form import Name
from console.paging import by_name
from console.passwords import PASSWORD_LENGTH, generate_password
from console.views import user_json

router = APIRouter(tags=["users"])

Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.PEOPLE, everywhere=True))]
Password = Annotated[str, Field(min_length=PASSWORD_LENGTH, max_length=1000)]
Names = Annotated[list[Name], Field(max_length=100)]


class UserForm(BaseModel):
    """A new user."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    password: Password | None = Field(None, description="null: one is made, and answered this once", repr=False)
    role: Role = Role.VIEWER
    sites: Names = Field([], description="only cameras at these sites, or with these tags; both empty: all cameras")
    tags: Names = []


class UserPatch(BaseModel):
    """What to change of a user; what is missing stays."""

    model_config = ConfigDict(extra="forbid")
    role: Role | None = None
    sites: Names | None = None
    tags: Names | None = None
    password: Password | None = Field(None, repr=False)


@router.get("/users", responses=answers(Page[UserAnswer]))
def list_users(console: Desk, _who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """Everybody who may log in, by name."""
    with console.repository.begin() as unit:
        found = unit.users.all()
    page, following = by_name(found, key_of=lambda user: user.name, cursor=cursor, limit=limit)
    return listing([user_json(user) for user in page], following)


@router.post("/users", status_code=201, responses=answers(NewUserAnswer, 409, status=201))
def add_user(form: UserForm, response: Response, console: Desk, _who: Admin) -> dict[str, Any]:
    """Add a user; `password` is in the answer where it was made here, this once."""
    password = form.password or generate_password()
    user = users.create_user(
        console.repository,
        form.name,
        password,
        form.role,
        sites=form.sites,
        tags=form.tags,
        clock=console.clock,
        new_id=console.new_id,
    )
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    return user_json(user) | ({} if form.password else {"password": password})


@router.get("/users/{user_id}", responses=answers(UserAnswer))
def get_user(user_id: str, console: Desk, _who: Admin) -> dict[str, Any]:
    """One user."""
    with console.repository.begin() as unit:
        return user_json(unit.users.get(user_id))


@router.patch("/users/{user_id}", responses=answers(UserAnswer, 409))
def change_user(user_id: str, form: UserPatch, console: Desk, _who: Admin) -> dict[str, Any]:
    """Change the role, whose cameras they may see, or the password; their sessions end."""
    user = users.change_user(
        console.repository, user_id, role=form.role, sites=form.sites, tags=form.tags, password=form.password
    )
    return user_json(user)


@router.delete("/users/{user_id}", status_code=204, responses=answers(None, 409))
def remove_user(user_id: str, console: Desk, _who: Admin) -> None:
    """Remove a user with all sessions and tokens; never the last administrator."""
    with console.repository.begin() as unit:
        users.remove_user(unit, user_id)
