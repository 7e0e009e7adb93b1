"""One request's pictures -> their results, the same for every protocol that asks."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from fastapi import Request

from common.domain.prediction import PictureResult
from common.errors import UnreadableImage
from common.ports.detector import DetectOptions
from model_api.decode import Limits, inspect
from model_api.disconnects import while_connected
from model_api.local import LocalDetector

log = structlog.get_logger(__name__)

REQUEST_ID_LIMIT = 4096  # characters of a stranger's header that get into our logs


async def ask(
    detector: LocalDetector, request: Request, pictures: Sequence[bytes], *, options: DetectOptions, limits: Limits
) -> list[PictureResult]:
    """Results in the order of the pictures.

    One bad picture among several is its result's `error`; alone it is raised, as ImageTooLarge or UnreadableImage.
    Raises as `LocalDetector.submit` does, too, Overloaded when the answer takes too long, and ClientDisconnect. The
    request's body must have been read.
    """
    if len(pictures) == 1:
        inspect(pictures[0], limits)
    answers = detector.submit(pictures, options=options)
    results = await while_connected(request, answers, most_seconds=request.app.state.answer_seconds)
    if len(results) == 1 and results[0].error:
        raise UnreadableImage(results[0].error)
    asked = request.headers.get("x-request-id", "")[:REQUEST_ID_LIMIT]
    faces = sum(len(result.faces) for result in results)
    log.info("pictures.predicted", path=request.url.path, request_id=asked, pictures=len(results), faces=faces)
    return results
