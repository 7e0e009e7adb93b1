"""Who is compared with whom in the shadow."""

from __future__ import annotations

from dataclasses import dataclass

from common.domain.prediction import PictureResult
from model_api.load import Loaded


@dataclass(frozen=True, kw_only=True)
class Contest:
    """The models that answer, and those that are tried beside them."""

    champion: frozenset[str]  # ids of all models that answer
    challenger: Loaded

    @property
    def challenged(self) -> frozenset[str]:
        """The names of the models that differ."""
        return frozenset(_name(model_id) for model_id in self.challenger.ids - self.champion)

    def is_about(self, result: PictureResult) -> bool:
        """Whether the champion gave this answer, and the challenger would use another model for it."""
        used = {model_id for model_id in result.model.values() if model_id}
        return result.error is None and used <= self.champion and not self.challenged.isdisjoint(map(_name, used))


def _name(model_id: str) -> str:
    return model_id.partition("@")[0]
