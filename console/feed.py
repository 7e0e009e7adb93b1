"""Tells everybody who looks what changes: read once a second, compared and written once for each reach."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool

from common.domain.user import Reach
from common.errors import Unavailable
from common.ports.clock import Clock
from console.changes import changes, message, tick
from console.reach import within
from console.scene import FRESH_SECONDS, Scene, Watch

log = structlog.get_logger(__name__)

MOST_WAITING = 30  # news, one a second, that a reader may be behind; then it has to come again

News = asyncio.Queue[bytes | None]  # None: that was all


@dataclass(kw_only=True)
class Circle:
    """Those who may see the same."""

    reach: Reach
    before: Scene | None = None
    members: set[News] = field(default_factory=set)
    newcomers: set[News] = field(default_factory=set)  # who have heard nothing yet

    def tell(self, scene: Scene, greeting: bytes) -> None:
        """To newcomers how it is, to members what changed."""
        mine = within(scene, self.reach)
        if self.members:
            self._send(self.members, greeting + _text(self.before, mine))
        if self.newcomers:
            self._send(self.newcomers, greeting + _text(None, mine))
            self.members |= self.newcomers
            self.newcomers = set()
        self.before = mine

    def warn(self, text: bytes) -> None:
        """To all, whatever they have heard."""
        self._send(self.members | self.newcomers, text)

    def close(self) -> None:
        """Nothing more comes."""
        for news in self.members | self.newcomers:
            _end(news)

    def leave(self, news: News) -> None:
        """One who hears no more."""
        self.members.discard(news)
        self.newcomers.discard(news)

    def _send(self, those: set[News], text: bytes) -> None:
        for news in list(those):
            try:
                news.put_nowait(text)
            except asyncio.QueueFull:
                _end(news)
                self.leave(news)


class Feed:
    """Of one process; lives in the server's event loop, and reads only while somebody looks."""

    def __init__(
        self, watch: Watch, *, clock: Clock, stopping: threading.Event, interval_seconds: float = FRESH_SECONDS
    ) -> None:
        self._watch = watch
        self._clock = clock
        self._stopping = stopping
        self._interval_seconds = interval_seconds
        self._circles: dict[Reach, Circle] = {}
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()

    async def follow(self, reach: Reach) -> AsyncGenerator[bytes, None]:
        """Server-sent events: how it is, then what changes, and each second the time. Close it with `aclosing`.

        Ends when the console stops, and for a reader that is too slow.
        """
        circle = self._circles.setdefault(reach, Circle(reach=reach))
        news: News = asyncio.Queue(MOST_WAITING)
        circle.newcomers.add(news)
        self._wake()
        try:
            while (text := await news.get()) is not None:
                yield text
        finally:
            circle.leave(news)
            if not circle.members and not circle.newcomers and self._circles.get(reach) is circle:
                del self._circles[reach]

    def _wake(self) -> None:
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._circles and not self._stopping.is_set():
                self._woken.clear()
                await self._round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._interval_seconds):
                        await self._woken.wait()
        finally:
            circles, self._circles = self._circles, {}
            for circle in circles.values():
                circle.close()

    async def _round(self) -> None:
        try:
            scene = await run_in_threadpool(self._watch.scene)
        except Unavailable as exc:
            log.warning("feed.unavailable", error=str(exc))
            text = message("trouble", {"code": exc.code, "detail": str(exc)})
            for circle in self._circles.values():
                circle.warn(text)
            return
        greeting = tick(self._clock())
        for circle in self._circles.values():
            circle.tell(scene, greeting)


def _text(before: Scene | None, scene: Scene) -> bytes:
    return b"".join(message(kind, body) for kind, body in changes(before, scene))


def _end(news: News) -> None:
    while not news.empty():
        news.get_nowait()
    news.put_nowait(None)
