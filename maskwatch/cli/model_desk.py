"""Where `maskwatch models` works: on the repository here, which needs no database, or by a console elsewhere."""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from common.errors import MaskwatchError
from common.runtime.logs import configure_logging
from common.settings import load_settings
from maskwatch.cli.desk import desk
from maskwatch.cli.output import row_of
from maskwatch.cli.server import chosen_server
from maskwatch.client import Client

if TYPE_CHECKING:
    from model_api.aliases import Aliases
    from model_api.registry import ModelRegistry

Row = dict[str, Any]


class ModelDesk(Protocol):
    """Versions, and which of them answers; a change is a row with `model`, `from` and `to`."""

    def versions(self) -> list[Row]: ...
    def history(self) -> list[Row]: ...
    def challenge(self, name: str, version: str) -> Row: ...
    def promote(self, name: str, version: str | None) -> Row: ...
    def rollback(self, name: str) -> Row: ...


@contextmanager
def model_desk() -> Iterator[ModelDesk]:
    """The one to work with."""
    if chosen_server():
        with desk() as api:
            yield ModelsThere(api)
    else:
        yield ModelsHere()


class ModelsHere:
    """The repository and the aliases that the settings name."""

    def __init__(self) -> None:
        from model_api.registry import ModelRegistry  # needs the engine; `--help` needs none

        self._settings = load_settings()
        configure_logging(form=self._settings.log_format, level="WARNING", service="models")
        self._registry = ModelRegistry(self._settings)

    def versions(self) -> list[Row]:
        """With whether the checksum is right, and what runs it here."""
        from model_api.engines.choose import told

        engine = told(self._settings.engine, self._settings.device)
        aliases, repository = self._registry.file.read(), self._registry.repository
        champions = self._registry.champions(aliases)
        rows = []
        for name in repository.names():
            parts = {champions[name]: "champion", aliases.challengers.get(name): "challenger"}
            for version in repository.versions(name):
                state, about = _checked(self._registry, name, version)
                known = {"name": name, "version": version, "alias": parts.get(version), "state": state}
                rows.append({**about, **known, "runs_by": engine})
        return rows

    def history(self) -> list[Row]:
        """The latest last."""
        return [change.model_dump(by_alias=True) for change in self._registry.file.read().history]

    def challenge(self, name: str, version: str) -> Row:
        """Try it beside the champion."""
        return self._last(self._registry.challenge(name, version, by=_person()))

    def promote(self, name: str, version: str | None) -> Row:
        """Let it answer."""
        return self._last(self._registry.promote(name, version, by=_person()))

    def rollback(self, name: str) -> Row:
        """Let the one before answer."""
        return self._last(self._registry.rollback(name, by=_person()))

    def _last(self, aliases: Aliases) -> Row:
        return aliases.history[-1].model_dump(by_alias=True)


class ModelsThere:
    """Those of a console."""

    def __init__(self, api: Client) -> None:
        self._api = api

    def versions(self) -> list[Row]:
        """With why one cannot be used, and what runs them there."""
        serving = self._api.models.serving()
        runs_by = f"{serving.engine} on {serving.device}" if serving.engine else serving.error
        return [{**row_of(one), "state": one.error or "ok", "runs_by": runs_by} for one in self._api.models.list()]

    def history(self) -> list[Row]:
        """The latest last."""
        return [row_of(one) for one in self._api.models.history()][::-1]

    def challenge(self, name: str, version: str) -> Row:
        """Try it beside the champion."""
        return row_of(self._api.models.challenge(name, version))

    def promote(self, name: str, version: str | None) -> Row:
        """Let it answer."""
        return row_of(self._api.models.promote(name, version))

    def rollback(self, name: str) -> Row:
        """Let the one before answer."""
        return row_of(self._api.models.rollback(name))


def _checked(registry: ModelRegistry, name: str, version: str) -> tuple[str, Row]:
    """Its state, and its description when that can be trusted."""
    from model_api.repository import DESCRIPTION

    try:
        registry.repository.load(name, version)
        path = registry.repository.root / name / version / DESCRIPTION
        return "ok", json.loads(path.read_text(encoding="utf-8"))
    except MaskwatchError as exc:
        return str(exc), {}


def _person() -> str:
    """Who is at the shell: user@host; containers may run a user without a name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
