"""Cameras as CSV, YAML and JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from common.domain.camera import Camera
from common.errors import InvalidInput
from console.camera_form import CameraForm
from console.camera_sheet import SheetFormat, read_sheet, write_sheet
from console.forms import validate

MADE = datetime(2026, 1, 1, tzinfo=UTC)
RICH = {
    "name": "=HYPERLINK(\"x\")", "url": "rtsp://10.0.0.5/live", "username": "op", "interval_seconds": 2.5,
    "site": "'s-Hertogenbosch", "location": "+1 floor", "tags": ["a;b", "door"], "enabled": False,
    "retention_days": 7, "blur_faces": True,
    "zones": [{"name": "Till", "polygon": [[0, 0], [1, 0], [1, 1]], "mode": "ignore"}],
    "schedule": {"windows": [{"days": ["mon"], "start": "18:00", "end": "02:00"}], "timezone": "Asia/Shanghai"},
}  # fmt: skip


def camera(**fields: Any) -> Camera:
    return validate(CameraForm, fields).to_camera(camera_id="c", created_at=MADE)


@pytest.mark.parametrize("form", list(SheetFormat))
def test_what_is_written_is_read_back_as_it_was(form: SheetFormat) -> None:
    cameras = [camera(**RICH), camera(name="Plain", url="/dev/video0", tags=["x", "y"])]
    rows = read_sheet(write_sheet(cameras, form), form)
    assert [camera(**row) for row in rows] == cameras


@pytest.mark.parametrize("form", list(SheetFormat))
def test_a_password_is_never_written(form: SheetFormat) -> None:
    text = write_sheet([camera(**RICH, password="hunter2")], form)
    assert "hunter2" not in text


def test_no_cell_is_a_formula() -> None:
    header, line, _end = write_sheet([camera(**RICH)], SheetFormat.CSV).split("\r\n", 2)
    assert line.startswith("\"'=HYPERLINK")
    assert ",'+1 floor," in line
    assert "password" not in header


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_of_any_country_is_read(delimiter: str) -> None:
    lines = [["name", "url", "interval_seconds", "site"], ["Tür", "rtsp://h/x", "2", ""], ["", "", "", ""]]
    text = "\ufeff" + "\r\n".join(delimiter.join(cells) for cells in lines)
    rows = read_sheet(text, SheetFormat.CSV)
    assert rows[0] == {"name": "Tür", "url": "rtsp://h/x", "interval_seconds": "2"}


def test_a_cell_too_many_is_no_silent_shift() -> None:
    [row] = read_sheet("name,url\nDoor,rtsp://h/x,5\n", SheetFormat.CSV)
    with pytest.raises(InvalidInput, match="heading"):
        validate(CameraForm, row)


def test_in_yaml_an_hour_is_no_number_and_no_is_a_name() -> None:
    [row] = read_sheet(
        "- name: no\n  url: rtsp://h/x\n  password: 0123\n  schedule: null\n  site: 18:00\n", SheetFormat.YAML
    )
    assert row == {"name": "no", "url": "rtsp://h/x", "password": "0123", "schedule": None, "site": "18:00"}


@pytest.mark.parametrize("text", ["cameras:\n- name: A\n", "- name: A\n"])
def test_the_list_may_have_a_heading(text: str) -> None:
    assert read_sheet(text, SheetFormat.YAML) == [{"name": "A"}]


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ("a: &a [x, x]\nb: [*a, *a]", SheetFormat.YAML, "aliases"),
        ("[" * 1000, SheetFormat.YAML, "nested too deeply"),
        ("- name: [", SheetFormat.YAML, "no YAML in line"),
        ("!!python/object/apply:os.system [x]", SheetFormat.YAML, "tags"),
        ("- name: !!int abc", SheetFormat.YAML, "tags"),
        ("- ? [a]\n  : b", SheetFormat.YAML, "no YAML"),
        ('[{"name": "\\ud800"}]', SheetFormat.JSON, "no text"),
        ('name,zones\nA,"[""\\ud800""]"\n', SheetFormat.CSV, "no text"),
        ("[" + "9" * 5000 + "]", SheetFormat.JSON, "no JSON"),
        ("name: A", SheetFormat.YAML, "no list"),
        ("[" * 100_000, SheetFormat.JSON, "no JSON"),
        ('{"name": 1}', SheetFormat.JSON, "no list"),
        ('name,url\n"Door,x', SheetFormat.CSV, "line"),
        ("name\n" + "A\n" * 5001, SheetFormat.CSV, "at most 5000"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_in_words(text: str, form: SheetFormat, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_sheet(text, form)
