"""Adding, changing and removing those who may log in.

Passwords are hashed before a unit of work begins: that takes long on purpose, and others would wait for the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from common.domain.user import Role, TokenKind, User
from common.errors import Conflict, InvalidInput, NotFound
from common.ports.clock import Clock, NewId, new_id, utc_now
from common.ports.repository import Repository, Unit
from console.passwords import generate_password, hash_password, refuse_weak

ADMIN = "admin"  # the first user's name


def create_user(
    repository: Repository,
    name: str,
    password: str,
    role: Role,
    *,
    sites: Sequence[str] = (),
    tags: Sequence[str] = (),
    clock: Clock = utc_now,
    new_id: NewId = new_id,
) -> User:
    """Add a user. Raises InvalidInput for an empty name or a weak password, Conflict for a name in use."""
    name = name.strip()
    if not name:
        raise InvalidInput("a user needs a name")
    refuse_weak(password, name=name)
    user = User(
        id=new_id(),
        name=name,
        password_hash=hash_password(password),
        role=role,
        sites=tuple(dict.fromkeys(sites)),
        tags=tuple(dict.fromkeys(tags)),
        created_at=clock(),
    )
    with repository.begin() as unit:
        if unit.users.find(name) is not None:
            raise Conflict(f"there is a user {name!r} already")
        unit.users.save(user)
    return user


def change_user(
    repository: Repository,
    user_id: str,
    *,
    role: Role | None = None,
    sites: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
    password: str | None = None,
) -> User:
    """Change what a user may do or see, or the password; None: as it is. All of their sessions end.

    Raises NotFound, InvalidInput; Conflict where nobody would be left who may do everything.
    """
    with repository.begin() as unit:
        name = unit.users.get(user_id).name
    if password is not None:
        refuse_weak(password, name=name)
    password_hash = None if password is None else hash_password(password)
    with repository.begin() as unit:
        user = unit.users.get(user_id)
        changed = replace(
            user,
            role=role or user.role,
            sites=user.sites if sites is None else tuple(dict.fromkeys(sites)),
            tags=user.tags if tags is None else tuple(dict.fromkeys(tags)),
            password_hash=password_hash or user.password_hash,
        )
        if changed != user:
            _keep_one_admin(unit, user, changed)
            unit.users.save(changed)
            end_sessions(unit, user.id)
    return changed


def change_password(repository: Repository, name: str, password: str, *, except_session: str = "") -> User:
    """Give a user a new password and end all of their sessions, but that one. Raises NotFound, InvalidInput."""
    refuse_weak(password, name=name)
    password_hash = hash_password(password)
    with repository.begin() as unit:
        user = unit.users.find(name)
        if user is None:
            raise NotFound(f"there is no user {name!r}")
        changed = replace(user, password_hash=password_hash)
        unit.users.save(changed)
        end_sessions(unit, user.id, but=except_session)
    return changed


def end_sessions(unit: Unit, user_id: str, *, but: str = "") -> None:
    """Log a user out everywhere."""
    for token in unit.users.tokens(kind=TokenKind.SESSION, user_id=user_id):
        if token.id != but:
            unit.users.remove_token(token.id)


def remove_user(unit: Unit, user_id: str) -> None:
    """Remove a user with all tokens. Raises NotFound; Conflict for the last who may do everything."""
    _keep_one_admin(unit, unit.users.get(user_id), None)
    unit.users.remove(user_id)


def ensure_admin(
    repository: Repository, password: str = "", *, clock: Clock = utc_now, new_id: NewId = new_id
) -> str | None:
    """Make the first administrator when there is no user yet.

    Returns the password when one had to be generated: show it once, it is stored nowhere.
    A password that is given is taken as it is, however short: whoever sets it runs the installation.
    """
    with repository.begin() as unit:
        if unit.users.all():
            return None
    chosen = password or generate_password()
    hashed = hash_password(chosen)
    with repository.begin() as unit:
        if unit.users.all():  # another replica was first
            return None
        unit.users.save(User(id=new_id(), name=ADMIN, password_hash=hashed, role=Role.ADMIN, created_at=clock()))
    return None if password else chosen


def _keep_one_admin(unit: Unit, user: User, changed: User | None) -> None:
    """Somebody must remain who may do everything everywhere."""
    others = [other for other in unit.users.all() if other.id != user.id]
    remaining = [*others, changed] if changed else others
    if _is_almighty(user) and not any(_is_almighty(other) for other in remaining):
        raise Conflict("the last administrator who may see everything must stay one")


def _is_almighty(user: User) -> bool:
    return user.role is Role.ADMIN and not user.reach.is_limited
