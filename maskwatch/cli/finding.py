"""What a name or id on the command line means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from common.errors import InvalidInput
from console.api.shapes.cameras import CameraAnswer
from console.api.shapes.people import UserAnswer
from console.api.shapes.receivers import ListedReceiverAnswer
from console.api.shapes.rules import ListedRuleAnswer
from maskwatch.client import Client


class Named(Protocol):
    """A thing with an id and a name of its own."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=Named)


def find_camera(api: Client, name_or_id: str) -> CameraAnswer:
    """The camera of this name or id. Raises InvalidInput naming the ones there are."""
    return _find("camera", api.cameras.list(), name_or_id)


def find_rule(api: Client, name_or_id: str) -> ListedRuleAnswer:
    """The rule of this name or id. Raises InvalidInput naming the ones there are."""
    return _find("rule", api.rules.list(), name_or_id)


def find_receiver(api: Client, name_or_id: str) -> ListedReceiverAnswer:
    """The receiver of this name or id. Raises InvalidInput naming the ones there are."""
    return _find("receiver", api.receivers.list(), name_or_id)


def find_user(api: Client, name_or_id: str) -> UserAnswer:
    """The user of this name or id. Raises InvalidInput naming the ones there are."""
    return _find("user", api.users.list(), name_or_id)


def _find(kind: str, things: Iterable[Thing], name_or_id: str) -> Thing:
    known = list(things)
    for thing in known:
        if name_or_id in (thing.id, thing.name):
            return thing
    there = ", ".join(thing.name for thing in known) or "none yet"
    raise InvalidInput(f"there is no {kind} {name_or_id!r}; there are: {there}")
