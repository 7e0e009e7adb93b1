"""What `maskwatch predict` writes: rows, pictures, a bar."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from scripted_models import crowd

from common.domain.prediction import PictureResult
from common.errors import CannotWrite
from maskwatch.predict.face_rows import CsvFile
from maskwatch.predict.inputs import Input
from maskwatch.predict.outputs import AnnotatedPictures, FaceTable, JsonLines
from maskwatch.predict.progress import PictureProgress
from model_api.draw import to_jpeg

COLUMNS = """
    source frame time_seconds width height face x1 y1 x2 y2 score label p_no_mask p_mask_incorrect p_mask_correct
    uncovered eye_left_x eye_left_y eye_right_x eye_right_y nose_x nose_y mouth_left_x mouth_left_y
    mouth_right_x mouth_right_y detector classifier fit error
"""


def _rows(path: Path, *answers: tuple[Input, PictureResult]) -> list[dict[str, str]]:
    file = CsvFile(path)
    for given, result in answers:
        file.add(given, result)
    file.close()
    with path.open(encoding="utf-8", newline="") as written:
        return list(csv.DictReader(written))


def test_a_row_has_the_columns_of_a_detection_table(tmp_path: Path) -> None:
    rows = _rows(tmp_path / "a.csv", (Input(source="a.jpg"), crowd()))
    assert list(rows[0]) == COLUMNS.split()
    assert [(row["face"], row["label"]) for row in rows] == [
        ("1", "no_mask"),
        ("2", "mask_incorrect"),
        ("3", "mask_correct"),
        ("4", "uncertain"),
    ]
    first = rows[0]
    assert (first["source"], first["frame"], first["time_seconds"]) == ("a.jpg", "", "")
    assert (first["width"], first["height"], first["score"]) == ("640", "480", "0.9")
    assert [first[name] for name in ("x1", "y1", "x2", "y2")] == ["0.4", "10.6", "80.4", "110.6"]
    assert [first[f"p_{name}"] for name in ("no_mask", "mask_incorrect", "mask_correct")] == ["0.98", "0.015", "0.005"]
    assert (first["uncovered"], first["mouth_right_x"], first["mouth_right_y"]) == ("NOSE MOUTH CHIN", "55.25", "70.5")
    assert (first["detector"], first["classifier"], first["fit"]) == ("yoloface-server@1", "efficientnet-b0@1", "")
    assert first["error"] == ""


def test_a_frame_has_its_time_an_error_its_row_and_a_picture_without_a_face_none(tmp_path: Path) -> None:
    rows = _rows(
        tmp_path / "a.csv",
        (Input(source="clip.mp4", frame=25, seconds=1.0004), crowd()),
        (Input(source="empty.jpg"), PictureResult(width=640, height=480)),
        (Input(source="bad.jpg"), PictureResult(error="broken, and torn")),
    )
    assert [row["source"] for row in rows] == ["clip.mp4"] * 4 + ["bad.jpg"]
    assert {(row["frame"], row["time_seconds"]) for row in rows[:4]} == {("25", "1.0")}
    bad = rows[-1]
    assert {name: value for name, value in bad.items() if value} == {"source": "bad.jpg", "error": "broken, and torn"}


def test_rows_are_in_the_file_as_soon_as_they_are_known(tmp_path: Path) -> None:
    file = CsvFile(tmp_path / "a.csv")
    file.add(Input(source="a.jpg"), crowd())
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").count("\n") == 5
    file.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="cannot write"):
        AnnotatedPictures(tmp_path / "file" / "folder")


def test_pictures_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    data = to_jpeg(np.full((40, 60, 3), 128, np.uint8))
    pictures = AnnotatedPictures(tmp_path)
    for given in (
        Input(source="one/a.jpg", data=data),
        Input(source="two/a.png", data=data),
        Input(source="clip.mp4", frame=7, data=data),
        Input(source="http://host/a.jpg?size=1", data=data),
        Input(source="-", data=data),
    ):
        pictures.add(given, PictureResult(width=60, height=40))
    pictures.add(Input(source="bad.jpg"), PictureResult(error="broken"))
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"a.jpg", "a-2.jpg", "clip-000007.jpg", "a-3.jpg", "picture.jpg"}


def test_a_table_in_a_file_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    table = FaceTable()
    long = "folder/" * 15 + "picture.jpg"
    table.add(Input(source=long), crowd())
    table.close()
    assert long in capsys.readouterr().out


def test_json_lines_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    JsonLines().add(Input(source="ümlaut.jpg"), PictureResult(error="broken"))
    line = capsys.readouterr().out
    assert line.startswith('{"source": "ümlaut.jpg", "frame": null')
    assert line.endswith('"error": "broken"}\n')


def _bar(*, is_terminal: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=is_terminal, width=100)
    with PictureProgress(sources=4, console=console) as progress:
        for reached in (0.5, 1.0, 2.0):
            progress.reach(reached)
            progress.count()
        progress.refresh()
    return file.getvalue()


def test_who_watches_sees_pictures_their_rate_and_the_time_that_is_left() -> None:
    shown = _bar(is_terminal=True)
    assert "3 pictures" in shown
    assert "/s" in shown
    assert "-:--:--" in shown or "0:00:" in shown


def test_nothing_is_shown_where_nobody_watches() -> None:
    assert _bar(is_terminal=False).strip() == ""
