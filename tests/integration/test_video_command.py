"""`maskwatch video` as a user meets it: a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tiny_models import BLUE, RED, write_repository
from video_files import video_of


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("video-command")
    write_repository(made / "models")
    whole = video_of([{(1, 1): RED, (5, 3): BLUE}] * 4, form="matroska")
    (made / "door.mkv").write_bytes(whole)
    (made / "broken.mkv").write_bytes(whole[: len(whole) * 2 // 3])
    (made / "notes.txt").write_text("no video")
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maskwatch", "video", *arguments]
    paths = {"PYTHONPATH": str(Path(__file__).parents[2]), "MASKWATCH_MODELS": str(cwd / "models")}
    environment = {**os.environ, **paths, "COLUMNS": "140"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_gives_one_line_and_a_page(folder: Path) -> None:
    run = _run("door.mkv", "--html", "report.html", cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        "0:04 of video; 2 people: 1 no mask, 1 worn properly; somebody has no mask in 100% of 4 frames"
    ]
    assert "door.mkv" in (folder / "report.html").read_text(encoding="utf-8")


def test_an_address_gives_json(folder: Path, address: str) -> None:
    run = _run(f"{address}/door.mkv?token=secret", "--json", "--every", "2", "--variant", "lite", cwd=folder)
    report = json.loads(run.stdout)
    assert (run.returncode, report["source"]) == (0, f"{address}/door.mkv")
    assert (report["video"]["frames_looked_at"], report["model"]["detector"]) == (2, "yoloface-lite@1")


def test_a_video_that_breaks_off_gives_its_report_and_exit_code_1(folder: Path) -> None:
    run = _run("broken.mkv", cwd=folder)
    assert run.returncode == 1
    summary, damage = run.stdout.splitlines()
    assert "2 people" in summary
    assert "breaks off" in damage


def test_a_page_is_left_alone_and_none_is_begun_when_there_is_no_report(folder: Path) -> None:
    (folder / "earlier.html").write_text("an earlier report", encoding="utf-8")
    for page in ("earlier.html", "new.html"):
        assert _run("notes.txt", "--html", page, cwd=folder).returncode == 1
    assert (folder / "earlier.html").read_text(encoding="utf-8") == "an earlier report"
    assert not (folder / "new.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        pytest.param(("gone.mp4",), 1, "there is no such file", id="missing"),
        pytest.param(("notes.txt",), 1, "no video that can be read", id="no video"),
        pytest.param(("door.mkv", "--html", "nowhere/x.html"), 2, "cannot write", id="page nowhere"),
        pytest.param(("http://127.0.0.1:1/x.mp4",), 1, "127.0.0.1 cannot be read", id="nobody there"),
    ],
)
def test_what_is_wrong_is_one_line(folder: Path, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    run = _run(*arguments, cwd=folder)
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (code, "", 1)
    assert sentence in run.stderr
