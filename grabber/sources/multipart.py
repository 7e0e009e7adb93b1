"""Motion JPEG over HTTP: pictures in a multipart body that never ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

LARGEST_PART = 20_000_000  # bytes; a stream that never closes its picture is not one


def boundary_of(content_type: str) -> bytes | None:
    """The line that separates parts, or None when the content is not multipart."""
    kind, *fields = [part.strip() for part in content_type.split(";")]
    if not kind.lower().startswith("multipart/"):
        return None
    for part in fields:
        name, _, value = part.partition("=")
        if name.strip().lower() == "boundary":
            # Many cameras already write the two dashes into the field.
            return b"--" + value.strip().strip('"').removeprefix("--").encode()
    return None


def parts(chunks: Iterable[bytes], boundary: bytes) -> Iterator[bytes]:
    """The bodies between boundaries, as soon as each is complete.

    A part's own Content-Length is used where given, so that a picture need not wait for the next boundary.
    Raises ValueError for a part larger than LARGEST_PART.
    """
    waiting = b""
    for chunk in chunks:
        waiting += chunk
        while (found := _first(waiting, boundary)) is not None:
            body, waiting = found
            if body:
                yield body
        if len(waiting) > LARGEST_PART:
            raise ValueError(f"a part of more than {LARGEST_PART} bytes")


def _first(data: bytes, boundary: bytes) -> tuple[bytes, bytes] | None:
    """The first complete body and what follows it."""
    start = data.find(boundary)
    if start < 0:
        return None
    head_end = data.find(b"\r\n\r\n", start)
    if head_end < 0:
        return None
    body = head_end + 4
    length = _content_length(data[start:head_end])
    if length is not None:
        return (data[body : body + length], data[body + length :]) if len(data) >= body + length else None
    end = data.find(boundary, body)
    return None if end < 0 else (data[body:end].removesuffix(b"\r\n"), data[end:])


def _content_length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None
