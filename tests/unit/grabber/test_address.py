"""Logins are joined in once, and never shown."""

import pytest

from grabber.address import redacted, scheme_of, with_login


def test_user_and_password_are_percent_encoded() -> None:
    joined = with_login("rtsp://cam:554/a?b=1", "op@x", "p:/ ä%?#w")
    assert joined == "rtsp://op%40x:p%3A%2F%20%C3%A4%25%3F%23w@cam:554/a?b=1"


def test_a_login_in_the_address_gives_way_to_the_camera_s_own() -> None:
    assert with_login("rtsp://old:one@cam/a", "new", "two") == "rtsp://new:two@cam/a"


def test_without_a_user_the_address_stays_as_it_is() -> None:
    assert with_login("rtsp://cam/a", None, "ignored") == "rtsp://cam/a"


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://op:secret@cam/a",
        "opening rtsp://op:se:cret@cam/a failed",
        "http://cam/shot?user=op&password=secret&size=1",
        "http://cam/shot?access_token=secret",
        "https://cam/live.m3u8?jwt=secret",
        "rtsp://op%40x:sec%2Fret@cam/a and http://secret@cam",
    ],
)
def test_no_login_survives_redaction(text: str) -> None:
    shown = redacted(text)
    assert not any(word in shown for word in ("secret", "se:cret", "sec%2Fret", "=op&"))
    assert "cam" in shown


def test_what_is_no_secret_stays() -> None:
    assert redacted("rtsp://cam:554/a?channel=1") == "rtsp://cam:554/a?channel=1"


@pytest.mark.parametrize(
    ("url", "scheme"),
    [("RTSP://x/", "rtsp"), ("/dev/video0", "v4l2"), ("clips/a.mp4", "file"), ("file:///a.mp4", "file")],
)
def test_paths_and_devices_have_a_scheme_too(url: str, scheme: str) -> None:
    assert scheme_of(url) == scheme
