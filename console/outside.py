"""People whom somebody else has logged in: an identity provider, or a proxy in front."""

from __future__ import annotations

from dataclasses import replace

import structlog

from common.domain.user import Role, User
from common.errors import Conflict
from common.ports.repository import Unit
from console.context import Console
from console.users import end_sessions
from console.vouching import Stranger

log = structlog.get_logger(__name__)


def welcome(console: Console, stranger: Stranger) -> User:
    """The user here; made at the first time, and changed to what the other says now.

    Nobody becomes a user who is here already by having the same name: names are chosen, subjects are not.
    """
    try:
        return _welcome(console, stranger)
    except Conflict:  # two requests of somebody new at once: the other was first
        return _welcome(console, stranger)


def _welcome(console: Console, stranger: Stranger) -> User:
    with console.repository.begin() as unit:
        known = unit.users.find_subject(stranger.subject)
        if known is None:
            return _add(console, unit, stranger)
        changed = replace(
            known,
            role=stranger.role or known.role,
            sites=known.sites if stranger.sites is None else stranger.sites,
        )
        if changed != known:
            unit.users.save(changed)
            end_sessions(unit, known.id)
            log.info("user.changed_outside", user=known.name, role=changed.role.value)
        return changed


def _add(console: Console, unit: Unit, stranger: Stranger) -> User:
    user = User(
        id=console.new_id(),
        name=_free_name(unit, stranger.name),
        password_hash="",
        role=stranger.role or Role.VIEWER,
        sites=stranger.sites or (),
        subject=stranger.subject,
        created_at=console.clock(),
    )
    unit.users.save(user)
    log.info("user.came_from_outside", user=user.name, role=user.role.value)
    return user


def _free_name(unit: Unit, name: str) -> str:
    wanted = name.strip()[:100] or "somebody"
    taken = {user.name for user in unit.users.all()}
    number = 2
    free = wanted
    while free in taken:
        free, number = f"{wanted} ({number})", number + 1
    return free
