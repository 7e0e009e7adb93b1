"""The repository and its aliases together: which versions are served, and how that is changed."""

from __future__ import annotations

from contextlib import closing

import numpy as np

from common.errors import InvalidInput
from common.ports.clock import Clock, utc_now
from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.alias_file import AliasFile
from model_api.aliases import Aliases, chosen_challenger
from model_api.draw import to_jpeg
from model_api.errors import BrokenModel
from model_api.load import load_models
from model_api.pipeline import Request
from model_api.repository import PACKAGED, ModelRepository

Versions = dict[str, str]  # by model


class ModelRegistry:
    """Reads the folder and the alias file anew at every call: others change them."""

    def __init__(self, settings: Settings, *, is_trying: bool = True, clock: Clock = utc_now) -> None:
        """`is_trying`: False where no engine is installed; then a version's file is checked, and whoever serves tries
        it before it answers.
        """
        self._settings = settings
        self._is_trying = is_trying
        self._clock = clock
        self.repository = ModelRepository(settings.models or PACKAGED)
        self.file = AliasFile(settings.aliases_path)

    def champions(self, aliases: Aliases) -> Versions:
        """The version of every model that answers."""
        newest = {name: self.repository.versions(name)[-1] for name in self.repository.names()}
        return {**newest, **aliases.champions}

    def challengers(self, aliases: Aliases) -> Versions | None:
        """The same with every challenger in its champion's place; None where nothing is challenged."""
        champions = self.champions(aliases)
        versions = {**champions, **aliases.challengers}
        return versions if versions != champions else None

    def challenge(self, name: str, version: str, *, by: str) -> Aliases:
        """Make a version the challenger once it has shown that it works.

        Raises ModelNotFound, BrokenModel, Conflict, InvalidInput.
        """
        self._try(name, version)
        incumbent = self._incumbent(name, version)
        if incumbent is None:
            raise InvalidInput(f"{name}/{version} is the only version: there is no champion to challenge")
        return self.file.change(
            lambda known: known.challenge(name, version, incumbent=incumbent, at=self._clock(), by=by)
        )

    def promote(self, name: str, version: str | None = None, *, by: str) -> Aliases:
        """Make a version, the challenger unless one is named, the champion once it has shown that it works.

        Raises ModelNotFound, BrokenModel, Conflict, InvalidInput.
        """
        chosen = version or chosen_challenger(self.file.read(), name)
        self._try(name, chosen)
        incumbent = self._incumbent(name, chosen)
        return self.file.change(lambda known: known.promote(name, chosen, incumbent=incumbent, at=self._clock(), by=by))

    def rollback(self, name: str, *, by: str) -> Aliases:
        """Make the champion before this one answer again, if it still works.

        Raises NotFound, ModelNotFound, BrokenModel, InvalidInput.
        """
        self._try(name, self.file.read().previous(name))
        return self.file.change(lambda known: known.rollback(name, at=self._clock(), by=by))

    def _incumbent(self, name: str, candidate: str) -> str | None:
        """Who is champion where none was chosen: the newest version but the candidate, which has just been added."""
        others = [version for version in self.repository.versions(name) if version != candidate]
        return others[-1] if others else None

    def _try(self, name: str, version: str) -> None:
        """Load the version among its champions as serving would, and let it answer a picture with every variant."""
        model = self.repository.load(name, version)
        if not self._is_trying:
            return
        loaded = load_models(
            self._settings, versions={**self.champions(self.file.read()), name: version}, is_beside=True
        )
        with closing(loaded.pipeline) as pipeline:
            if model.id not in loaded.ids:
                raise InvalidInput(f"{name} is no part of what is served: {', '.join(sorted(loaded.ids))}")
            data = to_jpeg(np.full((480, 640, 3), 127, np.uint8))
            requests = [Request(data=data, options=DetectOptions(variant=each)) for each in pipeline.variants]
            errors = [result.error for result in pipeline.run(requests) if result.error]
        if errors:
            raise BrokenModel(f"{model.id} does not answer a picture: {errors[0]}")
