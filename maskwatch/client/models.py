"""Models of a console: which versions there are, how they came about, and what they see in something of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from console.api.shapes.models import (
    AliasChangeAnswer,
    DatasetsAnswer,
    ModelAnswer,
    ModelVersionAnswer,
    RunAnswer,
    RunsAnswer,
    ServingAnswer,
)
from console.api.shapes.trials import GateAnswer, ResultAnswer, ResultsAnswer, TryAnswer, VideoReportAnswer
from maskwatch.client.connection import Connection, named
from maskwatch.client.errors import Interrupted, to_problem
from maskwatch.client.stream import read_events

VIDEO_SECONDS = 60.0  # of silence while a video is looked at


class Models:
    """Versions, and which of them answers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[ModelVersionAnswer]:
        """Every version of every model."""
        return self._connection.pages(ModelVersionAnswer, "models")

    def get(self, name: str, version: str) -> ModelAnswer:
        """One version with its card."""
        return self._connection.read(ModelAnswer, "GET", named("models/{}/{}", name, version))

    def serving(self) -> ServingAnswer:
        """What answers now."""
        return self._connection.read(ServingAnswer, "GET", "models/serving")

    def history(self) -> Iterator[AliasChangeAnswer]:
        """Who changed what, the latest first."""
        return self._connection.pages(AliasChangeAnswer, "models/history")

    def challenge(self, name: str, version: str) -> AliasChangeAnswer:
        """Try a version beside the one that answers."""
        return self._change(name, "challenge", {"version": version})

    def promote(self, name: str, version: str | None = None) -> AliasChangeAnswer:
        """Let a version answer, the challenger where none is named."""
        return self._change(name, "promote", {"version": version})

    def rollback(self, name: str) -> AliasChangeAnswer:
        """Let the version before this one answer again."""
        return self._change(name, "rollback", None)

    def _change(self, name: str, what: str, body: dict[str, Any] | None) -> AliasChangeAnswer:
        return self._connection.read(AliasChangeAnswer, "POST", named("models/{}/", name) + what, json=body)


class Runs:
    """Training runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> RunsAnswer:
        """All, or why there are none."""
        return self._connection.read(RunsAnswer, "GET", "runs")

    def get(self, name: str) -> RunAnswer:
        """One run with its curves."""
        return self._connection.read(RunAnswer, "GET", named("runs/{}", name))


class Datasets:
    """Training data."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> DatasetsAnswer:
        """All, or why there are none."""
        return self._connection.read(DatasetsAnswer, "GET", "datasets")


class Trials:
    """Something of one's own before the models; nothing of it is stored."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def about(self) -> TryAnswer:
        """What may be tried."""
        return self._connection.read(TryAnswer, "GET", "try")

    def pictures(
        self,
        pictures: Sequence[bytes],
        *,
        variant: str | None = None,
        min_score: float | None = None,
        fit: bool = True,
    ) -> list[ResultAnswer]:
        """Results for encoded pictures, in their order."""
        files = [("images", (f"{place}", data)) for place, data in enumerate(pictures)]
        query = {"variant": variant, "min_score": min_score, "fit": fit}
        return self._connection.read(ResultsAnswer, "POST", "try", query=query, files=files).results

    def gate(self, picture: bytes, *, variant: str | None = None, min_score: float | None = None) -> GateAnswer:
        """Whether to let in who stands nearest."""
        query = {"variant": variant, "min_score": min_score}
        return self._connection.read(GateAnswer, "POST", "gate", query=query, files={"images": picture})

    def video(
        self, video: IO[bytes] | bytes, *, every_seconds: float = 1.0, variant: str | None = None
    ) -> VideoReportAnswer:
        """Who wore no mask in a video, when; the connection is told of the progress meanwhile, so no proxy gives up."""
        query = {"every_seconds": every_seconds, "variant": variant}
        sent: dict[str, Any] = {"files": {"video": video}, "headers": {"Accept": "text/event-stream"}}
        with self._connection.stream("POST", "try/video", query=query, timeout=VIDEO_SECONDS, **sent) as response:
            for kind, body in read_events(response.iter_lines()):
                if kind == "report":
                    return VideoReportAnswer.model_validate(body)
                if kind == "problem":
                    raise to_problem(body["status"], body)
        raise Interrupted(f"the console at {self._connection.address} ended before the report came")
