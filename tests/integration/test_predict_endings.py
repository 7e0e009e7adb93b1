"""`maskwatch predict` at a terminal, and how it ends: a full disk, Ctrl-C, pictures that would be lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_models import RED, picture, write_repository

from model_api.draw import to_jpeg

PICTURES = 300
TIMEOUT_SECONDS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models, and more pictures than a pipe holds lines of."""
    root = tmp_path_factory.mktemp("endings")
    write_repository(root / "models")
    (root / "in").mkdir()
    data = to_jpeg(picture({(1, 1): RED}))
    for number in range(PICTURES):
        (root / "in" / f"{number:03}.jpg").write_bytes(data)
    return root


def _start(*arguments: str, folder: Path, **options: Any) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MASKWATCH_")}
    environment = {**clean, "PYTHONPATH": str(Path(__file__).parents[2]), "MASKWATCH_MODELS": str(folder / "models")}
    command = [sys.executable, "-m", "maskwatch", "predict", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, **{"stderr": subprocess.PIPE, **options})


def _end(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    """The exit code, and the lines on stderr."""
    _, said = process.communicate(timeout=TIMEOUT_SECONDS)
    return process.returncode, said.splitlines()


@pytest.mark.parametrize("as_json", [("--json",), ()])
def test_a_full_disk_is_one_clear_line(folder: Path, as_json: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        process = _start("in/000.jpg", *as_json, folder=folder, stdout=full)
        assert _end(process) == (1, ["maskwatch: cannot write the output: No space left on device"])


def test_a_full_disk_under_the_csv_file_is_one_clear_line(folder: Path) -> None:
    process = _start("in/000.jpg", "--csv", "/dev/full", folder=folder, stdout=subprocess.DEVNULL)
    assert _end(process) == (1, ["maskwatch: cannot write /dev/full: No space left on device"])


def test_a_reader_who_has_enough_ends_it_with_one_line(folder: Path) -> None:
    process = _start("in", "--json", folder=folder, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["source"] == "in/000.jpg"
    process.stdout.close()
    process.stdout = None
    assert _end(process) == (1, ["maskwatch: cannot write the output: Broken pipe"])


def test_ctrl_c_leaves_whole_lines_and_rows_and_says_nothing(folder: Path) -> None:
    process = _start("in", "--json", "--csv", "rows.csv", folder=folder, stdout=subprocess.PIPE)
    assert process.stdout is not None
    printed = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    printed += process.stdout.read()
    assert _end(process) == (130, [])
    assert printed.endswith("\n")
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["source"] for line in lines] == [f"in/{number:03}.jpg" for number in range(len(lines))]
    assert len(lines) < PICTURES
    rows = (folder / "rows.csv").read_text(encoding="utf-8")
    assert rows.endswith("\n")
    assert len(lines) <= rows.count("\n") <= len(lines) + 1


def _read_terminal(terminal: int) -> str:
    """What was shown on it, until the last process closed it."""
    shown = b""
    try:
        while piece := os.read(terminal, 65_536):
            shown += piece
    except OSError:  # Linux's way to say so
        pass
    return shown.decode()


def test_at_a_terminal_the_bar_is_there_and_the_lines_in_their_file(folder: Path) -> None:
    terminal, theirs = os.openpty()
    with (folder / "lines.jsonl").open("w") as file:
        process = _start("in", "--json", folder=folder, stdout=file, stderr=theirs)
        os.close(theirs)
        shown = _read_terminal(terminal)
        os.close(terminal)
    assert process.wait(TIMEOUT_SECONDS) == 0
    lines = (folder / "lines.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["source"] for line in lines] == [f"in/{number:03}.jpg" for number in range(PICTURES)]
    assert f"{PICTURES} pictures" in shown
    assert "{" not in shown


def test_at_a_terminal_lines_on_the_screen_are_not_mixed_with_a_bar(folder: Path) -> None:
    terminal, theirs = os.openpty()
    process = _start("in/000.jpg", "in/001.jpg", "--json", folder=folder, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = _read_terminal(terminal)
    os.close(terminal)
    assert process.wait(TIMEOUT_SECONDS) == 0
    assert [json.loads(line)["source"] for line in shown.splitlines()] == ["in/000.jpg", "in/001.jpg"]


def test_pictures_are_never_overwritten_by_their_annotated_copies(folder: Path) -> None:
    before = (folder / "in" / "000.jpg").read_bytes()
    process = _start("in", "--annotate", "in", folder=folder, stdout=subprocess.PIPE)
    assert _end(process) == (2, ["maskwatch: --annotate in: in/000.jpg lies in this folder; name another"])
    assert (folder / "in" / "000.jpg").read_bytes() == before


def test_a_csv_file_that_cannot_be_made_is_wrong_usage(folder: Path) -> None:
    process = _start("in/000.jpg", "--csv", "gone/rows.csv", folder=folder, stdout=subprocess.PIPE)
    assert _end(process) == (2, ["maskwatch: cannot write gone/rows.csv: No such file or directory"])
