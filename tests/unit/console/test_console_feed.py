"""The event streams' one reader: what is told, to whom, and how often it is read."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from common.domain.camera import Camera
from common.domain.user import Reach
from common.errors import Unavailable
from console.feed import MOST_WAITING, Feed
from console.scene import Scene
from console.sights import Sight, SightState

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVERYWHERE = Reach()


def sight(name: str, *, site: str = "North", state: SightState = SightState.LIVE) -> Sight:
    camera = Camera(id=name, name=name, url="rtsp://h/s", site=site, created_at=NOW)
    return Sight(camera=camera, state=state, interval_seconds=5.0)


def scene(*sights: Sight) -> Scene:
    return Scene(sights=sights, predictions={}, events=(), alerts=())


class Watching:
    """A watch that shows what it is told to show."""

    def __init__(self, *sights: Sight) -> None:
        self.shown = scene(*sights)
        self.error: Unavailable | None = None
        self.reads = 0

    def scene(self) -> Scene:
        self.reads += 1
        if self.error:
            raise self.error
        return self.shown


def feed_of(watch: Watching, stopping: threading.Event | None = None) -> Feed:
    return Feed(watch, clock=lambda: NOW, stopping=stopping or threading.Event(), interval_seconds=0.01)  # type: ignore[arg-type]


def messages(text: bytes) -> list[tuple[str, dict[str, object]]]:
    parts = [part.split("\n") for part in text.decode().strip().split("\n\n")]
    return [(kind.removeprefix("event: "), json.loads(body.removeprefix("data: "))) for kind, body in parts]


async def heard(news: AsyncIterator[bytes]) -> list[tuple[str, dict[str, object]]]:
    """The next news that is more than the time."""
    async for text in news:
        found = [said for said in messages(text) if said[0] != "tick"]
        if found:
            return found
    return []


def test_who_comes_hears_how_it_is_and_then_what_changes() -> None:
    async def story() -> None:
        watch = Watching(sight("a"), sight("b"))
        async with aclosing(feed_of(watch).follow(EVERYWHERE)) as news:
            first = messages(await anext(news))
            assert first[0] == ("tick", {"now": "2026-03-02T12:00:00Z"})
            assert [(kind, body["camera_id"], body["state"]) for kind, body in first[1:]] == [
                ("camera", "a", "live"), ("camera", "b", "live"),
            ]  # fmt: skip
            watch.shown = scene(sight("a"), sight("b", state=SightState.DOWN))
            [(kind, body)] = await heard(news)
            assert (kind, body["camera_id"], body["state"]) == ("camera", "b", "down")
            watch.shown = scene(sight("b", state=SightState.DOWN))
            assert await heard(news) == [("removed", {"camera_id": "a"})]

    asyncio.run(story())


def test_a_name_or_an_interval_that_changes_is_told() -> None:
    async def story() -> None:
        watch = Watching(sight("a"))
        async with aclosing(feed_of(watch).follow(EVERYWHERE)) as news:
            await heard(news)
            watch.shown = scene(replace(sight("a"), interval_seconds=15.0))
            [(_, body)] = await heard(news)
            assert body["effective_interval_seconds"] == 15.0

    asyncio.run(story())


def test_it_is_read_once_for_all_and_written_once_for_those_who_may_see_the_same() -> None:
    async def story() -> None:
        watch = Watching(sight("a", site="North"), sight("b", site="South"))
        feed = feed_of(watch)
        north = Reach(sites=("North",))
        async with (
            aclosing(feed.follow(EVERYWHERE)) as one,
            aclosing(feed.follow(EVERYWHERE)) as two,
            aclosing(feed.follow(north)) as limited,
        ):
            texts = await asyncio.gather(anext(one), anext(two), anext(limited))
            assert watch.reads == 1
            assert texts[0] is texts[1]
            assert [body.get("camera_id") for _, body in messages(texts[2])[1:]] == ["a"]
            watch.shown = scene(sight("a", site="South"), sight("b", site="South", state=SightState.DOWN))
            assert await heard(limited) == [("removed", {"camera_id": "a"})]

    asyncio.run(story())


def test_nobody_reads_when_nobody_looks() -> None:
    async def story() -> None:
        watch = Watching(sight("a"))
        feed = feed_of(watch)
        async with aclosing(feed.follow(EVERYWHERE)) as news:
            await anext(news)
        await asyncio.sleep(0.05)
        reads = watch.reads
        await asyncio.sleep(0.05)
        assert watch.reads == reads
        async with aclosing(feed.follow(EVERYWHERE)) as news:  # and it begins again
            assert (await heard(news))[0][0] == "camera"

    asyncio.run(story())


def test_a_database_that_is_away_is_told_and_what_changed_meanwhile_comes_afterwards() -> None:
    async def story() -> None:
        watch = Watching(sight("a"))
        async with aclosing(feed_of(watch).follow(EVERYWHERE)) as news:
            await heard(news)
            watch.error = Unavailable("the database does not answer")
            [(kind, body)] = await heard(news)
            assert (kind, body["code"]) == ("trouble", "unavailable")
            watch.shown, watch.error = scene(sight("a", state=SightState.STALE)), None
            told = await heard(news)
            while told[0][0] == "trouble":
                told = await heard(news)
            assert [(kind, body["state"]) for kind, body in told] == [("camera", "stale")]

    asyncio.run(story())


def test_a_reader_that_is_too_slow_is_sent_away_and_keeps_nobody_waiting() -> None:
    async def story() -> None:
        watch = Watching(sight("a"))
        feed = feed_of(watch)
        async with aclosing(feed.follow(EVERYWHERE)) as slow, aclosing(feed.follow(EVERYWHERE)) as quick:
            await anext(slow)
            for _ in range(MOST_WAITING + 5):
                await anext(quick)
            assert [text async for text in slow] == []

    asyncio.run(story())


@pytest.mark.parametrize("breaks", [False, True])
def test_streams_end_when_the_console_stops_or_the_reader_breaks(breaks: bool) -> None:
    async def story() -> None:
        watch, stopping = Watching(sight("a")), threading.Event()
        feed = feed_of(watch, stopping)
        async with aclosing(feed.follow(EVERYWHERE)) as news:
            await anext(news)
            if breaks:
                watch.shown = None  # type: ignore[assignment]  # a fault of ours
                assert feed._task is not None
                with pytest.raises(AttributeError):
                    await feed._task
            else:
                stopping.set()
            assert [text async for text in news if b"camera" in text] == []

    asyncio.run(story())
