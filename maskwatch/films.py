"""A video that somebody shows the console -> its report: by the models of this process, or by a model API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import IO, Any

import httpx

from common.adapters.detectors.http.answers import error_of
from common.domain.urls import redact
from common.errors import InvalidInput, MaskwatchError, Unavailable
from common.ports.clock import utc_now
from common.ports.detector import DetectOptions, Detector
from common.settings import Settings
from console.looking import OnProgress, VideoProgress, VideoWish
from model_api.errors import UnreadableVideo, VideoTooLarge

SILENT_SECONDS = 60.0  # of a model API that says it is still there every ten
KINDS: tuple[type[MaskwatchError], ...] = (UnreadableVideo, VideoTooLarge, InvalidInput)  # that are the video's own


def film_here(
    detector: Detector,
    settings: Settings,
    file: IO[bytes],
    wish: VideoWish,
    options: DetectOptions,
    *,
    stop: threading.Event,
    on_progress: OnProgress,
) -> dict[str, Any]:
    """See console/looking.py."""
    from model_api.moderation.answer import to_report_answer
    from model_api.moderation.moderate import Progress, VideoLimits, Wish, moderate

    def tell(progress: Progress) -> None:
        on_progress(
            VideoProgress(
                frames=progress.frames,
                planned_frames=progress.planned_frames,
                seconds=progress.seconds,
                total_seconds=progress.total_seconds,
            )
        )

    report = moderate(
        file,
        detector=detector,
        wish=Wish(source=wish.name, every_seconds=wish.every_seconds, options=options),
        limits=VideoLimits(max_seconds=settings.max_video_seconds, max_pixels=settings.max_image_pixels),
        stop=stop,
        on_progress=tell,
    )
    return dict(to_report_answer(report))


def film_there(
    url: str,
    file: IO[bytes],
    wish: VideoWish,
    options: DetectOptions,
    *,
    stop: threading.Event,
    on_progress: OnProgress,
) -> dict[str, Any]:
    """The same by the model API at that address, which tells its progress while it looks."""
    file.seek(0)
    query: dict[str, str | float] = {"every_seconds": wish.every_seconds, "variant": options.variant}
    if options.min_score is not None:
        query["min_score"] = options.min_score
    try:
        with (
            httpx.Client(base_url=url, timeout=SILENT_SECONDS) as client,
            client.stream(
                "POST",
                "/v1/video",
                params=query,
                files={"video": (wish.name, file)},
                headers={"Accept": "text/event-stream"},
            ) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                response.read()
                raise _own_error(response) or error_of(response, now=utc_now())
            return _follow(response.iter_lines(), stop=stop, on_progress=on_progress)
    except httpx.RequestError as exc:
        raise Unavailable(f"the model API at {redact(url)} does not answer: {exc or type(exc).__name__}") from exc


def _follow(lines: Iterable[str], *, stop: threading.Event, on_progress: OnProgress) -> dict[str, Any]:
    for kind, body in _events(lines):
        if stop.is_set():
            break
        if kind == "progress":
            on_progress(VideoProgress(**{name: body[name] for name in VideoProgress.__dataclass_fields__}))
        elif kind == "report":
            return body
        elif kind == "problem":
            raise _error(body) or Unavailable(body["detail"])
    raise MaskwatchError("the look at the video was given up" if stop.is_set() else "the model API ended too early")


def _own_error(response: httpx.Response) -> MaskwatchError | None:
    try:
        problem = response.json()
    except ValueError:
        return None
    return _error(problem) if isinstance(problem, dict) else None


def _error(problem: dict[str, Any]) -> MaskwatchError | None:
    """What is wrong with the video; None: something else is."""
    kind = next((kind for kind in KINDS if kind.code == problem.get("code")), None)
    return kind(problem.get("detail", "")) if kind else None


def _events(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events; a comment, which says that the server is still there, is one of no kind."""
    kind = ""
    for line in lines:
        name, _, value = line.partition(":")
        if name == "event":
            kind = value.strip()
        elif name == "data":
            yield kind, json.loads(value)
        elif line.startswith(":"):
            yield "", {}
