"""Which addresses of cameras are taken, and that they stay as they are."""

import pytest

from console.camera_url import split_credentials
from grabber.address import scheme_of
from grabber.sources.open import SOURCES

GO2RTC = [
    "rtsp://go2rtc:8554/camera1",
    "rtsp://go2rtc:8554/camera1?video=h264&audio=aac",
    "rtsp://go2rtc:8554/camera1#transport=udp#backchannel=0",
    "http://go2rtc:1984/api/frame.jpeg?src=camera1",
    "http://go2rtc:1984/api/stream.mjpeg?src=camera1",
    "http://go2rtc:1984/api/stream.m3u8?src=camera1&mp4",
    "rtmp://go2rtc:1935/camera1",
]
MEDIAMTX = [
    "rtsp://mediamtx:8554/site/north/door",
    "rtsps://mediamtx:8322/door",
    "rtmp://mediamtx:1935/door?user=viewer&pass=secret",
    "rtmps://mediamtx:1936/door",
    "http://mediamtx:8888/door/index.m3u8",
    "https://mediamtx:8888/door/index.m3u8?jwt=abc",
]
OTHERS = ["onvif://192.168.1.20", "onvif://192.168.1.20:8000/profile_1", "file:///pictures?pick=newest", "/dev/video0"]


@pytest.mark.parametrize("url", [*GO2RTC, *MEDIAMTX, *OTHERS])
def test_addresses_as_their_servers_write_them_are_taken_as_they_are(url: str) -> None:
    assert split_credentials(url).url == url
    assert scheme_of(url) in SOURCES


@pytest.mark.parametrize("url", ["rtmp://op:se%2Fcret@host/live/door", "onvif://op:se%2Fcret@host:8000/main"])
def test_logins_of_the_new_kinds_are_taken_out(url: str) -> None:
    address = split_credentials(url)
    assert (address.username, address.password) == ("op", "se/cret")
    assert "cret" not in address.url


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"rtsp://.*rtmp://.*onvif://"):
        split_credentials("gopher://camera/")
