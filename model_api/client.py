"""Ask a model API from Python.

with Client("http://model-api:8500") as client:
    for face in client.predict("entrance.jpg").faces:
        print(face.label, face.box)
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from common.adapters.detectors.http.answers import WrongAnswer, object_of, where
from common.adapters.detectors.http.detector import ANSWER_SECONDS, HttpDetector, to_query
from common.adapters.detectors.http.parts import cut
from common.domain.prediction import Face, Label, PictureResult
from common.errors import Unavailable, UnreadableImage
from common.ports.detector import DetectOptions
from model_api.gate import Decision, GateAnswer

__all__ = ["Client", "Decision", "DetectOptions", "Face", "GateAnswer", "Label", "PictureResult", "ServedModel"]

PATIENCE_SECONDS = 30.0
PICTURES_PER_REQUEST = 8  # fills half of the server's batch, so that two callers share one
REQUESTS_AT_ONCE = 4

Picture = bytes | str | os.PathLike[str]  # encoded (JPEG, PNG, WebP), or the path of such a file
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One model that answers now."""

    name: str
    kind: str  # detector, classifier, …
    serving: str  # the version that answers
    sha256: str  # of its weights
    champion: str | None  # the version that was chosen to answer; None: the newest one was taken
    challenger: str | None
    versions: tuple[str, ...]  # in the repository, the newest last


class Client:
    """A model API at a URL; thread-safe, keeps its connections, and is a context manager.

    While the server is busy (429, 503) or does not answer, a request is sent again with full jitter, as late as the
    server asks, until `patience_seconds` are over. What the last try met is then raised: common.errors.Overloaded
    or Unavailable.
    """

    def __init__(
        self, url: str, *, patience_seconds: float = PATIENCE_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        """`patience_seconds`: no attempt starts later; `answer_seconds`: longest silence before a try has failed."""
        self._detector = HttpDetector(url, answer_seconds=answer_seconds, retry_seconds=patience_seconds)

    def predict(self, picture: Picture, *, options: DetectOptions | None = None) -> PictureResult:
        """The faces of one picture.

        Raises UnreadableImage or ImageTooLarge for the picture, InvalidInput for the options.
        """
        return self._detector.ask([_read(picture)], options or DetectOptions())[0]

    def predict_many(
        self,
        pictures: Iterable[Picture],
        *,
        options: DetectOptions | None = None,
        pictures_per_request: int = PICTURES_PER_REQUEST,
        requests_at_once: int = REQUESTS_AT_ONCE,
    ) -> Iterator[PictureResult]:
        """Results in the order of the pictures, which may be endless: only as many are held as are under way.

        A bad picture or file is its result's `error`. Ending early drops what has not been sent.
        """
        parts = cut(map(_read_or_say_why, pictures), size_of=_size, most_pictures=pictures_per_request)
        pool = ThreadPoolExecutor(max_workers=requests_at_once, thread_name_prefix="model-api-client")
        waiting: deque[Future[list[PictureResult]]] = deque()
        try:
            for part in parts:
                waiting.append(pool.submit(self._answer, part, options))
                if len(waiting) > requests_at_once:  # one more than is sent: no worker waits for the next part
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def gate(self, picture: Picture, *, options: DetectOptions | None = None) -> GateAnswer:
        """Whether to let in who stands nearest in one picture. Raises as `predict` does."""
        return self._read_as(_GATE, "POST", "/v1/gate", content=_read(picture), params=to_query(options or _DEFAULT))

    def ready(self) -> bool:
        """Whether the server answers and its models are loaded and warm; asked once."""
        try:
            self._detector.check()
        except Unavailable:
            return False
        return True

    def models(self) -> tuple[ServedModel, ...]:
        """The models that answer now."""
        return self._read_as(_MODELS, "GET", "/v1/models").models

    def close(self) -> None:
        """Close the connections. Who still waits for an answer gets Unavailable, and the server drops what waits."""
        self._detector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, part: list[bytes | PictureResult], options: DetectOptions | None) -> list[PictureResult]:
        readable = [entry for entry in part if isinstance(entry, bytes)]
        answers = iter(self._detector.predict(readable, options=options))
        return [next(answers) if isinstance(entry, bytes) else entry for entry in part]

    def _read_as(self, shape: TypeAdapter[T], method: str, path: str, **arguments: Any) -> T:
        response = self._detector.connection.request(method, path, retry=self._detector.retry, **arguments)
        try:
            return shape.validate_python(object_of(response))
        except ValidationError as exc:
            raise WrongAnswer(f"what answers at {where(response)} is no model API: {exc.errors()[0]['msg']}") from exc


@dataclass(frozen=True, kw_only=True)
class _Models:
    models: tuple[ServedModel, ...]


_DEFAULT = DetectOptions()
_GATE = TypeAdapter(GateAnswer)
_MODELS = TypeAdapter(_Models)


def _read(picture: Picture) -> bytes:
    if isinstance(picture, bytes):
        return picture
    try:
        return Path(picture).read_bytes()
    except OSError as exc:
        raise UnreadableImage(f"cannot read {os.fspath(picture)}: {exc.strerror}") from exc


def _read_or_say_why(picture: Picture) -> bytes | PictureResult:
    try:
        return _read(picture)
    except UnreadableImage as exc:
        return PictureResult(error=str(exc))


def _size(entry: bytes | PictureResult) -> int:
    return len(entry) if isinstance(entry, bytes) else 0
