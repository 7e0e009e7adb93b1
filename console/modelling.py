"""What the console needs of the models' versions, and of how they came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from console.looking import Looking


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One version of one model in the repository."""

    name: str
    version: str
    alias: str | None = None  # champion: answers; challenger: is tried beside it
    error: str | None = None  # why it cannot be used: a damaged file, a wrong description
    kind: str = ""  # detector, classifier, fit
    sha256: str = ""  # of its weights, as they were checked
    weight_bytes: int = 0
    description: dict[str, Any] = field(default_factory=dict)  # model.json: data, command, licence, metrics, …
    card: str = ""  # Markdown, by whoever trained it


@dataclass(frozen=True, kw_only=True)
class AliasChange:
    """Who let which version answer, or be tried, when."""

    at: datetime
    by: str
    action: str  # challenge, promote, rollback
    model: str
    before: str | None  # the version that had the part
    after: str


class ModelShelf(Protocol):
    """The model repository and its aliases. Raises Unavailable where they cannot be reached."""

    def versions(self) -> list[ModelVersion]:
        """Every version of every model, by name, the newest last."""

    def history(self) -> list[AliasChange]:
        """The latest last."""

    def challenge(self, name: str, version: str, *, by: str) -> AliasChange:
        """Try a version beside the champion. Raises NotFound, Conflict, InvalidInput, PermanentError for a broken one.

        All three try the version first: that takes seconds.
        """

    def promote(self, name: str, version: str | None, *, by: str) -> AliasChange:
        """Let a version answer, the challenger where none is named. Raises as `challenge`."""

    def rollback(self, name: str, *, by: str) -> AliasChange:
        """Let the champion before this one answer again. Raises as `challenge`."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """A list, or why there is none."""

    items: Sequence[dict[str, Any]] = ()
    reason: str | None = None  # one sentence where nothing can be listed


class TrainingRecords(Protocol):
    """What was trained, and on what; only read here."""

    def runs(self) -> Records:
        """As `maskwatch runs list --json`."""

    def run(self, name: str) -> dict[str, Any]:
        """As `maskwatch runs show --json`, with its `curves`: rows of numbers. Raises NotFound."""

    def datasets(self) -> Records:
        """Label files with what is in them: pictures by source, faces by label."""


@dataclass(frozen=True, kw_only=True)
class Models:
    """All that a console knows of models; opened by the composition root."""

    looking: Looking
    shelf: ModelShelf
    records: TrainingRecords
