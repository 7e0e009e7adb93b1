"""The Detector port on a model API."""

from __future__ import annotations

from collections.abc import Sequence

from common.adapters.detectors.http.answers import results_of
from common.adapters.detectors.http.connection import Connection
from common.adapters.detectors.http.parts import cut, to_form
from common.adapters.detectors.http.retry import Retry
from common.domain.prediction import PictureResult
from common.errors import ImageTooLarge, Overloaded, Unavailable, UnreadableImage
from common.ports.detector import DetectOptions

ANSWER_SECONDS = 60.0  # a full queue of pictures on a small machine takes this long
CHECK_SECONDS = 3.0
# Bridges a short crowd or a restarted proxy. Whoever works off a queue has the queue's own retries for all else, and
# must not hold its jobs back from a worker whose model API has room.
RETRY_SECONDS = 2.0
ONCE = Retry(budget_seconds=0.0)
REQUEST_ID = "X-Request-Id"  # the server logs it


class HttpDetector:
    """Implements common.ports.detector.Detector; thread-safe, connections are kept and shared."""

    def __init__(
        self, url: str, *, answer_seconds: float = ANSWER_SECONDS, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        """`url`: of the model API, such as http://model-api:8500; `retry_seconds`: so long is a request sent again."""
        self.connection = Connection(url, answer_seconds=answer_seconds)
        self.retry = Retry(budget_seconds=retry_seconds)

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        """Answers for encoded pictures, in their order; many are sent in several requests.

        Raises Unavailable or Overloaded as the last try did, or InvalidInput for options that the server refuses.
        """
        chosen = options or DetectOptions()
        return [result for part in cut(pictures, size_of=len) for result in self._answer(part, chosen)]

    def check(self) -> None:
        """Raise Unavailable unless the server says that it is ready; asks once."""
        try:
            self.connection.request("GET", "/readyz", retry=ONCE, timeout=CHECK_SECONDS)
        except Overloaded as exc:
            raise Unavailable(f"the model API at {self.connection.address} is not ready") from exc

    def close(self) -> None:
        """Close the connections; who still waits for an answer gets Unavailable."""
        self.connection.close()

    def ask(self, pictures: Sequence[bytes], options: DetectOptions) -> list[PictureResult]:
        """As `predict`, in one request; raises UnreadableImage or ImageTooLarge when the server refuses it for that."""
        response = self.connection.request(
            "POST",
            "/v1/predict",
            retry=self.retry,
            params=to_query(options),
            files=to_form(pictures),
            headers={REQUEST_ID: ",".join(options.names)} if options.names else None,
        )
        return results_of(response, expected=len(pictures))

    def _answer(self, pictures: list[bytes], options: DetectOptions) -> list[PictureResult]:
        try:
            return self.ask(pictures, options)
        except (UnreadableImage, ImageTooLarge) as exc:
            if len(pictures) == 1:  # alone, a bad picture is the request's error; here it is its result's
                return [PictureResult(error=str(exc))]
            middle = len(pictures) // 2  # together they are larger than the server's limit
            return [*self._answer(pictures[:middle], options), *self._answer(pictures[middle:], options)]


def to_query(options: DetectOptions) -> dict[str, str]:
    """The query of a request for predictions."""
    query = {"variant": options.variant, "fit": "true" if options.fit else "false", "tiles": options.tiles}
    if options.min_score is not None:
        query["min_score"] = str(options.min_score)
    if options.appearance:
        query["appearance"] = "true"
    return query
