"""What is shown of addresses, and how what was hidden comes back."""

from __future__ import annotations

import pytest

from common.domain.urls import has_hidden, is_same_host, redact, reveal

STORED = "http://10.0.0.5:80/cgi/snap.cgi?user=admin&pwd=s3cret;x&chn=1#transport=udp"
SHOWN = "http://10.0.0.5:80/cgi/snap.cgi?user=***&pwd=***&chn=1#transport=udp"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (STORED, SHOWN),
        ("rtsp://op:p@ss@10.0.0.5/live", "rtsp://***@10.0.0.5/live"),
        ("opening rtsp://op:pw@cam/a, then http://t@h/", "opening rtsp://***@cam/a, then http://***@h/"),
        ("https://h/live.m3u8?jwt=abc#x", "https://h/live.m3u8?jwt=***#x"),
        ("https://h/a?access_token=abc&Signature=d/e==", "https://h/a?access_token=***&Signature=***"),
        ("rtsp://h/a?channel=1&subtype=0", "rtsp://h/a?channel=1&subtype=0"),
        ("s3://pictures?endpoint=http://host:8333", "s3://pictures?endpoint=http://host:8333"),
        ("mail me@example.org", "mail me@example.org"),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_logins_and_secret_fields_are_hidden(url: str, shown: str) -> None:
    assert redact(url) == shown
    assert redact(shown) == shown


def test_what_comes_back_as_it_was_shown_is_what_it_was() -> None:
    assert has_hidden(SHOWN)
    assert reveal(SHOWN, STORED) == STORED
    assert reveal(SHOWN.replace("chn=1", "chn=2"), STORED) == STORED.replace("chn=1", "chn=2")
    assert reveal(SHOWN.replace("pwd=***", "pwd=new"), STORED) == STORED.replace("s3cret;x", "new")


@pytest.mark.parametrize(
    "url", [SHOWN.replace("10.0.0.5", "10.0.0.6"), SHOWN.replace("http", "https"), SHOWN + "&token=***"]
)
def test_a_secret_goes_to_no_other_host_and_none_is_made_up(url: str) -> None:
    assert has_hidden(reveal(url, STORED))


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("rtsp://cam.example/b", True),
        ("onvif://op@CAM.example:8000", True),
        ("rtsp://cam.example.evil/a", False),
        ("rtsp://evil/cam.example", False),
        ("rtsp://[fd00::1]:554/a", False),
    ],
)
def test_a_host_is_the_same_over_any_protocol_and_port(url: str, is_same: bool) -> None:
    assert is_same_host(url, "rtsp://cam.example:554/a") is is_same
    assert is_same_host("rtsp://[fd00::1]/a", "http://[FD00::1]:80/")
