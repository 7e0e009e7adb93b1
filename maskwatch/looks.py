"""Settings -> what the console looks with: models in process, or a model API; opened with the first look."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Protocol

from common.adapters.detectors.http import HttpDetector
from common.adapters.detectors.http.answers import object_of
from common.adapters.detectors.http.detector import CHECK_SECONDS, ONCE
from common.domain.prediction import PictureResult
from common.errors import PermanentError, Unavailable, UnreadableImage
from common.ports.detector import DetectOptions, Detector
from common.settings import Settings
from console.looking import GateVerdict, LookLimits, LookOptions, OnProgress, VideoWish
from maskwatch.films import film_here, film_there

OpenDetector = Callable[[Settings], Detector]


class Film(Protocol):
    """A video to its report; see console/looking.py."""

    def __call__(
        self,
        file: IO[bytes],
        wish: VideoWish,
        options: DetectOptions,
        *,
        stop: threading.Event,
        on_progress: OnProgress,
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What can look, once it is open."""

    detector: Detector
    film: Film
    serving: Callable[[], dict[str, Any]]


class Looks:
    """See console/looking.py."""

    def __init__(self, settings: Settings, open_detector: OpenDetector, *, detector: Detector | None = None) -> None:
        """`detector`: one that is open already and stays its owner's; else one is opened with the first look."""
        self._settings = settings
        self._open_detector = open_detector
        self._lock = threading.Lock()
        self._sight = _sight(settings, detector) if detector is not None else None
        self._is_ours = detector is None
        self.variant: str = settings.variant
        self.limits = LookLimits(
            picture_bytes=settings.max_image_bytes,
            picture_pixels=settings.max_image_pixels,
            video_bytes=settings.max_video_bytes,
            video_seconds=settings.max_video_seconds,
            body_seconds=settings.body_seconds,
        )

    def pictures(self, pictures: Sequence[bytes], options: LookOptions) -> list[PictureResult]:
        """See console/looking.py."""
        return self._open().detector.predict(pictures, options=self._detect_options(options))

    def gate(self, picture: bytes, options: LookOptions) -> GateVerdict:
        """See console/looking.py. The decision is the model API's own."""
        from model_api.gate import decide

        result = self.pictures([picture], options)[0]
        if result.error:
            raise UnreadableImage(result.error)
        said = decide(result)
        return GateVerdict(decision=said.decision.value, reason=said.reason, face=said.face)

    def video(
        self, file: IO[bytes], wish: VideoWish, *, stop: threading.Event, on_progress: OnProgress
    ) -> dict[str, Any]:
        """See console/looking.py."""
        options = self._detect_options(wish.options)
        return self._open().film(file, wish, options, stop=stop, on_progress=on_progress)

    def serving(self) -> dict[str, Any]:
        """See console/looking.py."""
        return self._open().serving()

    def close(self) -> None:
        """Free what was opened here."""
        with self._lock:
            if self._sight is not None and self._is_ours:
                self._sight.detector.close()
            self._sight = None

    def _open(self) -> Sight:
        with self._lock:  # models take seconds to load: whoever comes meanwhile waits for the same ones
            if self._sight is None:
                self._sight = _sight(self._settings, self._detector())
            return self._sight

    def _detector(self) -> Detector:
        try:
            return self._open_detector(self._settings)
        except ModuleNotFoundError as exc:
            raise Unavailable(
                f"the models cannot run here ({exc.name} is not installed): "
                "set MASKWATCH_DETECTOR to the address of a model API"
            ) from exc
        except PermanentError as exc:  # of the models, not of what was asked
            raise Unavailable(f"the models cannot be loaded: {exc}") from exc

    def _detect_options(self, options: LookOptions) -> DetectOptions:
        return DetectOptions(
            variant=options.variant or self._settings.variant,
            min_score=options.min_score,
            fit=options.fit,
            tiles=self._settings.tiles,
        )


def _sight(settings: Settings, detector: Detector) -> Sight:
    if isinstance(detector, HttpDetector):
        film = partial(film_there, settings.detector)
        return Sight(detector=detector, film=film, serving=partial(_ask_serving, detector))
    from model_api.local import LocalDetector

    return Sight(
        detector=detector,
        film=partial(film_here, detector, settings),
        serving=lambda: dict(detector.models()) if isinstance(detector, LocalDetector) else {"models": []},
    )


def _ask_serving(detector: HttpDetector) -> dict[str, Any]:
    return object_of(detector.connection.request("GET", "/v1/models", retry=ONCE, timeout=CHECK_SECONDS))
