"""A camera's JSON: what is taken, what is refused, and by which field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from common.domain.camera import Camera
from console.camera_form import CameraForm, camera_fields, changed
from console.camera_url import split_credentials
from console.errors import InvalidForm
from console.forms import validate

MADE = datetime(2026, 1, 1, tzinfo=UTC)
DOOR = {"name": "Door", "url": "rtsp://10.0.0.5:554/live"}
SQUARE = [[0, 0], [1, 0], [1, 1]]


def build(**fields: Any) -> Camera:
    return validate(CameraForm, DOOR | fields).to_camera(camera_id="c1", created_at=MADE)


def refused(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidForm) as caught:
        validate(CameraForm, DOOR | fields)
    return [(error.field, error.message) for error in caught.value.errors]


def test_defaults_are_those_of_the_domain() -> None:
    assert build() == Camera(id="c1", name="Door", url="rtsp://10.0.0.5:554/live", created_at=MADE)


def test_user_and_password_are_taken_out_of_the_url() -> None:
    camera = build(url="rtsp://op%40shop:p%2Fss@10.0.0.5:554/live?x=1")
    assert (camera.url, camera.username, camera.password) == ("rtsp://10.0.0.5:554/live?x=1", "op@shop", "p/ss")


def test_credentials_of_the_url_win_over_the_fields() -> None:
    camera = build(url="rtsp://new:secret@10.0.0.5/live", username="old", password="older")
    assert (camera.username, camera.password) == ("new", "secret")


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://h/s", "rtsps://h/s", "http://h/snap.jpg", "https://h:8443/mjpeg", "file:///srv/clip.mp4",
        "/dev/video0", "rtsp://[fe80::1]:554/s",
    ],
)  # fmt: skip
def test_every_kind_of_source_is_taken(url: str) -> None:
    assert split_credentials(url).url == url


@pytest.mark.parametrize(
    "url", ["ftp://h/x", "h/x", "rtsp://", "rtsp:///x", "file:///", "/etc/passwd", "rtsp://h:70000/x"]
)
def test_other_addresses_name_the_field(url: str) -> None:
    assert [field for field, _message in refused(url=url)] == ["url"]


def test_a_wrong_address_is_not_repeated_since_it_may_hold_a_password() -> None:
    assert "hunter2" not in str(refused(url="rtsp://user:hunter2#x@10.0.0.5/live"))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"interval_seconds": 0.4}, "interval_seconds"),
        ({"interval_seconds": 3601}, "interval_seconds"),
        ({"interval_seconds": "soon"}, "interval_seconds"),
        ({"name": "  "}, "name"),
        ({"zones": [{"name": "Till", "polygon": SQUARE[:2]}]}, "zones[0].polygon"),
        ({"zones": [{"name": "Till", "polygon": [[0, 0], [1.5, 0], [1, 1]]}]}, "zones[0].polygon[1][0]"),
        ({"zones": [{"name": "Till", "polygon": SQUARE, "mode": "stare"}]}, "zones[0].mode"),
        ({"schedule": {"windows": []}}, "schedule.windows"),
        ({"schedule": {"windows": [{"days": ["mon"], "start": "8", "end": "9"}]}}, "schedule.windows[0].start"),
        ({"retention_days": 0}, "retention_days"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_value_names_its_field(fields: dict[str, Any], name: str) -> None:
    assert name in [field for field, _message in refused(**fields)]


def test_an_unknown_time_zone_is_refused() -> None:
    window = {"days": ["mon"], "start": "08:00", "end": "18:00"}
    [(field, message)] = refused(schedule={"windows": [window], "timezone": "Mars/Olympus"})
    assert field == "schedule.timezone"
    assert "time zone" in message


def test_what_is_answered_can_be_sent_back() -> None:
    schedule = {"windows": [{"days": ["mon", "fri"], "start": "08:00", "end": "18:30"}], "timezone": "Asia/Shanghai"}
    camera = build(
        zones=[{"name": "Till", "polygon": SQUARE, "mode": "ignore"}], schedule=schedule, tags=["a", "a", "b"]
    )
    fields = camera_fields(camera)
    assert fields["schedule"] == schedule
    assert fields["tags"] == ["a", "b"]
    assert validate(CameraForm, fields).to_camera(camera_id="c1", created_at=MADE) == camera


def test_the_password_is_never_among_the_fields() -> None:
    assert "hunter2" not in str(camera_fields(build(password="hunter2")))


def test_a_change_keeps_identity_and_revision() -> None:
    before = build()
    after = changed(before, validate(CameraForm, camera_fields(before) | {"name": "Gate"}))
    assert (after.id, after.name, after.revision, after.created_at) == ("c1", "Gate", 1, MADE)


@pytest.mark.parametrize("weight", [0, -1, 101, float("nan")])
def test_a_weight_that_means_nothing_is_refused(weight: float) -> None:
    assert [field for field, _message in refused(weight=weight)] == ["weight"]
    assert build(weight=2.5).weight == 2.5


@pytest.mark.parametrize("field", ["name", "site", "location", "username", "password", "url"])
def test_a_line_break_is_in_no_text(field: str) -> None:
    assert refused(**{field: f"{DOOR['url']}\nBcc: all"}) == [(field, "holds line breaks or other control characters")]
    assert refused(**{field: f"{DOOR['url']}\x00x"})[0][0] == field
