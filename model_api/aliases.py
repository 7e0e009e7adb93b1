"""Which version of a model answers (the champion), which one is tried beside it (the challenger): plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from common.errors import Conflict, InvalidInput, NotFound

HISTORY_LIMIT = 1000  # changes kept in the file; older ones are forgotten
PREVIOUS_LIMIT = 20  # champions that can be gone back to

# A version is a folder's name: nothing that leads out of it.
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
Action = Literal["challenge", "promote", "rollback"]


class Alias(BaseModel):
    """One model's versions by their part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    champion: Version
    challenger: Version | None = None
    previous: tuple[Version, ...] = ()  # earlier champions, the latest last: what a rollback goes back to


class Change(BaseModel):
    """Who changed what and when."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    at: AwareDatetime
    by: str
    action: Action
    model: str
    before: Version | None = Field(
        validation_alias="from", serialization_alias="from"
    )  # the version that had the alias
    after: Version = Field(validation_alias="to", serialization_alias="to")


class Aliases(BaseModel):
    """All models whose versions were chosen; of others the newest version is the champion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: dict[str, Alias] = {}
    history: tuple[Change, ...] = ()  # the latest last

    @property
    def champions(self) -> dict[str, str]:
        """Version by model."""
        return {name: alias.champion for name, alias in self.models.items()}

    @property
    def challengers(self) -> dict[str, str]:
        """Version by model, of those that have one."""
        return {name: alias.challenger for name, alias in self.models.items() if alias.challenger}

    def challenge(self, name: str, version: str, *, incumbent: str, at: datetime, by: str) -> Aliases:
        """Let a version run beside the champion; `incumbent` is the champion where none was chosen yet.

        Raises Conflict when it is the champion.
        """
        known = self.models.get(name) or Alias(champion=incumbent)
        if known.champion == version:
            raise Conflict(f"{name}/{version} is the champion: it cannot challenge itself")
        change = Change(at=at, by=by, action="challenge", model=name, before=known.challenger, after=version)
        return self._with(name, known.model_copy(update={"challenger": version}), change)

    def promote(self, name: str, version: str, *, incumbent: str | None, at: datetime, by: str) -> Aliases:
        """Let a version answer. Who challenged it goes on, unless it is the one that was promoted.

        `incumbent` is the champion where none was chosen yet, None where there is no other version. Raises Conflict
        when the version is the champion already.
        """
        known = self.models.get(name)
        before = known.champion if known else incumbent
        if known and before == version:
            raise Conflict(f"{name}/{version} is the champion already")
        earlier = (*(known.previous if known else ()), *([before] if before else []))
        challenger = known.challenger if known and known.challenger != version else None
        change = Change(at=at, by=by, action="promote", model=name, before=before, after=version)
        promoted = Alias(champion=version, challenger=challenger, previous=earlier[-PREVIOUS_LIMIT:])
        return self._with(name, promoted, change)

    def previous(self, name: str) -> str:
        """The version that a rollback goes back to. Raises NotFound when there is none."""
        known = self.models.get(name)
        if not known or not known.previous:
            raise NotFound(f"{name} has no earlier champion to go back to")
        return known.previous[-1]

    def rollback(self, name: str, *, at: datetime, by: str) -> Aliases:
        """Let the champion before this one answer again; once more goes back one more. Raises NotFound."""
        version, known = self.previous(name), self.models[name]
        change = Change(at=at, by=by, action="rollback", model=name, before=known.champion, after=version)
        challenger = None if known.challenger == version else known.challenger
        return self._with(name, Alias(champion=version, challenger=challenger, previous=known.previous[:-1]), change)

    def _with(self, name: str, alias: Alias, change: Change) -> Aliases:
        return Aliases(models={**self.models, name: alias}, history=(*self.history, change)[-HISTORY_LIMIT:])


def chosen_challenger(aliases: Aliases, name: str) -> str:
    """The version to promote when none is named. Raises InvalidInput when nothing challenges the champion."""
    version = aliases.challengers.get(name)
    if version is None:
        raise InvalidInput(f"nothing challenges the champion of {name}: name the version to promote")
    return version
