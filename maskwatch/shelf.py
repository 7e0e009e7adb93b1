"""Settings -> the models' versions, as the console shows and changes them: the same as `maskwatch models`."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from common.errors import Conflict, MaskwatchError
from common.settings import Settings
from console.modelling import AliasChange, ModelVersion

if TYPE_CHECKING:
    from model_api.aliases import Aliases, Change
    from model_api.registry import ModelRegistry

CARD = "card.md"
ENGINES = ("onnxruntime", "openvino", "torch")


class Shelf:
    """See console/modelling.py. Reads the folder and the aliases anew each time: others change them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def versions(self) -> list[ModelVersion]:
        """See console/modelling.py."""
        registry = self._registry()
        aliases, repository = registry.file.read(), registry.repository
        champions = registry.champions(aliases)
        found = []
        for name in repository.names():
            parts = {aliases.challengers.get(name): "challenger", champions[name]: "champion"}
            found += [_read(registry, name, version, alias=parts.get(version)) for version in repository.versions(name)]
        return found

    def history(self) -> list[AliasChange]:
        """See console/modelling.py."""
        return [_to_change(change) for change in self._registry().file.read().history]

    def challenge(self, name: str, version: str, *, by: str) -> AliasChange:
        """See console/modelling.py."""
        return self._change(lambda registry: registry.challenge(name, version, by=by))

    def promote(self, name: str, version: str | None, *, by: str) -> AliasChange:
        """See console/modelling.py."""
        return self._change(lambda registry: registry.promote(name, version, by=by))

    def rollback(self, name: str, *, by: str) -> AliasChange:
        """See console/modelling.py."""
        return self._change(lambda registry: registry.rollback(name, by=by))

    def _change(self, change: Callable[[ModelRegistry], Aliases]) -> AliasChange:
        from model_api.errors import BrokenAliases, BrokenModel

        try:
            return _to_change(change(self._registry()).history[-1])
        except (BrokenModel, BrokenAliases) as exc:
            raise Conflict(str(exc)) from exc

    def _registry(self) -> ModelRegistry:
        from model_api.registry import ModelRegistry

        # A console beside a model API has no engine: the model API tries what it is told to serve by itself.
        return ModelRegistry(self._settings, is_trying=any(find_spec(engine) for engine in ENGINES))


def _read(registry: ModelRegistry, name: str, version: str, *, alias: str | None) -> ModelVersion:
    """With why it cannot be used, where it cannot."""
    from model_api.repository import DESCRIPTION

    folder = registry.repository.root / name / version
    try:
        model = registry.repository.load(name, version)
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        card = folder / CARD
        return ModelVersion(
            name=name,
            version=version,
            alias=alias,
            kind=model.description.kind,
            sha256=model.description.sha256,
            weight_bytes=model.path.stat().st_size,
            description=description,
            card=card.read_text(encoding="utf-8") if card.is_file() else "",
        )
    except MaskwatchError as exc:
        return ModelVersion(name=name, version=version, alias=alias, error=str(exc))


def _to_change(change: Change) -> AliasChange:
    return AliasChange(
        at=change.at, by=change.by, action=change.action, model=change.model, before=change.before, after=change.after
    )
