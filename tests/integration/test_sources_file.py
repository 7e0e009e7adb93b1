"""Video files played as cameras."""

import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import simplejpeg
from video_files import video_of

from common.domain.camera import Camera
from common.errors import StreamError
from grabber.errors import CodecUnsupported, NoVideo, StreamNotFound, VideoFinished
from grabber.probe import probe
from grabber.sources.file import FileSource
from grabber.sources.source import Reading

FPS, SECONDS = 10, 3
START = datetime(2026, 1, 1, tzinfo=UTC)


class Stopped(threading.Event):
    """A stop flag whose waits move the clock instead of taking time."""

    def __init__(self, clock: "Time") -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.now += timedelta(seconds=timeout or 0)
        return self.is_set()


@dataclass
class Time:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds whose brightness tells the time: 60 + 50 per second; one keyframe at the start, B-frames after."""
    path = tmp_path_factory.mktemp("clips") / "a clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"bf": "2", "g": "300", "crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for number in range(FPS * SECONDS):
            pixels = np.full((120, 160, 3), 60 + 50 * number // FPS, np.uint8)
            pixels[:60:2] = 0  # something to see
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def open_clip(url: str, clock: Time) -> FileSource:
    camera = Camera(id="cam", name="Clip", url=url, created_at=START)
    return FileSource(camera, Reading(clock=clock))


def seconds_shown(jpeg: bytes) -> float:
    """What the brightness says."""
    return (float(np.median(simplejpeg.decode_jpeg(jpeg, colorspace="GRAY")[70:])) - 60) / 50


@pytest.fixture
def clock() -> Iterator[Time]:
    return Time()  # type: ignore[return-value]


def test_a_file_is_played_in_real_time(clip: Path, clock: Time) -> None:
    with open_clip(str(clip), clock) as source:
        for seconds in (0.5, 1.0, 2.0, 2.5):
            picture = source.shot(START + timedelta(seconds=seconds), stop=Stopped(clock))
            assert picture is not None
            assert clock.now == START + timedelta(seconds=seconds)
            assert seconds_shown(picture.jpeg) == pytest.approx(seconds, abs=0.35)  # B-frames may hold two back
            assert abs((picture.captured_at - clock.now).total_seconds()) <= 0.35


def test_it_begins_again_at_its_end(clip: Path, clock: Time) -> None:
    with open_clip(clip.as_uri(), clock) as source:
        for seconds in (2.0, 4.0, 7.5):
            picture = source.shot(START + timedelta(seconds=seconds), stop=Stopped(clock))
            assert picture is not None
            assert seconds_shown(picture.jpeg) == pytest.approx(seconds % SECONDS, abs=0.35)


def test_without_a_loop_it_is_over_at_its_end(clip: Path, clock: Time) -> None:
    with open_clip(f"{clip}?loop=0", clock) as source:
        assert source.shot(START + timedelta(seconds=2), stop=Stopped(clock)) is not None
        with pytest.raises(VideoFinished):
            source.shot(START + timedelta(seconds=4), stop=Stopped(clock))


def test_a_stopped_shot_gives_nothing(clip: Path, clock: Time) -> None:
    stop = Stopped(clock)
    stop.set()
    with open_clip(str(clip), clock) as source:
        assert source.shot(START + timedelta(seconds=1), stop=stop) is None


def test_a_probe_says_what_the_file_is(clip: Path) -> None:
    found = probe(Camera(id="cam", name="Clip", url=str(clip), created_at=START))
    assert (found.codec, found.width, found.height, found.fps) == ("h264", 160, 120, 10.0)


def test_a_file_that_ends_while_it_is_probed_works_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    path.write_bytes(video_of([{}], rate=FPS))
    assert probe(Camera(id="cam", name="Clip", url=f"{path}?loop=0", created_at=START)).shot_cpu_ms > 0


def test_what_is_no_video_has_its_own_error(tmp_path: Path) -> None:
    text, sound = tmp_path / "notes.mp4", tmp_path / "sound.wav"
    text.write_text("not a video")
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    expected: dict[Path, type[StreamError]] = {
        tmp_path / "missing.mp4": StreamNotFound,
        text: CodecUnsupported,
        sound: NoVideo,
    }
    for path, error in expected.items():
        with pytest.raises(error):
            open_clip(str(path), Time())
