"""Motion JPEG bodies, cut at any byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grabber.sources.multipart import LARGEST_PART, boundary_of, parts

PICTURES = [b"\xff\xd8one\xff\xd9", b"\xff\xd8two\r\nwith lines\xff\xd9", b"\xff\xd8three\xff\xd9"]


def body(*, lengths: bool) -> bytes:
    data = b""
    for picture in PICTURES:
        length = f"Content-Length: {len(picture)}\r\n".encode() if lengths else b""
        data += b"--frame\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + picture + b"\r\n"
    return data + b"--frame--\r\n"


@given(lengths=st.booleans(), size=st.integers(min_value=1, max_value=60))
def test_pictures_come_out_whole_however_they_are_cut(lengths: bool, size: int) -> None:
    data = body(lengths=lengths)
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(parts(chunks, b"--frame")) == PICTURES


def test_with_a_length_a_picture_need_not_wait_for_the_next() -> None:
    data = b"--frame\r\nContent-Length: 3\r\n\r\nabc"
    assert list(parts([data], b"--frame")) == [b"abc"]


def test_a_part_without_end_is_refused() -> None:
    endless = (b"--frame\r\n\r\n", *[b"x" * (LARGEST_PART // 4)] * 5)
    with pytest.raises(ValueError, match="a part of more than"):
        list(parts(endless, b"--frame"))


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/x-mixed-replace; boundary=frame", b"--frame"),
        ('multipart/x-mixed-replace;boundary="--frame"', b"--frame"),
        ("image/jpeg", None),
        ("multipart/mixed", None),
    ],
)
def test_the_boundary_is_read_from_the_header(content_type: str, boundary: bytes | None) -> None:
    assert boundary_of(content_type) == boundary
