"""`maskwatch rules`: all of a rule from the shell, and tried on the past."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from common.adapters.open import open_repository
from common.domain.camera import Camera
from common.domain.prediction import Face, Label, Prediction
from common.domain.shot import shot_id
from common.errors import InvalidInput
from common.ports.repository import Repository
from console.errors import InvalidForm
from maskwatch.cli.app import app

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FACE = Face(
    box=(40, 30, 80, 80), score=0.9, landmarks=(), label=Label.NO_MASK,
    probabilities={"no_mask": 0.99, "mask_incorrect": 0.005, "mask_correct": 0.005},
)  # fmt: skip


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    """The one that the commands find, with a camera before which somebody stood for 20 s, twice."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))
    opened = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    opened.upgrade()
    with opened.begin() as unit:
        unit.cameras.add(Camera(id="door", name="Main door", url="rtsp://host/door", created_at=START))
        unit.predictions.add_many(_prediction(10 * n, n in (1, 2, 3, 30, 31, 32)) for n in range(60))
    yield opened
    opened.close()


def _prediction(seconds: float, is_there: bool) -> Prediction:
    at = START + timedelta(seconds=seconds)
    return Prediction(
        snapshot_id=shot_id("door", at), camera_id="door", scheduled_at=at, captured_at=at, predicted_at=at,
        image_key="k", width=200, height=100, faces=(FACE,) if is_there else (), model={},
    )  # fmt: skip


def run(*arguments: str, text: str | None = None) -> str:
    answer = CliRunner().invoke(app, ["rules", *arguments], catch_exceptions=False, input=text)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def shown(name: str = "Door") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("show", name, "--json"))
    return found


def test_a_rule_is_added_shown_changed_switched_and_removed(installation: Repository) -> None:
    run(
        "add", "--name", "Door", "--count", "2", "--camera", "Main door", "--site", "Shop", "--min-face", "24",
        "--for", "20", "--keep", "30", "--hours", "mon-fri 8:00-18:00", "--hours", "sat,sun 22:00-6:00",
        "--timezone", "Asia/Shanghai", "--receiver", "Anna", "--group-by", "site", "--repeat", "600",
        "--escalate", "900", "--escalate-to", "Ben", "--severity", "critical",
    )  # fmt: skip
    rule = shown()
    assert rule["condition"] == {"label": "no_mask", "count": {">=": 2}}
    assert (rule["cameras"], rule["sites"], rule["min_face_px"]) == (["door"], ["Shop"], 24)
    assert (rule["for_seconds"], rule["keep_firing_seconds"], rule["repeat_seconds"]) == (20, 30, 600)
    assert (rule["escalate_seconds"], rule["escalate_to"], rule["group_by"]) == (900, ["Ben"], "site")
    assert rule["schedule"] == {
        "windows": [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "18:00"},
            {"days": ["sat", "sun"], "start": "22:00", "end": "06:00"},
        ],
        "timezone": "Asia/Shanghai",
    }
    assert "there is no receiver 'Anna'" in rule["warnings"]
    run("edit", "Door", "--share", "0.2", "--hours", "", "--site", "", "--receiver", "", "--escalate", "0")
    rule = shown()
    assert rule["condition"] == {"label": "no_mask", "share": {">": 0.2}}
    assert (rule["schedule"], rule["sites"], rule["receivers"]) == (None, [], [])
    assert (rule["escalate_seconds"], rule["escalate_to"]) == (None, [])
    run("disable", "Door")
    assert shown()["enabled"] is False
    run("enable", "Door")
    assert shown()["enabled"] is True
    run("remove", "Door", "--yes")
    assert json.loads(run("list", "--json")) == []


def test_a_rule_may_be_about_trouble_and_become_one_about_faces(installation: Repository) -> None:
    run("add", "--name", "Door", "--trouble", "camera_down", "--trouble-seconds", "90")
    assert shown()["condition"] == {"trouble": "camera_down", "seconds": {">": 90}}
    run("edit", "Door", "--trouble-seconds", "30")
    assert shown()["condition"] == {"trouble": "camera_down", "seconds": {">": 30}}
    run("edit", "Door", "--label", "mask_incorrect")
    assert shown()["condition"] == {"label": "mask_incorrect", "count": {">=": 1}}
    run("edit", "Door", "--count", "3")
    assert shown()["condition"] == {"label": "mask_incorrect", "count": {">=": 3}}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--hours", "always"], "are no hours"),
        (["--hours", "mo-fr 8:00-9:00"], "are no days"),
        (["--hours", "mon 8:00-25:00"], "no time of day"),
        (["--timezone", "UTC"], "there are none"),
        (["--camera", "Back door"], "there is no camera"),
        (["--trouble", "no_data", "--count", "1"], "exactly one of"),
        (["--escalate", "60"], "needs escalate_to"),
    ],
)
def test_what_makes_no_rule_is_said_in_a_sentence(installation: Repository, options: list[str], sentence: str) -> None:
    with pytest.raises((InvalidInput, InvalidForm), match=sentence):
        run("add", "--name", "Door", *options)


def test_daily_hours_may_be_the_whole_day(installation: Repository) -> None:
    run("add", "--name", "Door", "--hours", "daily 0:00-24:00")
    [window] = shown()["schedule"]["windows"]
    assert (len(window["days"]), window["start"], window["end"]) == (7, "00:00", "00:00")


def test_a_saved_rule_is_tried_on_the_past(installation: Repository) -> None:
    run("add", "--name", "Door", "--for", "0")
    span = ("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-03T00:00:00Z")
    found = json.loads(run("test", "Door", *span, "--json"))
    assert (found["fired"], found["pictures"], found["people"], found["is_complete"]) == (2, 60, 1, True)
    assert found["messages"] == {"firing": 2, "resolved": 2}
    text = run("test", "Door", *span, "--camera", "Main door")
    assert "would have fired 2 times" in text
    assert "2026-03-02" in text
    assert "Main door" in text
    assert json.loads(run("test", "Door", "--from", "2026-03-02T09:02:00Z", *span[2:], "--json"))["fired"] == 1


def test_a_rule_in_a_file_is_tried_without_being_saved(installation: Repository, tmp_path: Path) -> None:
    run("add", "--name", "Door", "--for", "0")
    span = ("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-03T00:00:00Z", "--json")
    fields = shown() | {"condition": {"label": "no_mask", "count": {">=": 2}}}
    (tmp_path / "draft.json").write_text(json.dumps(fields))
    assert json.loads(run("test", str(tmp_path / "draft.json"), *span))["fired"] == 0
    assert json.loads(run("test", "-", *span, text=json.dumps(shown())))["fired"] == 2
    assert shown()["condition"] == {"label": "no_mask", "count": {">=": 1}}


@pytest.mark.parametrize(
    ("text", "sentence"), [("{", "is no JSON"), ("[]", "holds no rule"), ('{"colour": 1}', "not a known field")]
)
def test_a_file_that_holds_no_rule_is_said(installation: Repository, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "draft.json").write_text(text)
    with pytest.raises(InvalidInput, match=sentence):
        run("test", str(tmp_path / "draft.json"))
    with pytest.raises(InvalidInput, match="cannot read"):
        run("test", str(tmp_path / "missing.json"))
