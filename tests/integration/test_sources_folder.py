"""Folders of pictures as cameras."""

import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from common.domain.camera import Camera
from grabber.errors import NoVideo, PictureUnreadable, StreamEnded, VideoFinished
from grabber.picture import Picture
from grabber.probe import probe
from grabber.sources.open import open_source
from grabber.sources.source import Reading, Source

NEVER = threading.Event()


def jpeg(brightness: int) -> bytes:
    return simplejpeg.encode_jpeg(np.full((60, 80, 3), brightness, np.uint8))


def open_folder(path: Path, query: str = "") -> Source:
    return open_source(
        Camera(id="c", name="Folder", url=path.as_uri() + query, created_at=datetime.now(UTC)), Reading()
    )


def shot(source: Source) -> Picture:
    picture = source.shot(datetime.now(UTC), stop=NEVER)
    assert picture is not None
    return picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.JPG").write_bytes(jpeg(20))
    (tmp_path / "a.jpg").write_bytes(jpeg(10))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "c.jpg.part").write_bytes(b"half an upload")
    return tmp_path


def test_pictures_come_in_the_order_of_names_and_again(folder: Path) -> None:
    with open_folder(folder) as source:
        assert [shot(source).jpeg for _ in range(3)] == [jpeg(10), jpeg(20), jpeg(10)]


def test_without_a_loop_it_is_over_at_its_end(folder: Path) -> None:
    with open_folder(folder, "?loop=0") as source:
        assert [shot(source).jpeg for _ in range(2)] == [jpeg(10), jpeg(20)]
        with pytest.raises(VideoFinished):
            shot(source)


def test_the_newest_is_what_was_written_last_and_as_old_as_its_file(folder: Path) -> None:
    written = datetime.now(UTC) - timedelta(minutes=5)
    for path in folder.iterdir():
        os.utime(path, (written.timestamp() - 60,) * 2)
    os.utime(folder / "a.jpg", (written.timestamp(),) * 2)
    with open_folder(folder, "?pick=newest") as source:
        picture = shot(source)
        assert picture.jpeg == jpeg(10)
        assert abs(picture.captured_at - written) < timedelta(milliseconds=1)
        (folder / "0.jpg").write_bytes(jpeg(30))
        assert shot(source).jpeg == jpeg(30)


def test_other_kinds_of_pictures_are_encoded_anew(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 100, 50)).save(data, "PNG")
    (tmp_path / "a.png").write_bytes(data.getvalue())
    with open_folder(tmp_path) as source:
        pixels = simplejpeg.decode_jpeg(shot(source).jpeg)
    assert np.abs(pixels.astype(int) - (200, 100, 50)).max() < 8


def test_a_broken_picture_fails_alone(folder: Path) -> None:
    (folder / "a.jpg").write_bytes(b"\xff\xd8 not really")
    (folder / "aa.png").write_bytes(b"not really")
    with open_folder(folder) as source:
        for _ in range(2):
            with pytest.raises(PictureUnreadable):
                shot(source)
        assert shot(source).jpeg == jpeg(20)


def test_a_folder_without_pictures_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(NoVideo):
        open_folder(tmp_path)
    with open_folder(tmp_path, "?pick=newest") as source, pytest.raises(NoVideo):
        shot(source)


def test_a_folder_that_was_emptied_has_ended(folder: Path) -> None:
    with open_folder(folder) as source:
        shot(source)
        shot(source)
        for file in folder.iterdir():
            file.unlink()
        with pytest.raises(StreamEnded):
            shot(source)


def test_a_stopped_shot_gives_nothing(folder: Path) -> None:
    stop = threading.Event()
    stop.set()
    with open_folder(folder) as source:
        assert source.shot(datetime.now(UTC), stop=stop) is None


def test_a_probe_shows_the_first_picture(folder: Path) -> None:
    found = probe(Camera(id="c", name="Folder", url=folder.as_uri(), created_at=datetime.now(UTC)))
    assert (found.still, found.width, found.bytes_per_second) == (jpeg(10), 80, 0.0)
    assert found.shot_cpu_ms > 0
