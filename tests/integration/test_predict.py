"""`maskwatch predict` as a user meets it: a process, with the real weights."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from skimage.data import astronaut

from model_api.decode import Limits, decode
from model_api.draw import to_jpeg
from model_api.repository import ModelRepository

FACE = (175, 65, 272, 185)  # of the astronaut, by eye: x1, y1, x2, y2


def _run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maskwatch", "predict", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "140"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def _lines(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.stdout.splitlines()]


def _finds_her(faces: list[dict[str, Any]]) -> bool:
    return any(_iou(face["box"], FACE) > 0.5 and face["label"] == "no_mask" for face in faces)


def _iou(first: list[float], second: tuple[int, ...]) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    common = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return common / (sum(areas) - common)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of a bare face, one of nothing below it, a broken file, and notes that are no picture."""
    made = tmp_path_factory.mktemp("predict") / "in"
    (made / "deeper").mkdir(parents=True)
    (made / "astronaut.jpg").write_bytes(to_jpeg(astronaut()))
    (made / "broken.jpg").write_bytes(to_jpeg(astronaut())[:4000])
    (made / "deeper" / "grey.jpg").write_bytes(to_jpeg(np.full((120, 160, 3), 90, np.uint8)))
    (made / "notes.txt").write_text("no picture")
    return made


def test_a_folder_with_a_broken_file_gives_a_line_for_each_and_exit_code_1(folder: Path) -> None:
    run = _run("in", "--json", cwd=folder.parent)
    assert run.returncode == 1
    face, broken, grey = _lines(run)
    assert [line["source"] for line in (face, broken, grey)] == [
        "in/astronaut.jpg",
        "in/broken.jpg",
        "in/deeper/grey.jpg",
    ]
    assert (face["width"], face["height"], face["frame"], face["error"]) == (512, 512, None, None)
    packaged = ModelRepository()
    assert face["model"] == {
        "detector": packaged.load("yoloface-server").id,
        "classifier": packaged.load("efficientnet-b0").id,
        "fit": packaged.load("unet").id,
    }
    assert _finds_her(face["faces"])
    assert set(face["timings_ms"]) == {"decode", "detect", "classify", "fit"}
    assert (broken["faces"], broken["error"]) == ([], "the JPEG picture breaks off before its end")
    assert (grey["faces"], grey["error"]) == ([], None)


def test_a_table_a_csv_file_and_annotated_pictures(folder: Path) -> None:
    run = _run("in", "--csv", "faces.csv", "--annotate", "out", cwd=folder.parent)
    assert run.returncode == 1
    assert "no_mask" in run.stdout
    assert "breaks off" in run.stdout
    with (folder.parent / "faces.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = [row for row in rows if row["source"] == "in/astronaut.jpg" and row["label"] == "no_mask"]
    assert _iou([float(row[name]) for name in ("x1", "y1", "x2", "y2")], FACE) > 0.5
    assert row["uncovered"] == "NOSE MOUTH CHIN"
    assert [row["error"] for row in rows if row["source"] == "in/broken.jpg"] == [
        "the JPEG picture breaks off before its end"
    ]
    drawn = decode((folder.parent / "out" / "astronaut.jpg").read_bytes(), Limits())
    assert np.abs(drawn.astype(int) - astronaut()).max() > 100  # the box is there
    assert sorted(path.name for path in (folder.parent / "out").iterdir()) == ["astronaut.jpg", "grey.jpg"]


def test_the_light_variant_and_the_score_may_be_chosen(folder: Path) -> None:
    run = _run(folder / "astronaut.jpg", "--json", "--variant", "lite", "--min-score", "1.0", cwd=folder)
    (line,) = _lines(run)
    assert (run.returncode, line["faces"]) == (0, [])
    assert line["model"]["detector"] == ModelRepository().load("yoloface-lite").id


def test_a_video_is_sampled(folder: Path) -> None:
    path = folder.parent / "clip.mp4"
    _write_video(path, seconds=20, fps=5)
    run = _run(path, "--json", cwd=folder)
    lines = _lines(run)
    assert run.returncode == 0, run.stderr
    assert [line["frame"] for line in lines] == list(range(0, 100, 5))
    assert sum(_finds_her(line["faces"]) for line in lines) > 15


def test_a_damaged_video_gives_its_line(folder: Path) -> None:
    path = folder.parent / "damaged.mp4"
    path.write_bytes(b"no video")
    run = _run(path, folder / "astronaut.jpg", "--json", cwd=folder)
    damaged, good = _lines(run)
    assert (run.returncode, damaged["faces"], good["error"]) == (1, [], None)
    assert damaged["error"].startswith("the video cannot be read")


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_pictures_are_fetched_from_the_web(folder: Path, site: str) -> None:
    run = _run(f"{site}/astronaut.jpg", f"{site}/gone.jpg", "--json", cwd=folder)
    found, gone = _lines(run)
    assert run.returncode == 1
    assert _finds_her(found["faces"])
    assert gone["error"].startswith("the server answers 404")


@pytest.mark.parametrize(
    ("arguments", "sentence"), [((), "nothing to predict"), (("empty",), "no picture or video in empty")]
)
def test_nothing_to_do_is_wrong_usage(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "empty").mkdir()
    run = _run(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert len(run.stderr.splitlines()) == 1
    assert sentence in run.stderr


def test_a_missing_file_gives_its_line_too(tmp_path: Path) -> None:
    run = _run("gone.jpg", "--json", cwd=tmp_path)
    (line,) = _lines(run)
    assert (run.returncode, line["error"], line["faces"]) == (1, "there is no such file", [])


def _write_video(path: Path, *, seconds: int, fps: int) -> None:
    picture = np.ascontiguousarray(astronaut())
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
        for _ in range(seconds * fps):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
