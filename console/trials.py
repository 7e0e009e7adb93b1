"""Pictures and videos that somebody shows to the models: looked at, answered, and forgotten."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import IO, Any

from common.domain.prediction import PictureResult
from common.errors import Unavailable, UnreadableImage
from console.context import Console
from console.looking import GateVerdict, Looking, LookLimits, LookOptions, VideoProgress, VideoWish
from console.slots import Slots

MOST_PICTURES = 8  # of one request
VIDEOS_AT_ONCE = 2  # looked at; more would only share the same models
MOST_VIDEOS = 4  # with those that wait: each may fill the disk with a whole video
COME_BACK_SECONDS = 30.0  # of a video


class Trials:
    """Gives everybody a fair part of the models; thread-safe."""

    def __init__(self, console: Console) -> None:
        self._console = console
        # Two: a gate and a try-out page may be open side by side, and a browser may give up before the models do.
        self.pictures_at_once = Slots(each=2, altogether=8)
        self.videos_at_once = Slots(each=1, altogether=MOST_VIDEOS, retry_after_seconds=COME_BACK_SECONDS)
        self._pool = ThreadPoolExecutor(max_workers=VIDEOS_AT_ONCE, thread_name_prefix="try-video")

    @property
    def limits(self) -> LookLimits:
        """What is refused. Raises Unavailable where there are no models."""
        return self._looking.limits

    def about(self) -> dict[str, Any]:
        """What may be tried, as JSON values."""
        limits = {**asdict(self.limits), "pictures": MOST_PICTURES}
        return {"variant": self._looking.variant, "variants": ["server", "lite"], "limits": limits}

    def pictures(self, pictures: Sequence[bytes], options: LookOptions) -> list[PictureResult]:
        """Results in the order of the pictures; a bad one among several is its result's `error`.

        Raises UnreadableImage for a bad one alone, InvalidInput, Unavailable, Overloaded.
        """
        results = self._looking.pictures(pictures, options)
        if len(results) == 1 and results[0].error:
            raise UnreadableImage(results[0].error)
        return results

    def gate(self, picture: bytes, options: LookOptions) -> GateVerdict:
        """Raises UnreadableImage, InvalidInput, Unavailable, Overloaded."""
        return self._looking.gate(picture, options)

    def video(self, file: IO[bytes], wish: VideoWish, *, person: str) -> Viewing:
        """Begin to look at a video; at its end the file is closed, and the person's place in `videos_at_once` free."""
        viewing = Viewing()
        viewing.future = self._pool.submit(self._watch, file, wish, viewing)

        def end(_: Future[dict[str, Any]]) -> None:
            file.close()
            self.videos_at_once.leave(person)

        viewing.future.add_done_callback(end)
        return viewing

    @property
    def _looking(self) -> Looking:
        return self._console.known_models().looking

    def _watch(self, file: IO[bytes], wish: VideoWish, viewing: Viewing) -> dict[str, Any]:
        viewing.has_begun = True
        return self._looking.video(file, wish, stop=viewing.stop, on_progress=viewing.note)


class Viewing:
    """One video on its way to its report."""

    future: Future[dict[str, Any]]

    def __init__(self) -> None:
        self.stop = threading.Event()  # nobody wants the report any more
        self.has_begun = False  # else it waits for its turn
        self.progress = VideoProgress()

    def note(self, progress: VideoProgress) -> None:
        """How far it has come."""
        self.progress = progress

    def news(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {"state": "running" if self.has_begun else "waiting", **asdict(self.progress)}

    def report(self) -> dict[str, Any]:
        """The report. Raises what made it fail; Unavailable where it was given up."""
        if self.stop.is_set() and not self.future.done():
            raise Unavailable("the server stops: please try again")
        return self.future.result()

    def give_up(self) -> None:
        """Nobody wants the report any more."""
        self.stop.set()
        self.future.cancel()
