"""The models of one process from their start to their end: loaded, exchanged when the aliases change, shadowed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import structlog

from common import metrics
from common.settings import Settings
from model_api.aliases import Aliases
from model_api.contest import Contest
from model_api.engines.choose import Device
from model_api.load import load_models
from model_api.models_answer import ModelsAnswer, ModelState
from model_api.pipeline import Pipeline
from model_api.registry import ModelRegistry, Versions
from model_api.shadow import QUIET_SECONDS, Shadow, ShadowedPipeline
from model_api.swapping import SwappingPipeline

log = structlog.get_logger(__name__)

WATCH_SECONDS = 2.0  # a change of the aliases is seen after this at the latest; costs one `stat` each time
RETRY_SECONDS = 30.0  # what was refused is tried again: the model's folder may have been repaired meanwhile

Seconds = Callable[[], float]


class ModelLife:
    """Owns the pipeline that answers and the challenger in its shadow."""

    def __init__(
        self,
        settings: Settings,
        *,
        share: float = 0.0,
        rng: np.random.Generator | None = None,
        seconds: Seconds = time.monotonic,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        """Load what the aliases name; `share` of the pictures goes to the challenger, too, 0..1.

        A challenger that does not load is reported, and nothing is shadowed.

        Raises BrokenAliases, ModelNotFound, BrokenModel, InvalidInput.
        """
        self._settings = settings
        self._seconds = seconds
        self._registry = ModelRegistry(settings)
        self._stamp = self._registry.file.stamp()
        self._aliases = self._registry.file.read()
        self._versions = self._registry.champions(self._aliases)
        self._serving = load_models(settings, versions=self._versions)
        self._swapping = SwappingPipeline(self._serving.pipeline)
        self._shadow: Shadow | None = None
        self._contested: tuple[Versions, Versions | None] | None = None
        if share:
            self._shadow = Shadow(
                share=share,
                idle_seconds=self._swapping.idle_seconds,
                rng=rng or np.random.default_rng(),
                quiet_seconds=quiet_seconds,
            )
        self._refused: str | None = None
        self._retry_at = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="aliases", daemon=True)
        self._attempt(lambda: self._contest(self._aliases))

    @property
    def pipeline(self) -> Pipeline:
        """What answers, whichever models these are at the time."""
        return ShadowedPipeline(self._swapping, self._shadow) if self._shadow else self._swapping

    @property
    def device(self) -> Device:
        """Where the models run."""
        return self._serving.choice.device

    @property
    def lanes(self) -> int:
        """How many batches the pipeline runs at once."""
        return self._serving.lanes

    def follow(self) -> None:
        """Begin to look at the aliases every WATCH_SECONDS, in a thread."""
        self._thread.start()

    def look(self) -> None:
        """Do what the aliases say if they have changed; what cannot be done leaves all as it is, and is reported."""
        stamp = self._registry.file.stamp()
        is_due = self._refused is not None and self._seconds() >= self._retry_at
        if stamp == self._stamp and not is_due:
            return
        self._stamp = stamp  # taken before the file is read: what changes now is seen next time
        self._attempt(self._obey)

    def report(self) -> ModelsAnswer:
        """What answers, what could answer, and how the challenger does."""
        champions, challengers = self._aliases.champions, self._aliases.challengers
        models: list[ModelState] = []
        for model in self._serving.models:
            name = model.description.name
            models.append(
                {
                    "name": name,
                    "kind": model.description.kind,
                    "serving": model.description.version,
                    "sha256": model.description.sha256,
                    "champion": champions.get(name),
                    "challenger": challengers.get(name),
                    "versions": self._registry.repository.versions(name),
                }
            )
        return {
            "engine": self._serving.choice.engine,
            "device": self._serving.choice.device,
            "models": models,
            "refused": self._refused,
            "shadow": self._shadow.summary() if self._shadow else None,
        }

    def close(self) -> None:
        """Look no more, and free the challenger; the pipeline is its user's to close."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._shadow:
            self._shadow.close()

    def _watch(self) -> None:
        while not self._stop.wait(WATCH_SECONDS):
            self.look()

    def _attempt(self, change: Callable[[], None]) -> None:
        try:
            change()
        except Exception as exc:  # whatever is wrong with the new, the old goes on answering
            self._retry_at = self._seconds() + RETRY_SECONDS
            metrics.MODEL_SWAPS.labels("refused").inc()
            if str(exc) != self._refused:
                log.exception("models.refused", error=str(exc))
            self._refused = str(exc)
        else:
            self._refused = None

    def _obey(self) -> None:
        aliases = self._registry.file.read()
        versions = self._registry.champions(aliases)
        if versions != self._versions:
            self._exchange(versions)
        self._aliases = aliases
        self._contest(aliases)

    def _exchange(self, versions: Versions) -> None:
        """Load and warm the new models beside the old ones, then let them answer. Raises what is wrong with them."""
        loaded = load_models(self._settings, versions=versions)
        try:
            self._swapping.exchange(loaded.pipeline)
        except BaseException:
            loaded.pipeline.close()
            raise
        log.info("models.swapped", before=sorted(self._serving.ids), after=sorted(loaded.ids))
        metrics.MODEL_SWAPS.labels("swapped").inc()
        self._versions, self._serving = versions, loaded

    def _contest(self, aliases: Aliases) -> None:
        """Let the challengers of these aliases be compared with what answers. Raises what is wrong with them."""
        wanted = (self._versions, self._registry.challengers(aliases))
        if self._shadow is None or wanted == self._contested:
            return
        self._contested = None
        self._shadow.begin(None)
        if wanted[1] is not None:
            challenger = load_models(self._settings, versions=wanted[1], is_beside=True)
            self._shadow.begin(Contest(champion=self._serving.ids, challenger=challenger))
            log.info("shadow.began", challenger=sorted(challenger.ids - self._serving.ids))
        self._contested = wanted
